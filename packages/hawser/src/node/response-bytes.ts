/**
 * From the WHATWG `Response` that a hook returns to the head and body that are written, and the headers every response gets.
 */

import { HttpHeaders } from "../handshake/http-headers.ts";
import { type HttpResponseHead, mayHaveBody, reasonPhrase } from "../handshake/http-response.ts";

/**
 * Reads a response whole. Waits as long as its body does: a caller that must not wait forever bounds it.
 *
 * @throws {TypeError} (rejecting) if it is not a `Response`, was used already, or has headers that cannot be sent; and
 * whatever its body fails with.
 */
export async function readResponse(response: Response): Promise<HttpResponseHead> {
  checkResponse(response);
  const { status } = response;
  const statusText = response.statusText === "" ? reasonPhrase(status) : response.statusText;
  const headers = new HttpHeaders(response.headers);
  const body = response.body === null ? undefined : new Uint8Array(await response.arrayBuffer());
  return { status, statusText, headers, body };
}

/** A `Response` of another realm or of the `undici` package is one too: what counts is what it can do. */
function checkResponse(response: Response): void {
  if (typeof response?.arrayBuffer !== "function" || typeof response.status !== "number") {
    throw new TypeError(`Cannot respond: a hook must return a Response or undefined, got ${describe(response)}`);
  }
  if (response.status === 0) throw new TypeError("Cannot respond: got Response.error(), which has no status to send");
  if (response.bodyUsed || response.body?.locked === true) {
    throw new TypeError(
      "Cannot respond: the Response's body is used already; return a new Response, or a clone(), for each request",
    );
  }
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return `an object of type ${value.constructor?.name ?? "null"}`;
}

/** What is added to a response before it is written. */
export interface ResponseFinish {
  /** Whether the request's method was HEAD: the response keeps its length and loses its body. */
  readonly isHead: boolean;
  /** The value of `Server` unless the response has one; `null`: none. */
  readonly serverHeader: string | null;
  /** The value of `Date` unless the response has one; see `httpDate()`. */
  readonly date: string;
}

/**
 * The response with `Date`, `Server`, and what says that the connection ends behind it: `Connection: close` and its length. A
 * 101 has neither of the two: its connection goes on. `head` is left as it is.
 */
export function finishResponse(head: HttpResponseHead, finish: ResponseFinish): HttpResponseHead {
  const headers = head.headers.copy();
  if (!headers.has("Date")) headers.append("Date", finish.date);
  if (finish.serverHeader !== null && !headers.has("Server")) headers.append("Server", finish.serverHeader);
  if (head.status === 101) return { status: 101, statusText: head.statusText, headers, body: undefined };
  closeAfter(headers);
  frameByLength(head, headers, finish.isHead);
  const isBodySent = mayHaveBody(head.status) && !finish.isHead;
  return { ...head, headers, body: isBodySent ? head.body : undefined };
}

/** RFC 9112 9.6: "A server that does not support persistent connections MUST send the 'close' connection option". */
function closeAfter(headers: HttpHeaders): void {
  const options = (headers.get("Connection") ?? "").split(",").map((option) => option.trim());
  const others = options.filter((option) => option !== "" && !/^(?:close|keep-alive)$/i.test(option));
  headers.set("Connection", [...others, "close"].join(", "));
  headers.delete("Keep-Alive");
}

function frameByLength(head: HttpResponseHead, headers: HttpHeaders, isHead: boolean): void {
  headers.delete("Transfer-Encoding");
  const length = head.body?.length ?? 0;
  // An application may answer HEAD, and a 304, with the length of what GET would bring, and no body
  const isLengthTold = length === 0 && (isHead || head.status === 304) && headers.getAll("Content-Length").length === 1;
  if (isLengthTold && head.status !== 204) return;
  if (mayHaveBody(head.status)) headers.set("Content-Length", String(length));
  else headers.delete("Content-Length");
}
