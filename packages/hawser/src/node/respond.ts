/**
 * Responses of plain text, for the hooks that answer a request themselves.
 */

import { quote } from "../handshake/errors.ts";
import { type HeadersLike, HttpHeaders } from "../handshake/http-headers.ts";
import { reasonPhrase } from "../handshake/http-response.ts";

/** The statuses whose responses have no content, in WHATWG's terms: null body statuses. */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A response of plain text in UTF-8, to be returned by `processRequest` or `processResponse`.
 *
 * ```ts
 * serve(handler, { processRequest: (request) => (request.path === "/robots.txt" ? respond(404, "Not here\n") : undefined) });
 * ```
 *
 * @param status from 200 to 599
 * @param text the body; must be empty for 204, 205 and 304
 * @param headers further ones; a `Content-Type` among them replaces `text/plain; charset=utf-8`
 * @throws {TypeError | RangeError} if one of them cannot be sent.
 */
export function respond(status: number, text: string, headers: HeadersLike = []): Response {
  checkStatus(status);
  checkText(status, text);
  const all = new HttpHeaders(headers);
  const hasContent = !WITHOUT_CONTENT.has(status);
  if (hasContent && !all.has("Content-Type")) all.append("Content-Type", "text/plain; charset=utf-8");
  const init = { status, statusText: reasonPhrase(status), headers: [...all] };
  return new Response(hasContent ? new TextEncoder().encode(text) : null, init);
}

function checkStatus(status: number): void {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return;
  throw new RangeError(`Cannot respond: the status must be an integer from 200 to 599, got ${String(status)}`);
}

function checkText(status: number, text: string): void {
  if (typeof text !== "string") throw new TypeError(`Cannot respond: the text must be a string, got ${typeof text}`);
  if (text === "" || !WITHOUT_CONTENT.has(status)) return;
  throw new TypeError(`Cannot respond: a response with status ${status} has no content, got the text ${quote(text)}`);
}
