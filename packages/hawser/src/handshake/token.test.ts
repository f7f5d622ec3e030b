import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isToken, listContains, parseTokenList } from "./token.ts";

/** Text of any characters up to U+017F, controls and ISO-8859-1 among them. */
const anyText = fc.array(fc.nat(0x17f)).map((codes) => String.fromCharCode(...codes));

test.each([
  ["websocket", true],
  ["!#$%&'*+-.^_`|~09azAZ", true],
  ["", false],
  ["a b", false],
  ["a/b", false],
  ["a\u00e9", false],
  ["\u0161", false],
  ["a\0", false],
])("isToken(%j) is %s", (text, expected) => {
  expect(isToken(text)).toBe(expected);
});

describe("parseTokenList", () => {
  test.each([
    ["a", ["a"]],
    ["a, B ,\tc", ["a", "B", "c"]],
    [",, a,,b, ", ["a", "b"]],
    ["", []],
    [" , ", []],
    ["__proto__, constructor", ["__proto__", "constructor"]],
    ["a b", undefined],
    ["a;b", undefined],
    ['"a"', undefined],
    ["a, \u00e9", undefined],
  ])("%j", (text, expected) => {
    expect(parseTokenList(text)).toEqual(expected);
  });

  test("returns tokens alone, whatever it is given", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const token of parseTokenList(text) ?? []) expect(isToken(token)).toBe(true);
      }),
    );
  });
});

test.each([
  ["upgrade", true],
  ["keep-alive, UpGrade", true],
  ["keep-alive,\t upgrade \t", true],
  ["h2c/1.0, upgrade", true],
  ["upgrade-insecure", false],
  ["not upgrade", false],
  ['"upgrade"', false],
  ["", false],
  [" ", false],
  [undefined, false],
])("listContains(%j, upgrade) is %s", (text, expected) => {
  expect(listContains(text, "upgrade")).toBe(expected);
});
