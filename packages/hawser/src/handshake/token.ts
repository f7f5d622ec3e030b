/**
 * Tokens and lists of them (RFC 9110, sections 5.6.1 and 5.6.2). Every function takes time linear in its text.
 */

import { consistsOf, HTAB, SP, TOKEN } from "./octets.ts";

const COMMA = 0x2c;

/** Whether the text is a non-empty token. Not for values of another type: see the callers' TypeErrors. */
export function isToken(text: string): boolean {
  return text.length > 0 && consistsOf(text, TOKEN);
}

/** The index of the first character at or after `index` that belongs to no token. */
export function tokenEnd(text: string, index: number): number {
  let end = index;
  while (TOKEN[text.charCodeAt(end)] === 1) end++;
  return end;
}

/** The index of the first character at or after `index` that is neither a space nor a tab. */
export function skipWhitespace(text: string, index: number): number {
  let end = index;
  while (text.charCodeAt(end) === SP || text.charCodeAt(end) === HTAB) end++;
  return end;
}

/**
 * Splits a comma-separated list of tokens; several lines of a header are joined with a comma beforehand.
 *
 * RFC 9110 5.6.1: "a recipient MUST parse and ignore a reasonable number of empty list elements".
 *
 * @returns the tokens in order, as sent, or `undefined` if anything else than a token stands in the list.
 */
export function parseTokenList(text: string): string[] | undefined {
  const tokens: string[] = [];
  let index = 0;
  while (index < text.length) {
    const start = skipWhitespace(text, index);
    const end = tokenEnd(text, start);
    if (end > start) tokens.push(text.slice(start, end));
    index = skipWhitespace(text, end);
    if (index < text.length && text.charCodeAt(index) !== COMMA) return undefined;
    index++;
  }
  return tokens;
}

/**
 * Whether a list, such as that of `Connection` or `Upgrade`, contains the token, without regard to case. Its other elements
 * may be anything: `Upgrade: websocket, h2c/1.0`.
 */
export function listContains(text: string | undefined, lowerCasedToken: string): boolean {
  if (text === undefined) return false;
  if (text.length === lowerCasedToken.length) return text.toLowerCase() === lowerCasedToken;
  return text.split(",").some((element) => trimWhitespace(element).toLowerCase() === lowerCasedToken);
}

function trimWhitespace(text: string): string {
  const start = skipWhitespace(text, 0);
  let end = text.length;
  while (end > start && (text.charCodeAt(end - 1) === SP || text.charCodeAt(end - 1) === HTAB)) end--;
  return text.slice(start, end);
}
