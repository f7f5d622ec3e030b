/**
 * HTTP responses and requests as bytes (RFC 9112, sections 3 and 4), and the texts a refusal is answered with.
 */

import type { FrameOutput } from "../bytes/frame-output.ts";
import type { HandshakeFault, HeaderPairs } from "./errors.ts";
import { quote } from "./errors.ts";
import { HttpHeaders } from "./http-headers.ts";
import { consistsOf, encodeLatin1, FIELD_VALUE, TARGET } from "./octets.ts";
import { isToken } from "./token.ts";

export interface HttpResponseHead {
  readonly status: number;
  /** The reason phrase; may be empty. */
  readonly statusText: string;
  readonly headers: HttpHeaders;
  /** The whole body; `undefined` if there is none. */
  readonly body: Uint8Array | undefined;
}

/** What is written of a request. */
export interface HttpRequestLine {
  readonly method: string;
  readonly path: string;
  readonly headers: HttpHeaders;
}

const REASON_PHRASES: Readonly<Record<number, string>> = {
  101: "Switching Protocols",
  200: "OK",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  421: "Misdirected Request",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

/** The registered phrase, or the empty text, which HTTP allows. */
export function reasonPhrase(status: number): string {
  return REASON_PHRASES[status] ?? "";
}

/** A response of plain text after which the connection is closed. */
export function textResponse(status: number, text: string, headers: HeaderPairs = []): HttpResponseHead {
  const all = new HttpHeaders(headers);
  const options = all.get("Connection");
  all.set("Connection", options === undefined ? "close" : `${options}, close`);
  all.set("Content-Type", "text/plain; charset=utf-8");
  return { status, statusText: reasonPhrase(status), headers: all, body: new TextEncoder().encode(text) };
}

/** The response that refuses a handshake. */
export function faultResponse(fault: HandshakeFault): HttpResponseHead {
  return textResponse(fault.status, `${fault.text}\n`, fault.headers);
}

/**
 * The bytes of a response. A body is framed by its length, whatever the headers say of it; without one they are written as they
 * are, as the answer to HEAD needs.
 *
 * @throws TypeError if the status or its text cannot be written.
 */
export function serializeResponse(response: HttpResponseHead): Uint8Array {
  const { status, headers, body } = response;
  const startLine = startLineOf(response);
  if (body === undefined || !mayHaveBody(status)) return serializeHead(startLine, headers);
  return serializeHead(startLine, framedBy(headers, body.length), body);
}

/**
 * Writes a response that has no body to where the frames after it go. What it had is not sent.
 *
 * @throws TypeError if the status or its text cannot be written.
 */
export function writeResponse(output: FrameOutput, response: HttpResponseHead): void {
  const text = headText(startLineOf(response), response.headers);
  output.reserve(text.length);
  encodeLatin1(text, output.bytes, output.end);
  output.end += text.length;
}

function startLineOf({ status, statusText }: HttpResponseHead): string {
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new TypeError(`Cannot respond: the status must be an integer from 100 to 999, got ${status}`);
  }
  if (!consistsOf(statusText, FIELD_VALUE)) {
    throw new TypeError(`Cannot respond: the status text must have no control characters, got ${quote(statusText)}`);
  }
  return `HTTP/1.1 ${status} ${statusText}`;
}

/** @throws TypeError if the method or the path cannot be written. */
export function serializeRequest({ method, path, headers }: HttpRequestLine): Uint8Array {
  if (!isToken(method)) throw new TypeError(`Cannot request: the method must be a token, got ${quote(method)}`);
  if (path === "" || !consistsOf(path, TARGET)) {
    throw new TypeError(`Cannot request: the path must be visible ASCII characters, got ${quote(path)}`);
  }
  return serializeHead(`${method} ${path} HTTP/1.1`, headers);
}

/** RFC 9110, section 6.4.1. */
export function mayHaveBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304;
}

function framedBy(headers: HttpHeaders, length: number): HttpHeaders {
  const framed = headers.copy();
  framed.delete("Transfer-Encoding");
  framed.set("Content-Length", String(length));
  return framed;
}

function headText(startLine: string, headers: HttpHeaders): string {
  return `${startLine}\r\n${headers.serialize()}\r\n`;
}

const NO_BODY = new Uint8Array(0);

function serializeHead(startLine: string, headers: HttpHeaders, body: Uint8Array = NO_BODY): Uint8Array {
  const text = headText(startLine, headers);
  const bytes = new Uint8Array(text.length + body.length);
  encodeLatin1(text, bytes, 0);
  bytes.set(body, text.length);
  return bytes;
}
