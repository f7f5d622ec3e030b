/**
 * The server's side of the opening handshake (RFC 6455, section 4.2): judges a request and says what the 101 must say.
 *
 * It works on plain values, whichever transport they came by, and knows neither sockets nor how a refusal is sent. The rules are
 * checked in the order in which they stand in {@link judgeRequest}; the first that is broken names the answer.
 */

import type { Extension } from "../protocol/extension.ts";
import {
  callbackFault,
  type HandshakeFault,
  type HeaderPairs,
  handshakeFault,
  isHandshakeFault,
  quote,
} from "./errors.ts";
import { type AgreedExtensions, acceptExtensions } from "./extension-agreement.ts";
import { parseExtensions } from "./extension-header.ts";
import type { ServerExtensionFactory } from "./extension-negotiation.ts";
import { HttpHeaders } from "./http-headers.ts";
import { type HttpRequestHead, isValidHost } from "./http-request.ts";
import { acceptFor, isValidKey, type Sha1Base64 } from "./key.ts";
import { judgeOrigin, type OriginPolicy, type RequestedAuthority } from "./origin.ts";
import { parseSubprotocols } from "./subprotocol.ts";
import { listContains } from "./token.ts";

/**
 * Chooses among the subprotocols a client offers, in its order; the list is empty if it offers none. Must return one of them,
 * or `undefined` for a connection without.
 */
export type SubprotocolSelector = (offered: readonly string[], request: HttpRequestHead) => string | undefined;

/** Everything resolved: no field is optional. */
export interface ServerHandshakeSettings {
  readonly origins: OriginPolicy;
  /** In order of preference. If there are any, a client must offer one of them. */
  readonly subprotocols: readonly string[];
  /** Takes the place of the choice by preference. */
  readonly selectSubprotocol: SubprotocolSelector | null;
  readonly extensions: readonly ServerExtensionFactory[];
  readonly sha1Base64: Sha1Base64;
}

export interface ServerAgreement {
  readonly request: HttpRequestHead;
  /** Of the response: 101, or 200 with HTTP/2. */
  readonly status: 101 | 200;
  readonly headers: HttpHeaders;
  readonly subprotocol: string | undefined;
  readonly extensions: readonly Extension[];
}

/**
 * `authority` is what the Origin is compared with: `{ host: request.headers.get("host"), isSecure }`, unless a trusted proxy says
 * otherwise. Never throws: what the callbacks throw is the fault's `cause`.
 */
export function judgeRequest(
  request: HttpRequestHead,
  settings: ServerHandshakeSettings,
  authority: RequestedAuthority,
): ServerAgreement | HandshakeFault {
  return (
    (isExtendedConnect(request) ? judgeConnect(request) : judgeUpgradeRequest(request)) ??
    judgeOrigin(request.headers, settings.origins, authority) ??
    negotiate(request, settings)
  );
}

/** Whether the request is one of HTTP/2, where a handshake has no upgrade and no key (RFC 8441, section 5). */
function isExtendedConnect({ httpVersion }: HttpRequestHead): boolean {
  return httpVersion === "2.0";
}

/** RFC 6455, section 4.2.1. */
function judgeUpgradeRequest(request: HttpRequestHead): HandshakeFault | undefined {
  return (
    judgeMethod(request) ??
    judgeHttpVersion(request) ??
    judgeHost(request) ??
    judgeUpgrade(request) ??
    judgeVersion(request) ??
    judgeKey(request)
  );
}

/** RFC 8441, section 4: the method is CONNECT, which only requests with `:protocol` "websocket" have that come here. */
function judgeConnect(request: HttpRequestHead): HandshakeFault | undefined {
  return judgeHost(request) ?? judgeVersion(request);
}

function judgeMethod({ method }: HttpRequestHead): HandshakeFault | undefined {
  if (method === "GET") return undefined;
  return handshakeFault("METHOD_NOT_ALLOWED", `got ${quote(method)}`, [["Allow", "GET"]]);
}

/** RFC 6455 4.1: "The method of the request MUST be GET, and the HTTP version MUST be at least 1.1." */
function judgeHttpVersion({ httpVersion }: HttpRequestHead): HandshakeFault | undefined {
  return httpVersion === "1.1" ? undefined : handshakeFault("HTTP_VERSION_TOO_OLD");
}

function judgeHost({ headers }: HttpRequestHead): HandshakeFault | undefined {
  const hosts = headers.getAll("Host");
  return hosts.length === 1 && isValidHost(hosts[0]!) ? undefined : handshakeFault("HOST_INVALID", received(hosts));
}

/** RFC 9110 15.5.22: "The server MUST send an Upgrade header field in a 426 response". */
const UPGRADE: HeaderPairs = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
];

function judgeUpgrade({ headers }: HttpRequestHead): HandshakeFault | undefined {
  for (const [name, token] of UPGRADE) {
    const value = headers.get(name);
    if (listContains(value, token.toLowerCase())) continue;
    const got = value === undefined ? `no ${name} header` : `${name}: ${quote(value)}`;
    return handshakeFault("UPGRADE_REQUIRED", `expected ${name}: ${token}, got ${got}`, UPGRADE);
  }
  return undefined;
}

