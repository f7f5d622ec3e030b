/**
 * The client's side of the opening handshake (RFC 6455, section 4.1): makes the request and judges the response.
 *
 * It works on plain values and knows neither sockets, proxies nor redirects.
 */

import type { Extension } from "../protocol/extension.ts";
import { callbackFault, type HandshakeFault, handshakeFault, isHandshakeFault, quote } from "./errors.ts";
import { agreeExtensions } from "./extension-agreement.ts";
import { parseExtensions, serializeExtensions } from "./extension-header.ts";
import type { ClientExtensionFactory } from "./extension-negotiation.ts";
import { type HeadersLike, HttpHeaders } from "./http-headers.ts";
import { acceptFor, encodeBase64, type Sha1Base64 } from "./key.ts";
import type { ReceivedResponse } from "./response-reader.ts";
import { serializeSubprotocols } from "./subprotocol.ts";
import { listContains } from "./token.ts";

/** Everything resolved: no field is optional. */
export interface ClientHandshakeSettings {
  /** With 2.0 the request is an extended CONNECT (RFC 8441, section 5), which has no upgrade and no key. */
  readonly httpVersion: "1.1" | "2.0";
  /** `ws:` or `wss:`, without a fragment. Its user and password become Basic authorization. */
  readonly url: URL;
  /** Of this request alone; see `makeKey`. */
  readonly key: string;
  readonly origin: string | null;
  readonly userAgent: string | null;
  /** In order of preference, checked; see `checkSubprotocols`. */
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ClientExtensionFactory[];
  /** The caller's own. They replace Host, Origin, User-Agent and Authorization; what makes the handshake is not theirs to set. */
  readonly headers: HeadersLike;
  readonly sha1Base64: Sha1Base64;
}

/** The request to send, and what its response is judged by. */
export interface ClientRequest {
  readonly method: "GET" | "CONNECT";
  /** The path with the query. */
  readonly path: string;
  readonly httpVersion: "1.1" | "2.0";
  /** Host is the authority with HTTP/2 too. */
  readonly headers: HttpHeaders;
  readonly key: string;
  /** What `Sec-WebSocket-Accept` must be. */
  readonly accept: string;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ClientExtensionFactory[];
}

export interface ClientAgreement {
  readonly response: ReceivedResponse;
  readonly subprotocol: string | undefined;
  readonly extensions: readonly Extension[];
}

/** @throws TypeError if the URL or a header cannot be used. */
export function makeRequest(settings: ClientHandshakeSettings): ClientRequest {
  const { url, key, httpVersion, subprotocols, extensions, sha1Base64 } = settings;
  checkUrl(url);
  const headers = handshakeHeaders(settings);
  addCallersHeaders(headers, new HttpHeaders(settings.headers));
  const accept = acceptFor(key, sha1Base64);
  const method = httpVersion === "2.0" ? "CONNECT" : "GET";
  const path = url.pathname + url.search;
  return { method, path, httpVersion, headers, key, accept, subprotocols, extensions };
}

/** RFC 6455 3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used on these URIs." */
function checkUrl({ protocol, hash }: URL): void {
  if (protocol !== "ws:" && protocol !== "wss:") {
    throw new TypeError(`Cannot connect: the URL must begin with "ws:" or "wss:", got ${quote(protocol)}`);
  }
  if (hash !== "") throw new TypeError(`Cannot connect: the URL must have no fragment, got ${quote(hash)}`);
}

/** `url.host` has brackets around an IPv6 address and no default port (RFC 6455, section 4.1, item 4). */
function handshakeHeaders(settings: ClientHandshakeSettings): HttpHeaders {
  const { url, origin, userAgent, subprotocols, extensions } = settings;
  const headers = new HttpHeaders([["Host", url.host], ...upgradeHeaders(settings), ["Sec-WebSocket-Version", "13"]]);
  const offers = extensions.flatMap(({ name, offers }) => offers.map((parameters) => ({ name, parameters })));
  if (offers.length > 0) headers.append("Sec-WebSocket-Extensions", serializeExtensions(offers));
  if (subprotocols.length > 0) headers.append("Sec-WebSocket-Protocol", serializeSubprotocols(subprotocols));
  if (origin !== null) headers.append("Origin", origin);
  if (userAgent !== null) headers.append("User-Agent", userAgent);
  if (url.username !== "" || url.password !== "") headers.append("Authorization", basicAuthorization(url));
  return headers;
}

function upgradeHeaders({ httpVersion, key }: ClientHandshakeSettings): readonly [name: string, value: string][] {
  if (httpVersion === "2.0") return [];
  return [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
  ];
}

