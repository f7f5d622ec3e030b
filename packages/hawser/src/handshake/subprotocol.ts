/**
 * Lists of subprotocols and the `Sec-WebSocket-Protocol` header (RFC 6455, sections 1.9 and 11.3.4).
 */

import { type HandshakeFault, handshakeFault, quote } from "./errors.ts";
import { isToken, parseTokenList } from "./token.ts";

/**
 * The offered subprotocols in the client's order; `undefined` stands for a request without the header.
 *
 * RFC 6455 4.1: "The elements that comprise this value MUST be non-empty strings [...] and MUST all be unique strings."
 */
export function parseSubprotocols(text: string | undefined): string[] | HandshakeFault {
  if (text === undefined) return [];
  const offered = parseTokenList(text);
  if (offered === undefined || offered.length === 0 || new Set(offered).size < offered.length) {
    return handshakeFault("SUBPROTOCOLS_MALFORMED", `got ${quote(text)}`);
  }
  return offered;
}

export function serializeSubprotocols(subprotocols: readonly string[]): string {
  return subprotocols.join(", ");
}

/**
 * Checks a list of the caller's. `action` begins the error's text, such as `"serve"`.
 *
 * @throws TypeError if it is not a list, or an element is not a token or stands twice.
 */
export function checkSubprotocols(action: string, subprotocols: unknown): readonly string[] {
  if (!Array.isArray(subprotocols)) throw invalid(action, "must be a list of names", subprotocols);
  const seen = new Set<string>();
  for (const subprotocol of subprotocols) {
    if (typeof subprotocol !== "string" || !isToken(subprotocol)) throw invalid(action, "must be tokens", subprotocol);
    if (seen.has(subprotocol)) throw invalid(action, "must be distinct", subprotocol);
    seen.add(subprotocol);
  }
  return [...seen];
}

function invalid(action: string, rule: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot ${action}: subprotocols ${rule}, got ${typeof value === "string" ? quote(value) : value}`,
  );
}
