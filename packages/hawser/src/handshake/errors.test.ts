import { expect, test } from "vitest";
import { callbackFault, HandshakeErrors, handshakeFault, isHandshakeFault, quote, quoteByte } from "./errors.ts";

test("every rule has a status that refuses, and a text fit for a log", () => {
  for (const [status, rule] of Object.values(HandshakeErrors)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(rule).toMatch(/^[\x20-\x7e]+$/);
  }
});

test("a fault carries the rule, what was received, and headers for the answer", () => {
  expect(handshakeFault("KEY_INVALID")).toEqual({
    code: "KEY_INVALID",
    status: 400,
    text: "a request has exactly one Sec-WebSocket-Key header, the base64 of 16 bytes",
    headers: [],
  });
  expect(handshakeFault("METHOD_NOT_ALLOWED", 'got "POST"', [["Allow", "GET"]])).toMatchObject({
    status: 405,
    text: 'a WebSocket connection is opened with GET; got "POST"',
    headers: [["Allow", "GET"]],
  });
});

test("a callback's fault tells the log and not the peer", () => {
  const cause = new Error("secret");
  expect(callbackFault(cause)).toMatchObject({ code: "CALLBACK_FAILED", status: 500, cause });
  expect(callbackFault(cause).text).not.toContain("secret");
});

test("a fault is told from other values", () => {
  expect(isHandshakeFault(handshakeFault("HEADER_FOLDED"))).toBe(true);
  expect(isHandshakeFault({})).toBe(false);
  expect(isHandshakeFault({ code: 1006 })).toBe(false);
  expect(isHandshakeFault({ code: "constructor" })).toBe(false);
});

test("quoted values are short printable ASCII", () => {
  expect(quote('a"b\\\r\n\x1b[31m\x9b\u20ac')).toBe('"a\\"b\\\\\\r\\n\\u001b[31m\\u009b\\u20ac"');
  expect(quote("x".repeat(121))).toBe(`"${"x".repeat(120)}..."`);
  expect(quoteByte(10)).toBe("0x0a");
});
