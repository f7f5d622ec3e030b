import { expect, test } from "vitest";
import { bytes } from "../../test/support/wire.ts";
import { copyBytes } from "./copy.ts";

test.each([
  [0, 0],
  [3, 3],
  [0, 5],
  [2, 33],
  [2, 34],
  [2, 35],
  [1, 200],
])("copies from %i to %i", (start, end) => {
  const source = bytes(200);
  const copy = copyBytes(source, start, end);
  source.fill(0);
  expect(copy).toEqual(bytes(200).subarray(start, end));
});

test.each([4, 100])("of a Node buffer, %i bytes are a plain Uint8Array with memory of their own", (length) => {
  const pooled = Buffer.from("x".repeat(length));
  const copy = copyBytes(pooled, 0, length);
  expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype);
  expect(copy.buffer.byteLength).toBe(length);
});
