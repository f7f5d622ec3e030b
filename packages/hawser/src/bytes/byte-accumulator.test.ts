import { describe, expect, test } from "vitest";
import "../../test/support/equal-bytes.ts";
import { bytes, concat } from "../../test/support/wire.ts";
import { ByteAccumulator } from "./byte-accumulator.ts";

const MEGABYTE = 1_048_576;

describe("memory follows what has arrived, not what was announced", () => {
  test.each([
    [[3], MEGABYTE, 48],
    [[1], 5, 5],
    [[1, 1, 1], 3, 3],
    [[10, 10, 10], 1_000, 160],
    [[10, 150, 1], MEGABYTE, 161 * 16],
    [[65_536], MEGABYTE, MEGABYTE],
    [[65_537], 16 * MEGABYTE, 65_537 * 16],
    [[0], MEGABYTE, 0],
    // More than was announced, as when the rest is not known
    [[100], 10, 100],
  ])("after pieces of %j of %i announced bytes, %i are held", (pieces, total, held) => {
    const accumulator = new ByteAccumulator();
    for (const length of pieces) accumulator.append(bytes(length), 0, length, total);
    expect(accumulator.view.buffer.byteLength).toBe(held);
  });

  test("grows in few steps", () => {
    const accumulator = new ByteAccumulator();
    const memories = new Set<ArrayBuffer>();
    for (let count = 0; count < 5_000; count++) {
      accumulator.append(bytes(1), 0, 1, 5_000);
      memories.add(accumulator.view.buffer);
    }
    expect(memories.size).toBe(4);
  });
});

test("keeps what was appended, in order, whatever becomes of the source", () => {
  const accumulator = new ByteAccumulator();
  const source = bytes(9);
  accumulator.append(source, 2, 6, 100);
  accumulator.append(source, 0, 9, 100);
  accumulator.append(source, 4, 4, 100);
  source.fill(0);
  expect(accumulator.length).toBe(13);
  expect(accumulator.view).toEqual(concat(bytes(9).subarray(2, 6), bytes(9)));
});

test("begins with bytes that it is given, without a copy, and goes on behind them", () => {
  const accumulator = new ByteAccumulator();
  const given = bytes(5);
  accumulator.begin(given);
  expect(accumulator.length).toBe(5);
  expect(accumulator.view).toBe(given);
  accumulator.append(bytes(3), 0, 3, 8);
  expect(accumulator.take()).toEqual(concat(bytes(5), bytes(3)));
  expect(accumulator.length).toBe(0);
});

describe("take", () => {
  test("hands out the memory itself where it is full", () => {
    const accumulator = new ByteAccumulator();
    accumulator.append(bytes(4), 0, 4, 4);
    const memory = accumulator.view.buffer;
    expect(accumulator.take().buffer).toBe(memory);
  });

  test("hands out no more memory than it needs", () => {
    const accumulator = new ByteAccumulator();
    accumulator.append(bytes(4), 0, 4, 100);
    const taken = accumulator.take();
    expect(taken).toEqual(bytes(4));
    expect(taken.buffer.byteLength).toBe(4);
  });

  test("begins anew", () => {
    const accumulator = new ByteAccumulator();
    accumulator.append(bytes(4), 0, 4, 4);
    const first = accumulator.take();
    expect(accumulator.length).toBe(0);
    accumulator.append(bytes(8), 4, 8, 4);
    expect(accumulator.take()).toEqual(bytes(8).subarray(4));
    expect(first).toEqual(bytes(4));
  });

  test("of nothing is empty", () => {
    expect(new ByteAccumulator().take()).toEqual(new Uint8Array(0));
  });
});