function judgeVersion({ headers }: HttpRequestHead): HandshakeFault | undefined {
  const versions = headers.getAll("Sec-WebSocket-Version");
  if (versions.length !== 1) return handshakeFault("VERSION_INVALID", received(versions));
  if (versions[0] === "13") return undefined;
  // RFC 6455 4.2.2: "a |Sec-WebSocket-Version| header field indicating the version(s) the server is capable of understanding"
  return handshakeFault("VERSION_UNSUPPORTED", received(versions), [["Sec-WebSocket-Version", "13"], ...UPGRADE]);
}

function judgeKey({ headers }: HttpRequestHead): HandshakeFault | undefined {
  const keys = headers.getAll("Sec-WebSocket-Key");
  return keys.length === 1 && isValidKey(keys[0]!) ? undefined : handshakeFault("KEY_INVALID", received(keys));
}

/** The values of a header that must stand once, for a text. */
function received(values: readonly string[]): string {
  return values.length === 0 ? "got none" : `got ${values.map(quote).join(" and ")}`;
}

function negotiate(request: HttpRequestHead, settings: ServerHandshakeSettings): ServerAgreement | HandshakeFault {
  const { headers } = request;
  const subprotocols = parseSubprotocols(headers.get("Sec-WebSocket-Protocol"));
  if (isHandshakeFault(subprotocols)) return subprotocols;
  const extensions = headers.get("Sec-WebSocket-Extensions");
  const offers = extensions === undefined ? [] : parseExtensions(extensions);
  if (isHandshakeFault(offers)) return offers;
  try {
    const choice = chooseSubprotocol(subprotocols, request, settings);
    if (isHandshakeFault(choice)) return choice;
    return agree(request, choice.subprotocol, acceptExtensions(offers, settings.extensions), settings.sha1Base64);
  } catch (error) {
    return callbackFault(error);
  }
}

interface SubprotocolChoice {
  readonly subprotocol: string | undefined;
}

/**
 *     server has  client offers    result
 *     a selector  anything         what it returns
 *     none        anything         none
 *     some        none             400
 *     some        none of them     400
 *     some        one or several   the server's first
 */
function chooseSubprotocol(
  offered: readonly string[],
  request: HttpRequestHead,
  { subprotocols, selectSubprotocol }: ServerHandshakeSettings,
): SubprotocolChoice | HandshakeFault {
  if (selectSubprotocol !== null) return select(offered, request, selectSubprotocol);
  if (subprotocols.length === 0) return { subprotocol: undefined };
  const expected = `expected one of ${subprotocols.map(quote).join(", ")}`;
  if (offered.length === 0) return handshakeFault("SUBPROTOCOL_MISSING", expected);
  const subprotocol = subprotocols.find((name) => offered.includes(name));
  if (subprotocol !== undefined) return { subprotocol };
  return handshakeFault("SUBPROTOCOL_UNSUPPORTED", `${expected}, got ${offered.slice(0, 8).map(quote).join(", ")}`);
}

function select(
  offered: readonly string[],
  request: HttpRequestHead,
  selector: SubprotocolSelector,
): SubprotocolChoice | HandshakeFault {
  const subprotocol = selector(offered, request);
  if (subprotocol === undefined || offered.includes(subprotocol)) return { subprotocol };
  const rule = "selectSubprotocol must return one of the offered subprotocols or undefined";
  return callbackFault(
    new TypeError(
      `Cannot accept a connection: ${rule} (${offered.map(quote).join(", ")}), got ${quote(String(subprotocol))}`,
    ),
  );
}

function agree(
  request: HttpRequestHead,
  subprotocol: string | undefined,
  agreed: AgreedExtensions,
  sha1Base64: Sha1Base64,
): ServerAgreement {
  const isHttp2 = isExtendedConnect(request);
  const lines = isHttp2 ? unaskedAccept(request, sha1Base64) : upgradeLines(request, sha1Base64);
  if (agreed.header !== undefined) lines.push("Sec-WebSocket-Extensions", agreed.header);
  if (subprotocol !== undefined) lines.push("Sec-WebSocket-Protocol", subprotocol);
  const headers = HttpHeaders.ofParsedLines(lines);
  return { request, status: isHttp2 ? 200 : 101, headers, subprotocol, extensions: agreed.extensions };
}

/** There is nothing to answer, but a client that sends a key all the same (undici 7) fails without an answer. */
function unaskedAccept({ headers }: HttpRequestHead, sha1Base64: Sha1Base64): string[] {
  const key = headers.get("Sec-WebSocket-Key");
  return key === undefined || !isValidKey(key) ? [] : ["Sec-WebSocket-Accept", acceptFor(key, sha1Base64)];
}

function upgradeLines({ headers }: HttpRequestHead, sha1Base64: Sha1Base64): string[] {
  const key = headers.get("Sec-WebSocket-Key")!;
  return ["Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept", acceptFor(key, sha1Base64)];
}
