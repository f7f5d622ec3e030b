import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { HandshakeError, type HandshakeErrorCode } from "./errors.ts";
import { isTransient, retryAfter } from "./retry.ts";

function failed(code: HandshakeErrorCode, status?: number, retryAfter?: string): HandshakeError {
  if (status === undefined) return new HandshakeError(code, "");
  const headers = new HttpHeaders(retryAfter === undefined ? [] : [["Retry-After", retryAfter]]);
  const response = { status, statusText: "", headers, body: new Uint8Array(0), text: () => "" };
  return new HandshakeError(code, "", { response });
}

function socks(message: string): HandshakeError {
  return new HandshakeError("PROXY_FAILED", "", { cause: new Error(message) });
}

describe("isTransient", () => {
  test.each<readonly [error: unknown, expected: boolean]>([
    [failed("CONNECT_FAILED"), true],
    [failed("HANDSHAKE_TIMEOUT"), true],
    [failed("HANDSHAKE_INVALID"), false],
    [failed("REDIRECT_REFUSED", 302), false],
    [failed("TOO_MANY_REDIRECTS", 302), false],
    [failed("PROXY_FAILED"), false],
    [failed("PROXY_FAILED", 407), false],
    [failed("PROXY_FAILED", 504), true],
    ...[500, 502, 503, 504].map((status) => [failed("HANDSHAKE_REFUSED", status), true] as const),
    ...[301, 400, 401, 403, 404, 426, 501].map((status) => [failed("HANDSHAKE_REFUSED", status), false] as const),
    [new TypeError("Cannot connect"), false],
    [undefined, false],
  ])("%o: %s", (error, expected) => {
    expect(isTransient(error)).toBe(expected);
  });

  test.each([
    ["Socks5 proxy rejected connection - ConnectionRefused", true],
    ["Socks5 proxy rejected connection - HostUnreachable", true],
    ["Socks4 Proxy rejected connection - (Failed)", true],
    ["Socket closed", true],
    ["Socks5 proxy rejected connection - NotAllowed", false],
    ["Socks5 Authentication failed", false],
    ["Cannot find package 'socks'", false],
  ])("a SOCKS proxy that says %j: %s", (message, expected) => {
    expect(isTransient(socks(message))).toBe(expected);
  });
});

describe("retryAfter", () => {
  const now = Date.parse("2030-01-01T00:00:00Z");

  test.each([
    [failed("HANDSHAKE_REFUSED", 503, "7"), 7_000],
    [failed("HANDSHAKE_REFUSED", 429, "7"), 7_000],
    [failed("PROXY_FAILED", 503, "7"), 7_000],
    [failed("HANDSHAKE_REFUSED", 503, "Tue, 01 Jan 2030 00:00:09 GMT"), 9_000],
    [failed("HANDSHAKE_REFUSED", 503, "Mon, 31 Dec 2029 00:00:09 GMT"), 0],
    [failed("HANDSHAKE_REFUSED", 503, "soon"), 0],
    [failed("HANDSHAKE_REFUSED", 503, "-5"), 0],
    [failed("HANDSHAKE_REFUSED", 503, "99999999999999999999"), 86_400_000],
    [failed("HANDSHAKE_REFUSED", 503), 0],
    [failed("HANDSHAKE_REFUSED", 500, "7"), 0],
    [failed("CONNECT_FAILED"), 0],
    [new Error("lost"), 0],
  ])("%o: %d ms", (error, expected) => {
    expect(retryAfter(error, now)).toBe(expected);
  });
});