/** RFC 7617, in UTF-8. */
function basicAuthorization({ username, password }: URL): string {
  const credentials = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return `Basic ${encodeBase64(new TextEncoder().encode(credentials))}`;
}

/** A URL keeps a percent sign that encodes nothing, and it stands for itself then. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const REPLACEABLE: ReadonlySet<string> = new Set(["host", "origin", "user-agent", "authorization"]);

/** The headers that make the handshake, or would give the request a body. */
const RESERVED: ReadonlySet<string> = new Set([
  "connection",
  "upgrade",
  "content-length",
  "transfer-encoding",
  "trailer",
  "te",
  "keep-alive",
  "expect",
]);

function addCallersHeaders(headers: HttpHeaders, own: HttpHeaders): void {
  for (const [name, value] of own) {
    const lowerCased = name.toLowerCase();
    if (RESERVED.has(lowerCased) || lowerCased.startsWith("sec-websocket-")) {
      throw new TypeError(
        `Cannot connect: headers must not contain ${name}, which the handshake sets, got ${quote(value)}`,
      );
    }
    if (REPLACEABLE.has(lowerCased)) headers.set(name, value);
    else headers.append(name, value);
  }
}

/** Whether a response of this status is the one that opens the connection: 101, or 2xx to CONNECT (RFC 8441, section 5). */
export function isAccepting(status: number, { method }: ClientRequest): boolean {
  return method === "CONNECT" ? status >= 200 && status < 300 : status === 101;
}

/**
 * Judges the final response, in the order of RFC 6455, section 4.1, items 1 to 6. Never throws: what an extension's factory
 * throws is the fault's `cause`.
 */
export function judgeResponse(response: ReceivedResponse, request: ClientRequest): ClientAgreement | HandshakeFault {
  return judgeStatus(response, request) ?? judgeSwitch(response, request) ?? negotiate(response, request);
}

function judgeStatus(
  { status, statusText, httpVersion }: ReceivedResponse,
  request: ClientRequest,
): HandshakeFault | undefined {
  if (!isAccepting(status, request)) {
    return handshakeFault("STATUS_UNEXPECTED", `got ${status} ${quote(statusText)}`);
  }
  if (httpVersion === request.httpVersion) return undefined;
  return handshakeFault("STATUS_UNEXPECTED", `got it with HTTP/${httpVersion}`);
}

/** Nothing is switched on a stream of HTTP/2. */
function judgeSwitch(response: ReceivedResponse, request: ClientRequest): HandshakeFault | undefined {
  return request.httpVersion === "2.0" ? undefined : (judgeUpgrade(response) ?? judgeAccept(response, request));
}

function judgeUpgrade({ headers }: ReceivedResponse): HandshakeFault | undefined {
  for (const [name, token] of [
    ["Upgrade", "websocket"],
    ["Connection", "upgrade"],
  ] as const) {
    const value = headers.get(name);
    if (!listContains(value, token)) return handshakeFault("UPGRADE_MISSING", expected(`${name}: ${token}`, value));
  }
  return undefined;
}

function judgeAccept({ headers }: ReceivedResponse, { accept }: ClientRequest): HandshakeFault | undefined {
  const value = headers.get("Sec-WebSocket-Accept");
  return value === accept ? undefined : handshakeFault("ACCEPT_INVALID", expected(quote(accept), value));
}

function expected(what: string, value: string | undefined): string {
  return `expected ${what}, got ${value === undefined ? "none" : quote(value)}`;
}

function negotiate(response: ReceivedResponse, request: ClientRequest): ClientAgreement | HandshakeFault {
  // a list of several, of one line or many, is no token that was offered
  const subprotocol = response.headers.get("Sec-WebSocket-Protocol");
  if (subprotocol !== undefined && !request.subprotocols.includes(subprotocol)) {
    const offered = request.subprotocols.length === 0 ? "none" : request.subprotocols.map(quote).join(", ");
    return handshakeFault("SUBPROTOCOL_UNEXPECTED", `offered ${offered}, got ${quote(subprotocol)}`);
  }
  const extensions = negotiateExtensions(response.headers.get("Sec-WebSocket-Extensions"), request.extensions);
  return isHandshakeFault(extensions) ? extensions : { response, subprotocol, extensions };
}

function negotiateExtensions(
  text: string | undefined,
  factories: readonly ClientExtensionFactory[],
): readonly Extension[] | HandshakeFault {
  if (text === undefined) return [];
  const responses = parseExtensions(text);
  if (isHandshakeFault(responses)) return responses;
  try {
    const agreed = agreeExtensions(responses, factories);
    if (typeof agreed !== "string") return agreed;
    return handshakeFault("EXTENSION_UNEXPECTED", `${agreed}, got ${quote(text)}`);
  } catch (error) {
    return callbackFault(error);
  }
}
