/**
 * Where a redirect leads, and what may go there with the next request.
 */

import { HttpHeaders } from "../handshake/http-headers.ts";
import type { ReceivedResponse } from "../handshake/response-reader.ts";
import type { Hop } from "./client-opening.ts";
import { parseClientUrl, withoutCredentials } from "./client-url.ts";
import { HandshakeError } from "./errors.ts";
import { toHandshakeResponse } from "./http-exchange.ts";

const REDIRECTS: ReadonlySet<number> = new Set([300, 301, 302, 303, 307, 308]);

/** What is meant for one origin alone. */
const PRIVATE_HEADERS = ["Authorization", "Cookie", "Proxy-Authorization", "Host"] as const;

export interface RedirectLimits {
  readonly maxRedirects: number;
  /** The Unix socket that is connected to. */
  readonly path: string | undefined;
}

/**
 * The next hop, or `undefined` if the response is no redirect. `followed`: how many came before.
 *
 * @throws {HandshakeError} if the redirect must not be followed.
 */
export function nextHop(
  hop: Hop,
  response: ReceivedResponse,
  followed: number,
  limits: RedirectLimits,
): Hop | undefined {
  const location = response.headers.get("Location");
  if (location === undefined || !REDIRECTS.has(response.status)) return undefined;
  if (followed >= limits.maxRedirects) {
    const text = `Cannot connect: there are more redirects than maxRedirects, ${limits.maxRedirects}`;
    throw new HandshakeError("TOO_MANY_REDIRECTS", text, { response: toHandshakeResponse(response) });
  }
  const url = resolve(hop, response, location);
  const refused = (rule: string) => refusal(response, rule, url);
  if (hop.url.protocol === "wss:" && url.protocol === "ws:") throw refused("leads from wss: to ws:");
  if (isSameOrigin(hop.url, url)) return { ...hop, url: withCredentialsOf(hop.url, url) };
  if (limits.path !== undefined) throw refused("leads from a Unix socket to another origin");
  return acrossOrigins(hop, url);
}

function resolve({ url }: Hop, response: ReceivedResponse, location: string): URL {
  try {
    return parseClientUrl(new URL(location, url));
  } catch (cause) {
    throw refusal(response, "leads to no WebSocket URL", location, { cause });
  }
}

function isSameOrigin(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.host === b.host;
}

/** A server redirects to itself without repeating what it was told. */
function withCredentialsOf(previous: URL, url: URL): URL {
  if (url.username !== "" || url.password !== "") return url;
  url.username = previous.username;
  url.password = previous.password;
  return url;
}

function acrossOrigins(hop: Hop, url: URL): Hop {
  const headers = new HttpHeaders(hop.headers);
  for (const name of PRIVATE_HEADERS) headers.delete(name);
  url.username = "";
  url.password = "";
  // The name was that of the first server
  const { servername: _, ...tls } = hop.tls;
  return { url, headers, tls };
}

function refusal(
  response: ReceivedResponse,
  rule: string,
  location: string | URL,
  options: ErrorOptions = {},
): HandshakeError {
  const text = `Cannot connect: the redirect ${rule}, got ${JSON.stringify(withoutCredentials(location))}`;
  return new HandshakeError("REDIRECT_REFUSED", text, { ...options, response: toHandshakeResponse(response) });
}
