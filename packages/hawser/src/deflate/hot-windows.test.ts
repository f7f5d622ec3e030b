import { describe, expect, test } from "vitest";
import { HotWindows } from "./hot-windows.ts";
import { createVectorEngine } from "./vector-engine.ts";

const EFFORT = {};
const TABLES = 32;

/** A window that nothing is left of after a call: only its number and its stream's position count. */
class Stream {
  readonly id: number;
  position = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Deflates a message of 100 bytes; returns the table that is used, and how much of the window it lacks. */
  deflate(hot: HotWindows, appended = 100): readonly [table: number, missing: number] {
    const table = hot.tableFor(this);
    const missing = table.missing(this, EFFORT);
    table.enter(this, EFFORT, 100, hot.now);
    this.position += appended;
    return [table.index, missing];
  }
}

function streams(count: number): Stream[] {
  return Array.from({ length: count }, (_, index) => new Stream(index + 1));
}

const ALL = Number.POSITIVE_INFINITY;

describe("tables for windows", () => {
  test("one window alone stays in the common table, and lacks nothing from its second message on", () => {
    const [hot, stream] = [new HotWindows(), new Stream(1)];
    expect(Array.from({ length: 4 }, () => stream.deflate(hot))).toEqual([
      [0, ALL],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  test.each([2, 8, TABLES])("%i windows in turn get a table each, the common one included", (count) => {
    const [hot, all] = [new HotWindows(), streams(count)];
    for (let round = 0; round < 2; round++) for (const stream of all) stream.deflate(hot);
    const rounds = all.map((stream) => stream.deflate(hot));
    expect(new Set(rounds.map(([table]) => table)).size).toBe(count);
    expect(rounds.every(([, missing]) => missing === 0)).toBe(true);
  });

  test.each([49, 1_000])("%i windows in turn leave the tables alone", (count) => {
    const [hot, all] = [new HotWindows(), streams(count)];
    for (let round = 0; round < 4; round++) {
      for (const stream of all) expect(stream.deflate(hot)).toEqual([0, ALL]);
    }
  });

  test("with more busy windows than tables, those that have one keep it", () => {
    const [hot, all] = [new HotWindows(), streams(TABLES + 8)];
    for (let round = 0; round < 2; round++) for (const stream of all) stream.deflate(hot);
    for (let round = 0; round < 3; round++) {
      const rounds = all.map((stream) => stream.deflate(hot));
      expect(rounds.filter(([, missing]) => missing === 0).length).toBe(TABLES);
    }
  });

  test("a silent window loses its table to a busy one, and begins anew", () => {
    const hot = new HotWindows();
    // One of them has the common table
    const [silent, ...busy] = streams(TABLES + 2);
    for (let round = 0; round < 3; round++) for (const stream of [silent!, ...busy]) stream.deflate(hot);
    for (let round = 0; round < 3; round++) for (const stream of busy) stream.deflate(hot);
    expect(busy.map((stream) => stream.deflate(hot)[1])).toEqual(busy.map(() => 0));
    expect(silent!.deflate(hot)).toEqual([0, ALL]);
  });

  test("lacks what was appended besides the message, and nothing that was not appended", () => {
    const [hot, stream] = [new HotWindows(), new Stream(1)];
    stream.deflate(hot, 100 + 40);
    expect(stream.deflate(hot, 0)).toEqual([0, 140]);
    expect(stream.deflate(hot)).toEqual([0, 0]);
  });

  test("what another effort entered is not found", () => {
    const [hot, stream] = [new HotWindows(), new Stream(1)];
    stream.deflate(hot);
    expect(hot.tableFor(stream).missing(stream, {})).toBe(ALL);
  });
});

test.each([1, 5, 40, 70])("%i connections by chance: what one finds is as good as what a new one finds", (count) => {
  const engine = createVectorEngine()!;
  const options = { windowBits: 12, level: 9 };
  const all = Array.from({ length: count }, () => ({
    deflater: engine.createDeflater(options),
    inflater: engine.createInflater(options),
    window: new Uint8Array(0),
  }));
  let [known, fresh] = [0, 0];
  for (let turn = 0; turn < 600; turn++) {
    const one = all[(turn * turn + (turn >> 3)) % count]!;
    const message = new TextEncoder().encode(
      JSON.stringify({ turn, price: (turn * 7_919) % 1_013, pairs: Array((turn * 31) % 40).fill(turn % 17) }),
    );
    const compressed = one.deflater.deflate(message);
    const newcomer = engine.createDeflater(options);
    newcomer.append(one.window);
    fresh += newcomer.deflate(message).length;
    newcomer.reset();
    known += compressed.length;
    expect(one.inflater.inflate(compressed, 10_000)).toEqual(message);
    one.deflater.append(message);
    one.window = Uint8Array.from([...one.window, ...message]).subarray(-4_096);
  }
  for (const { deflater, inflater } of all) for (const one of [deflater, inflater]) one.reset();
  expect(known).toBeLessThan(fresh * 1.01);
});
