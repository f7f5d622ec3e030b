import { expect, test } from "vitest";
import { visibleBytes, visibleJson, visibleText } from "./visible.ts";

test.each([
  ["plain", "plain"],
  ["a\tb\nc", "a\tb\n  c"],
  ["\x1b[2J\x07\x9b\x7f\r", "\\x1b[2J\\x07\\x9b\\x7f\\x0d"],
  ["\u202eabc\u2066", "\\u202eabc\\u2066"],
  ["zażółć 漢字 👋", "zażółć 漢字 👋"],
])("%j as %j", (text, shown) => {
  expect(visibleText(text, "  ")).toBe(shown);
});

test("bytes, the first of many", () => {
  expect(visibleBytes(Uint8Array.of(0, 255))).toBe("(binary, 2 bytes) 00 ff");
  expect(visibleBytes(new Uint8Array(1))).toBe("(binary, 1 byte) 00");
  expect(visibleBytes(new Uint8Array())).toBe("(binary, 0 bytes)");
  expect(visibleBytes(new Uint8Array(65))).toBe(`(binary, 65 bytes)${" 00".repeat(64)} ...`);
});

test("JSON means the same, and moves no cursor", () => {
  const value = { text: "\x1b[2J\x9b\x7f\u202eabc\n\ud83d\udc4b" };
  const json = visibleJson(value);
  expect(json).toBe('{"text":"\\u001b[2J\\u009b\\u007f\\u202eabc\\n\ud83d\udc4b"}');
  expect(JSON.parse(json)).toEqual(value);
});
