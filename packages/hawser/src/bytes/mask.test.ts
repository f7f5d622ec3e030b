import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import "../../test/support/equal-bytes.ts";
import { bytes, maskNaively } from "../../test/support/wire.ts";
import { mask, maskPlainly, rotateKey } from "./mask.ts";
import { READ_BUFFER, SHORT_READ_BUFFER } from "./vector-memory.ts";

const KEY = 0x37fa213d;

type Mask = typeof mask;

/** Masks where all connections read to, and copies there and back. */
function maskIn(buffer: Uint8Array): Mask {
  return (bytes, start, end, key) => {
    READ_BUFFER.set(bytes);
    const isAscii = mask(buffer, start, end, key);
    bytes.set(READ_BUFFER.subarray(0, bytes.length));
    return isAscii;
  };
}

/** As it is where there is no WebAssembly. */
const { mask: maskAlone } = await withoutWebAssembly(() => import("./mask.ts"));

async function withoutWebAssembly<Module>(load: () => Promise<Module>): Promise<Module> {
  vi.stubGlobal("WebAssembly", undefined);
  vi.resetModules();
  try {
    return await load();
  } finally {
    vi.unstubAllGlobals();
  }
}

const WAYS: readonly (readonly [name: string, mask: Mask])[] = [
  ["in memory of its own", mask],
  ["in the read buffer", maskIn(READ_BUFFER)],
  ["in its beginning", maskIn(SHORT_READ_BUFFER)],
  ["without vectors", maskPlainly],
  ["without WebAssembly", maskAlone],
];

test("masks the RFC's example (section 5.7)", () => {
  const hello = new TextEncoder().encode("Hello");
  mask(hello, 0, 5, KEY);
  expect(hello).toEqual(Uint8Array.of(0x7f, 0x9f, 0x4d, 0x51, 0x58));
});

/** Lengths about those at which another way begins: vectors, blocks of them, words, copies. */
const LENGTHS = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 63, 64, 65, 81, 159, 160, 161, 162, 163, 164, 1_001, 4_096, 4_099,
];
const KEYS = [KEY, 0, 0xffffffff, -1, 0x80000001 | 0, 0x000000ff, 0xff000000];

const everyWay = WAYS.flatMap(([name, mask]) => KEYS.map((key) => ({ name, mask, key })));

describe.each(everyWay)("$name, the key $key", ({ mask, key }) => {
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

describe.each(WAYS)("%s", (_name, mask) => {
  test.each([1, 3, 4, 5, 15, 16, 17, 40, 63, 64, 65, 159, 160, 163, 1_000, 4_095, 4_096, 60_003])(
    "tells of %i octets whether they come out as ASCII",
    (length) => {
      for (const start of [0, 3]) {
        for (const at of [undefined, 0, length >> 1, length - 1]) {
          const memory = new Uint8Array(start + length + 1).fill(0x7f);
          // Neither what stands before nor what stands behind counts
          memory[0] = memory[start + length] = 0xff;
          if (start === 0) memory[0] = 0x7f;
          if (at !== undefined) memory[start + at] = 0x80;
          mask(memory, start, start + length, KEY);
          expect(mask(memory, start, start + length, KEY)).toBe(at === undefined);
        }
      }
    },
  );
});

test.each([65_536, 65_537, 131_072, 140_003])(
  "%i octets in memory of their own: portion by portion as at once",
  (length) => {
    const before = bytes(length + 6).subarray(3);
    const [apart, plain] = [before.slice(), before.slice()];
    mask(apart, 2, length + 2, KEY);
    maskPlainly(plain, 2, length + 2, KEY);
    expect(Buffer.from(apart).equals(Buffer.from(plain))).toBe(true);
    expect(apart[1]).toBe(before[1]);
    expect(apart[length + 2]).toBe(before[length + 2]);
  },
);
