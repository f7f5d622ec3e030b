import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../test/support/equal-bytes.ts";
import { bytes, maskNaively } from "../../test/support/wire.ts";
import { mask, rotateKey } from "./mask.ts";

const KEY = 0x37fa213d;

test("masks the RFC's example (section 5.7)", () => {
  const hello = new TextEncoder().encode("Hello");
  mask(hello, 0, 5, KEY);
  expect(hello).toEqual(Uint8Array.of(0x7f, 0x9f, 0x4d, 0x51, 0x58));
});

/** Lengths about the one from which whole words are masked. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 159, 160, 161, 162, 163, 164, 1_001];

describe.each([KEY, 0, 0xffffffff, -1, 0x80000001 | 0, 0x000000ff, 0xff000000])("the key %i", (key) => {
  test.each([0, 1, 2, 3, 4, 5])("does what the RFC says at offset %i, and no more", (offset) => {
    for (const length of LENGTHS) {
      for (const start of [0, 1, 2, 3]) {
        const before = bytes(offset + start + length + 4);
        const memory = before.slice();
        // A view of a part of the memory, as buffers of a pool are
        const view = memory.subarray(offset);
        mask(view, start, start + length, key);
        const expected = before.slice();
        expected.set(maskNaively(before.subarray(offset + start, offset + start + length), key), offset + start);
        expect(memory).toEqual(expected);
      }
    }
  });
});

const run = fc.record({
  payload: fc.uint8Array({ maxLength: 700 }),
  offset: fc.nat({ max: 9 }),
  key: fc.integer(),
  cut: fc.nat({ max: 700 }),
});

test("masking twice is not masking at all, and once is the RFC's definition", () => {
  fc.assert(
    fc.property(run, ({ payload, offset, key }) => {
      const memory = new Uint8Array(offset + payload.length);
      memory.set(payload, offset);
      mask(memory, offset, memory.length, key);
      expect(memory.slice(offset)).toEqual(maskNaively(payload, key));
      mask(memory, offset, memory.length, key);
      expect(memory.slice(offset)).toEqual(Uint8Array.from(payload));
    }),
  );
});

test("a payload in two pieces is masked as in one, the second with the key counted on", () => {
  fc.assert(
    fc.property(run, ({ payload, key, cut }) => {
      const masked = Uint8Array.from(payload);
      const middle = Math.min(cut, payload.length);
      mask(masked, 0, middle, key);
      mask(masked, middle, payload.length, rotateKey(key, middle));
      expect(masked).toEqual(maskNaively(payload, key));
    }),
  );
});

test.each([
  [0, 0x01020304],
  [1, 0x02030401],
  [2, 0x03040102],
  [3, 0x04010203],
  [4, 0x01020304],
  [4_294_967_293, 0x02030401],
])("after %i octets the key 01020304 goes on in the right place", (length, expected) => {
  expect(rotateKey(0x01020304, length)).toBe(expected);
});
