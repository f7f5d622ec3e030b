/**
 * Who may ask for what. Pure.
 *
 * Probes are open: they say nothing that a port scan would not. Beyond loopback all else needs the token. On loopback,
 * reading is open to whoever can connect, and a token, if one is set, is asked for by what changes something. Web pages
 * can make a browser send requests to loopback; they are known by `Origin`, `Sec-Fetch-Site`, or a strange `Host`.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIPv4 } from "node:net";
import { type Answer, errorAnswer } from "./answer.ts";

export interface GuardSettings {
  readonly token: string | undefined;
  /** The host that was asked for when the endpoint was opened. */
  readonly host: string;
  /** Where it listens in the end. */
  readonly boundAddress: string;
}

/** How much a route gives away: nothing, what is the case, or power. */
export type Access = "probe" | "read" | "change";

/** The refusal; `undefined`: go on. */
export function refusal(access: Access, headers: IncomingHttpHeaders, settings: GuardSettings): Answer | undefined {
  if (access === "probe") return undefined;
  if (isFromPage(headers)) return errorAnswer(403, "Requests of web pages are not answered.");
  const token = presentedToken(headers.authorization);
  if (token !== undefined && settings.token !== undefined) {
    return isSame(token, settings.token) ? undefined : unauthorized("The token is wrong.");
  }
  const isLocal = isLoopback(settings.boundAddress);
  if (isLocal && !isExpectedHost(headers.host, settings.host)) {
    return errorAnswer(403, "The Host header names neither this machine nor the host of --admin.");
  }
  if (isLocal && (access === "read" || settings.token === undefined)) return undefined;
  if (settings.token !== undefined) return unauthorized("This needs the token: Authorization: Bearer <token>.");
  return errorAnswer(403, "Beyond loopback this needs a token, and none is set: --admin-token or HAWSER_ADMIN_TOKEN.");
}

function unauthorized(sentence: string): Answer {
  return errorAnswer(401, sentence, { "WWW-Authenticate": "Bearer" });
}

function isFromPage({ origin, "sec-fetch-site": site }: IncomingHttpHeaders): boolean {
  return origin !== undefined || (site !== undefined && site !== "none" && site !== "same-origin");
}

function presentedToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

/** In the same time for all that differ: of digests, which are of one length. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** `127.0.0.1`, `::1`, and their kin. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return plain === "::1" || (isIPv4(plain) && plain.startsWith("127."));
}

/** With the guard of the address alone, a page whose name leads to 127.0.0.1 could read all (DNS rebinding). */
function isExpectedHost(header: string | undefined, bound: string): boolean {
  const host = hostOf(header ?? "");
  return host === "localhost" || host === bound.toLowerCase() || isLoopback(host);
}

/** Without port and brackets. */
function hostOf(header: string): string {
  return (/^\[(.*)\](?::\d+)?$/.exec(header)?.[1] ?? header.replace(/:\d+$/, "")).toLowerCase();
}
