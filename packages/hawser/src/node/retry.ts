/**
 * Whether an attempt at opening a connection is worth another one, and when.
 */

import { HandshakeError } from "./errors.ts";

/** Statuses of a server, or a proxy before it, that may soon be well again. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** What a SOCKS proxy says of a destination that it cannot reach now, rather than of the request. */
const TRANSIENT_SOCKS_FAILURE = /Failure|Failed|Unreachable|Refused|Expired|closed/i;
const SOCKS_AUTHENTICATION = /Authentication|Auth/;

/**
 * Yes for what the network did: no connection, no TLS, no answer in time or none at all; and for answers of 500, 502, 503
 * and 504. No for everything else: other answers, broken rules, mistakes in the options.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof HandshakeError)) return false;
  const { code, response } = error;
  if (code === "CONNECT_FAILED" || code === "HANDSHAKE_TIMEOUT") return true;
  if (code !== "HANDSHAKE_REFUSED" && code !== "PROXY_FAILED") return false;
  return response === undefined ? isTransientSocksFailure(error.cause) : TRANSIENT_STATUSES.has(response.status);
}

function isTransientSocksFailure(cause: unknown): boolean {
  if (!(cause instanceof Error) || SOCKS_AUTHENTICATION.test(cause.message)) return false;
  return TRANSIENT_SOCKS_FAILURE.test(cause.message);
}

/** A day: nobody switches a client off for good. */
const MAX_RETRY_AFTER = 86_400_000;

/**
 * Milliseconds that the server asks us to wait (RFC 9110, section 10.2.3), with 503 or 429; 0 if it does not.
 *
 * @param now milliseconds since 1970, for a header that names a date
 */
export function retryAfter(error: unknown, now: number): number {
  const response = error instanceof HandshakeError ? error.response : undefined;
  if (response?.status !== 503 && response?.status !== 429) return 0;
  const value = response.headers.get("Retry-After") ?? "";
  const delay = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return delay > 0 ? Math.min(delay, MAX_RETRY_AFTER) : 0;
}
