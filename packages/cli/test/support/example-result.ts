/** A result as a run leaves it, with figures that are easy to follow. */

import { recommend } from "../../src/tune/recommend.ts";
import type { Plan, TuneResult } from "../../src/tune/result.ts";
import { SETTINGS, WINDOW_BITS } from "../../src/tune/settings.ts";
import { baseOf, type CellSamples, gridOf, type RowSamples, rowsOf } from "../../src/tune/tables.ts";

export const PLAN: Plan = {
  isQuick: false,
  rounds: 3,
  levels: [1, 6, 9],
  leastTime: 1_000,
  connections: 100,
  exchange: 10,
  rate: 10_000,
};

/** 100 messages of 1,000 bytes. */
export const CORPUS = { count: 100, bytes: 100_000 };

export interface Shape {
  /** Payload bytes of the corpus with a window and a level. */
  bytes?(windowBits: number, level: number): number;
  /** CPU time of a message with a window and a level (µs). */
  time?(windowBits: number, level: number): number;
  /** Payload bytes of the corpus without context. */
  alone?: number;
}

export function exampleSamples(shape: Shape = {}): { readonly cells: CellSamples[]; readonly rows: RowSamples[] } {
  const bytesOf = shape.bytes ?? ((windowBits) => 80_000 - windowBits * 4_000);
  const timeOf = shape.time ?? ((windowBits, level) => windowBits + level);
  const cells = WINDOW_BITS.flatMap((windowBits) =>
    PLAN.levels.map((level) => {
      const time = timeOf(windowBits, level);
      return {
        windowBits,
        level,
        bytes: bytesOf(windowBits, level),
        deflate: [time + 3, time, time + 9],
        inflate: [time / 2],
      };
    }),
  );
  const rows = SETTINGS.map((setting): RowSamples => {
    const bits = setting.windowBits ?? 0;
    const cell = cells.find((one) => one.windowBits === bits && one.level === 6);
    const alone = { bytes: shape.alone ?? 60_000, deflate: [10], inflate: [5] };
    const isNone = setting.compression === false;
    const held = isNone || !setting.takeover ? 0 : 2 * 2 ** bits;
    return {
      setting,
      pass: setting.takeover ? cell : isNone ? undefined : alone,
      roundRobin: isNone ? undefined : { deflate: [timeOf(bits, 6)], inflate: [5], heldBytes: held },
      server: { rss: 3_000 + held, inUse: 2_000 + held / 2, echo: 30 },
    };
  });
  return { cells, rows };
}

export function exampleResult(shape?: Shape): TuneResult {
  const { cells, rows: samples } = exampleSamples(shape);
  const grid = gridOf(cells, CORPUS);
  const rows = rowsOf(samples, baseOf(cells), CORPUS, PLAN);
  return {
    version: 1,
    startedAt: "2026-03-02T09:00:00.000Z",
    machine: { node: "v20.19.0", processor: "Example 1", platform: "linux" },
    corpus: {
      ...CORPUS,
      source: "feed.jsonl",
      smallest: 10,
      median: 900,
      average: 1_000,
      largest: 5_000,
      warnings: [],
    },
    plan: PLAN,
    rows,
    grid,
    recommendation: recommend(rows, grid),
  };
}
