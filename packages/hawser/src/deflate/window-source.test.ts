import { expect, test } from "vitest";
import { WindowSource } from "./window-source.ts";

/** A window of bytes that count up from 1, and start anew after 200. */
function windowOf(length: number) {
  const bytes = Uint8Array.from({ length }, (_, at) => 1 + (at % 200));
  return {
    bytes,
    length,
    copyTo(memory: Uint8Array, end: number, from = 0, to = length) {
      memory.set(bytes.subarray(from, to), end - length + from);
    },
  };
}

function sourceFor(message: number) {
  const memory = new Uint8Array(message);
  const source = new WindowSource();
  source.attach(memory, message);
  return { memory, source };
}

test.each([
  ["nothing", 0, 0],
  ["a small window, whole", 700, 700],
  ["as much as is near, whole", 4_096, 4_096],
  ["the end of a large window", 32_768, 4_096],
])("copies at once %s", (_name, length, copied) => {
  const { memory, source } = sourceFor(40_000);
  const window = windowOf(length);
  expect(source.open(window)).toBe(copied);
  expect(memory.subarray(40_000 - copied)).toEqual(window.bytes.subarray(length - copied));
  expect(memory.subarray(0, 40_000 - copied).every((byte) => byte === 0)).toBe(true);
});

test.each([
  ["a piece", 10_240, 10_752, 10_240, 10_752],
  ["a piece that begins before the window", 9_728, 10_240, 10_000, 10_240],
  ["a piece that ends behind it", 19_968, 20_480, 19_968, 20_000],
])("copies %s when it is asked to", (_name, from, to, first, last) => {
  const { memory, source } = sourceFor(20_000);
  const window = windowOf(10_000);
  source.open(window);
  memory.fill(0);
  source.fetch(from, to);
  const expected = new Uint8Array(20_000);
  expected.set(window.bytes.subarray(first - 10_000, last - 10_000), first);
  expect(memory).toEqual(expected);
});

test("copies the whole window, and nothing once it is closed", () => {
  const { memory, source } = sourceFor(20_000);
  const window = windowOf(10_000);
  source.open(window);
  source.fetchAll();
  expect(memory.subarray(10_000)).toEqual(window.bytes);
  source.close();
  memory.fill(0);
  source.fetch(10_240, 10_752);
  source.fetchAll();
  expect(memory.every((byte) => byte === 0)).toBe(true);
});
