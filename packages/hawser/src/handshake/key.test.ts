import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { acceptFor, encodeBase64, isValidKey, makeKey } from "./key.ts";

describe("Sec-WebSocket-Key", () => {
  test("is the nonce's base64 (RFC 6455, section 4.1)", () => {
    expect(makeKey(Uint8Array.from({ length: 16 }, (_, i) => i + 1))).toBe("AQIDBAUGBwgJCgsMDQ4PEA==");
  });

  test("needs a nonce of 16 bytes", () => {
    expect(() => makeKey(new Uint8Array(15))).toThrow("Cannot make a key: the nonce must have 16 bytes, got 15");
  });

  test.each([
    ["the RFC's", "dGhlIHNhbXBsZSBub25jZQ==", true],
    ["of zeros", "AAAAAAAAAAAAAAAAAAAAAA==", true],
    ["of ones", "/////////////////////w==", true],
    ["with plus", "+++++++++++++++++++++g==", true],
    ["empty", "", false],
    ["of 15 bytes", "AAAAAAAAAAAAAAAAAAAA", false],
    ["of 17 bytes", "AAAAAAAAAAAAAAAAAAAAAAA=", false],
    ["of 18 bytes", "AAAAAAAAAAAAAAAAAAAAAAAA", false],
    ["without padding", "dGhlIHNhbXBsZSBub25jZQ", false],
    ["with a bit that belongs to no byte", "dGhlIHNhbXBsZSBub25jZR==", false],
    ["of the URL alphabet", "_____________________w==", false],
    ["with a space", "dGhlIHNhbXBsZSBub25j Q==", false],
    ["with padding inside", "dGhlIHNhbXBsZSBub25jZ===", false],
  ])("%s: %j", (_name, key, expected) => {
    expect(isValidKey(key)).toBe(expected);
  });
});

test("Sec-WebSocket-Accept is the RFC's example for the RFC's key (section 1.3)", () => {
  const sha1Base64 = (text: string): string => createHash("sha1").update(text).digest("base64");
  expect(acceptFor("dGhlIHNhbXBsZSBub25jZQ==", sha1Base64)).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

test.each([
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
])("the base64 of %j is %j (RFC 4648, section 10)", (text, expected) => {
  expect(encodeBase64(new TextEncoder().encode(text))).toBe(expected);
});
