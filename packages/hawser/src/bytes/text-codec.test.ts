import { describe, expect, test } from "vitest";
import { BROKEN_UTF8, CUT_UTF8, VALID_UTF8 } from "../../test/support/utf8-samples.ts";
import { concat, utf8 } from "../../test/support/wire.ts";
import { webTextCodec } from "./text-codec.ts";

const before = utf8("é");
const after = Uint8Array.of(0xff);

describe("decode", () => {
  test.each(VALID_UTF8)("gives the text of %s, and back", (_name, octets) => {
    const memory = concat(before, octets, after);
    const text = webTextCodec.decode(memory, 2, 2 + octets.length, false);
    expect(text).toBe(Buffer.from(octets).toString());
    expect(webTextCodec.encode(text!)).toEqual(octets);
    expect(webTextCodec.isUtf8(memory, 2, 2 + octets.length)).toBe(true);
  });

  test.each([...BROKEN_UTF8, ...CUT_UTF8])("refuses %s", (_name, octets) => {
    expect(webTextCodec.decode(octets, 0, octets.length, false)).toBeUndefined();
    expect(webTextCodec.isUtf8(octets, 0, octets.length)).toBe(false);
  });
});

describe("encodeInto", () => {
  test.each([0, 5])("writes at %i, and says how much", (start) => {
    const target = new Uint8Array(start + 12);
    expect(webTextCodec.encodeInto("aé€😀", target, start)).toBe(10);
    expect(target).toEqual(concat(new Uint8Array(start), utf8("aé€😀"), new Uint8Array(2)));
  });
});

test("an unpaired surrogate becomes U+FFFD", () => {
  expect(webTextCodec.encode("a\ud800b")).toEqual(utf8("a\ufffdb"));
});
