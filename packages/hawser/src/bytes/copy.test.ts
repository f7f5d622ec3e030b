import { expect, test } from "vitest";
import { bytes, concat } from "../../test/support/wire.ts";
import { copyBytes, copyInto, join, joinAll } from "./copy.ts";

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
  const copy = copyBytes(pooled);
  expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype);
  expect(copy.buffer.byteLength).toBe(length);
});

test.each([0, 1, 31, 32, 33, 200])("copies %i bytes into other memory, and no more", (length) => {
  const target = new Uint8Array(length + 8).fill(0xee);
  copyInto(target, 3, bytes(length));
  expect(target).toEqual(concat(new Uint8Array(3).fill(0xee), bytes(length), new Uint8Array(5).fill(0xee)));
});

test("joins two runs in memory of its own", () => {
  const source = bytes(4);
  const joined = join(source.subarray(2), source.subarray(0, 1));
  source.fill(9);
  expect(joined).toEqual(concat(bytes(4).subarray(2), bytes(1)));
  expect([...join(new Uint8Array(0), new Uint8Array(0))]).toEqual([]);
});

test("joins any number of runs in memory of their own", () => {
  const source = bytes(6);
  const pieces = [source.subarray(4), source.subarray(0, 0), source.subarray(0, 3)];
  const joined = joinAll(pieces, 5);
  source.fill(9);
  expect(joined).toEqual(concat(bytes(6).subarray(4), bytes(3)));
  expect(joinAll([], 0)).toEqual(new Uint8Array(0));
});
