import { describe, expect, test } from "vitest";
import { webTextCodec } from "../bytes/text-codec.ts";
import { nodeTextCodec } from "./text-codec.ts";

const TEXTS = [
  "",
  "ascii",
  "é",
  "€uro",
  "\u{1f600}",
  "\ufeffafter a byte order mark",
  "x".repeat(1_000),
  "é".repeat(1_000),
];

const INVALID = [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0x80]];

// One contract, whatever the platform
describe.each([
  ["Node's", nodeTextCodec],
  ["the Web's", webTextCodec],
])("%s codec", (_name, codec) => {
  test.each(TEXTS)("%j there and back", (text) => {
    const bytes = codec.encode(text);
    const padded = new Uint8Array([0xff, ...bytes, 0xff]);
    expect(codec.decode(padded, 1, padded.length - 1, false)).toBe(text);
    expect(codec.isUtf8(padded, 1, padded.length - 1)).toBe(true);
  });

  test.each(TEXTS.filter((text) => /^[\0-\x7f]*$/.test(text)))("%j, known to be ASCII", (text) => {
    const padded = new Uint8Array([0xff, ...codec.encode(text), 0xff]);
    expect(codec.decode(padded, 1, padded.length - 1, true)).toBe(text);
  });

  test.each(TEXTS)("%j into the middle of other bytes", (text) => {
    const target = new Uint8Array(text.length * 3 + 4).fill(0xee);
    const length = codec.encodeInto(text, target, 2);
    expect([...target.subarray(2, 2 + length)]).toEqual([...Buffer.from(text)]);
    expect([...target.subarray(0, 2), ...target.subarray(2 + length)].every((byte) => byte === 0xee)).toBe(true);
  });

  test.each(INVALID.map((bytes) => [bytes]))("%j is not UTF-8", (bytes) => {
    const padded = new Uint8Array([0x61, ...bytes, 0x61]);
    expect(codec.decode(padded, 1, padded.length - 1, false)).toBeUndefined();
    expect(codec.isUtf8(padded, 1, padded.length - 1)).toBe(false);
  });

  test("an unpaired surrogate becomes U+FFFD", () => {
    expect([...codec.encode("a\ud800")]).toEqual([0x61, 0xef, 0xbf, 0xbd]);
    const target = new Uint8Array(6);
    expect(codec.encodeInto("a\ud800", target, 0)).toBe(4);
    expect([...target]).toEqual([0x61, 0xef, 0xbf, 0xbd, 0, 0]);
  });

  test("into a Node buffer", () => {
    const target = Buffer.alloc(4);
    expect(codec.encodeInto("é", target, 1)).toBe(2);
    expect([...target]).toEqual([0, 0xc3, 0xa9, 0]);
  });
});
