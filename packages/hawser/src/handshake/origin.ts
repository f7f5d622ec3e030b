/**
 * Which web pages may open a connection (RFC 6455, sections 4.2.2 and 10.2; origins: RFC 6454).
 *
 * Browsers alone send Origin, and they let any page connect anywhere: this check is what stands between a user's session and a
 * foreign page. The file knows what was asked for as values and never reads a forwarding header.
 */

import { type HandshakeFault, handshakeFault, quote } from "./errors.ts";
import type { HttpHeaders } from "./http-headers.ts";

/** The option `origins`. In a list, `null` allows requests without Origin; expressions must match the whole origin. */
export type Origins = "same-origin" | "any" | readonly (string | RegExp | null)[];

/** Under which name the server was asked: from the request, or from what a trusted proxy says of it. */
export interface RequestedAuthority {
  /** As in a Host header: `example.org`, `[::1]:8080`. */
  readonly host: string;
  /** Whether the client used TLS as far as we know; a proxy nobody told us about may have ended it. */
  readonly isSecure: boolean;
}

/** A checked and prepared {@link Origins}. */
export interface OriginPolicy {
  /** What is expected, for the text of a refusal. */
  readonly expectation: string;
  /** `undefined`: a request without Origin. */
  allows(origin: string | undefined, authority: RequestedAuthority): boolean;
}

const SAME_ORIGIN: OriginPolicy = {
  expectation: "the same origin as the Host header's",
  allows: (origin, authority) => origin === undefined || isSameOrigin(origin, authority),
};

const ANY_ORIGIN: OriginPolicy = { expectation: "any origin", allows: () => true };

/**
 * Prepares the option. `action` begins an error's text, such as `"serve"`.
 *
 * @throws TypeError if it is neither of the two words nor a list of origins, expressions and `null`.
 */
export function resolveOrigins(action: string, origins: Origins): OriginPolicy {
  if (origins === "same-origin") return SAME_ORIGIN;
  if (origins === "any") return ANY_ORIGIN;
  if (!Array.isArray(origins)) {
    throw new TypeError(
      `Cannot ${action}: origins must be "same-origin", "any" or a list, got ${quote(String(origins))}`,
    );
  }
  return listPolicy(action, origins);
}

function listPolicy(action: string, list: readonly (string | RegExp | null)[]): OriginPolicy {
  const exact = new Set<string>();
  const expressions: RegExp[] = [];
  for (const allowed of list) {
    if (allowed instanceof RegExp) expressions.push(matchingWhole(allowed));
    else if (allowed !== null) exact.add(checkedOrigin(action, allowed));
  }
  return {
    expectation: `one of ${list.map((allowed) => (typeof allowed === "string" ? quote(allowed) : String(allowed))).join(", ")}`,
    allows(origin) {
      if (origin === undefined) return list.includes(null);
      return exact.has(normalize(origin)) || expressions.some((expression) => expression.test(origin));
    },
  };
}

/** A copy that remembers no `lastIndex` and matches the whole origin or nothing of it. */
function matchingWhole(expression: RegExp): RegExp {
  return new RegExp(`^(?:${expression.source})$`, expression.flags.replace(/[gym]/g, ""));
}

function checkedOrigin(action: string, origin: unknown): string {
  if (typeof origin === "string") {
    const authority = origin.slice(origin.indexOf("://") + 3);
    if (origin === "null" || (origin.includes("://") && authority !== "" && !/[\s/?#]/.test(authority))) {
      return normalize(origin);
    }
  }
  throw new TypeError(
    `Cannot ${action}: origins must be like "https://example.org" (scheme, host, port if not the default; no path), got ${quote(String(origin))}`,
  );
}

/** Judges the request's Origin header. */
export function judgeOrigin(
  headers: HttpHeaders,
  policy: OriginPolicy,
  authority: RequestedAuthority,
): HandshakeFault | undefined {
  const sent = headers.getAll("Origin");
  if (sent.length > 1) return handshakeFault("ORIGIN_AMBIGUOUS", `got ${quote(sent.join(", "))}`);
  const [origin] = sent;
  return policy.allows(origin, authority) ? undefined : refusal(origin, policy, authority);
}

function refusal(origin: string | undefined, policy: OriginPolicy, authority: RequestedAuthority): HandshakeFault {
  const got = origin === undefined ? "a request without Origin" : `Origin: ${quote(origin)}`;
  const missing = origin === undefined ? "null" : quote(origin);
  return handshakeFault(
    "ORIGIN_NOT_ALLOWED",
    `got ${got} for Host: ${quote(authority.host)}, expected ${policy.expectation}. ` +
      `The server's option "origins" decides this: a list with ${missing} in it allows the request, "any" allows all`,
  );
}

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ["http", "80"],
  ["https", "443"],
]);

/**
 * Host and port are compared, the scheme only through its default port: where a proxy ended TLS without telling, a page of
 * `https://example.org` rightly asks for `Host: example.org` on a connection that is plain to us.
 */
function isSameOrigin(origin: string, { host, isSecure }: RequestedAuthority): boolean {
  const [scheme, authority] = splitOrigin(origin.toLowerCase());
  const pagePort = DEFAULT_PORTS.get(scheme);
  if (pagePort === undefined) return false;
  const serverPort = isSecure ? "443" : pagePort;
  return withPort(authority, pagePort) === withPort(host.toLowerCase(), serverPort);
}

function splitOrigin(origin: string): [scheme: string, authority: string] {
  const end = origin.indexOf("://");
  return end < 0 ? ["", origin] : [origin.slice(0, end), origin.slice(end + 3)];
}

/** Lower case, without a default port: as browsers write it. */
function normalize(origin: string): string {
  const lowerCased = origin.toLowerCase();
  const [scheme] = splitOrigin(lowerCased);
  const suffix = `:${DEFAULT_PORTS.get(scheme)}`;
  return lowerCased.endsWith(suffix) ? lowerCased.slice(0, -suffix.length) : lowerCased;
}

/** `[::1]` has colons and no port. */
function withPort(authority: string, defaultPort: string): string {
  const hasPort = authority.lastIndexOf(":") > authority.lastIndexOf("]");
  return hasPort ? authority : `${authority}:${defaultPort}`;
}
