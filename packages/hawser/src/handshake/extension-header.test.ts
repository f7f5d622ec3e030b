import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHandshakeFault } from "./errors.ts";
import { type ExtensionOffer, parseExtensions, serializeExtensions } from "./extension-header.ts";
import type { ParameterList } from "./extension-negotiation.ts";

/** Text of any characters up to U+017F, controls and ISO-8859-1 among them. */
const anyText = fc.array(fc.nat(0x17f)).map((codes) => String.fromCharCode(...codes));

function offer(name: string, ...parameters: ParameterList): ExtensionOffer {
  return { name, parameters };
}

describe("Sec-WebSocket-Extensions", () => {
  test.each([
    ["foo", [offer("foo")]],
    ["foo, bar; baz=2", [offer("foo"), offer("bar", ["baz", "2"])]],
    ["permessage-deflate; client_max_window_bits", [offer("permessage-deflate", ["client_max_window_bits", true])]],
    ["foo;a;b=1 ,foo ; a ; b = 1", [offer("foo", ["a", true], ["b", "1"]), offer("foo", ["a", true], ["b", "1"])]],
    ["foo; a=1; a=2", [offer("foo", ["a", "1"], ["a", "2"])]],
    ['foo; a="10"', [offer("foo", ["a", "10"])]],
    ['foo; a="1\\0"; b', [offer("foo", ["a", "10"], ["b", true])]],
    [" ,, foo , ,bar, ", [offer("foo"), offer("bar")]],
    ["__proto__; constructor=toString", [offer("__proto__", ["constructor", "toString"])]],
    [Array(32).fill("foo").join(), Array(32).fill(offer("foo"))],
  ])("%j", (text, expected) => {
    expect(parseExtensions(text)).toEqual(expected);
  });

  test.each([
    ["", /expected an extension's name at character 1 of ""$/],
    [" , ", /expected an extension's name/],
    [";", /expected an extension's name at character 1/],
    ["foo;", /expected a parameter's name at character 5/],
    ["foo; =1", /expected a parameter's name/],
    ["foo; a=", /expected a token as a parameter's value/],
    ["foo; a=;b", /expected a token as a parameter's value/],
    ['foo; a=""', /expected a token as a parameter's value/],
    ['foo; a="b c"', /expected a token as a parameter's value/],
    ['foo; a="b', /expected a token as a parameter's value/],
    ['foo; a="b\\', /expected a token as a parameter's value/],
    ['foo; a="b"c', /expected a comma or a semicolon at character 11/],
    ["foo bar", /expected a comma or a semicolon at character 4/],
    ["foo; a=\u00e9", /expected a token as a parameter's value/],
    ["f\u00f6\u00f6", /expected a comma or a semicolon at character 2 of "f\\u00f6\\u00f6"$/],
    [Array(33).fill("foo").join(), /expected at most 32 extensions$/],
    [`foo${"; a".repeat(33)}`, /expected at most 32 parameters$/],
  ])("malformed: %j", (text, expected) => {
    expect(parseExtensions(text)).toMatchObject({
      code: "EXTENSIONS_MALFORMED",
      status: 400,
      text: expect.stringMatching(expected),
    });
  });

  test("is written as it was read", () => {
    const text = "foo; a; b=1, bar";
    expect(serializeExtensions(parseExtensions(text) as ExtensionOffer[])).toBe(text);
  });

  test.each([
    ["a name", [offer("fo o")]],
    ["a parameter's name", [offer("foo", ["", true])]],
    ["a value", [offer("foo", ["a", "1\r\n"])]],
    ["a value that is no string", [offer("foo", ["a", 10 as unknown as string])]],
  ])("%s that is no token is not written", (_name, offers) => {
    expect(() => serializeExtensions(offers)).toThrow(
      /^Cannot negotiate extensions: names and values of parameters must be tokens, got "/,
    );
  });

  test("of any text is parsed or refused, and what is parsed survives", () => {
    const texts = fc.oneof(
      anyText,
      fc
        .array(fc.constantFrom("foo", "a", ";", ",", "=", '"', "\\", " ", "\t", "\u00e9"))
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseExtensions(text);
        if (!isHandshakeFault(parsed)) expect(parseExtensions(serializeExtensions(parsed))).toEqual(parsed);
      }),
    );
  });
});
