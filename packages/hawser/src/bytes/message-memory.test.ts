import { describe, expect, test } from "vitest";
import "../../test/support/equal-bytes.ts";
import { bytes } from "../../test/support/wire.ts";
import { createMessageMemory } from "./message-memory.ts";

const keepBytes = createMessageMemory((size) => new ArrayBuffer(size));

describe.each([0, 1, 64, 65, 125, 2_048, 2_049, 20_000, 32_768, 32_769, 70_000])("%i bytes", (length) => {
  const source = bytes(length + 5);

  test("are kept, whatever becomes of the source", () => {
    const memory = source.slice();
    const kept = keepBytes(memory, 2, length + 2);
    memory.fill(0xee);
    expect(kept).toEqual(source.subarray(2, length + 2));
    expect(Object.getPrototypeOf(kept)).toBe(Uint8Array.prototype);
  });

  test("are not changed by what is kept later", () => {
    const all = Array.from({ length: 300 }, (_value, index) => keepBytes(source, index % 5, (index % 5) + length));
    for (const [index, kept] of all.entries()) {
      expect(kept).toEqual(source.subarray(index % 5, (index % 5) + length));
    }
  });

  test("can be viewed as numbers", () => {
    const kept = keepBytes(source, 0, length);
    expect(kept.byteOffset % 8).toBe(0);
  });
});

test.each([
  [1, 1],
  [64, 64],
  [65, 8_192],
  [2_048, 8_192],
  [2_049, 16_384],
  [16_384, 65_536],
  [16_385, 131_072],
  [32_768, 131_072],
  [32_769, 32_769],
])("a kept message of %i bytes keeps at most %i", (length, expected) => {
  expect(keepBytes(bytes(length), 0, length).buffer.byteLength).toBe(expected);
});

test("what is not filled yet holds nothing", () => {
  const kept = keepBytes(bytes(100), 0, 100);
  const others = new Uint8Array(kept.buffer, kept.byteOffset + 104);
  expect(others.every((octet) => octet === 0)).toBe(true);
});
