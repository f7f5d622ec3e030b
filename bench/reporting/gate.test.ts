import { describe, expect, test } from "vitest";
import { belowGate, missedAlways } from "./gate.ts";
import type { ResultRow } from "./report.ts";

/** A row in which the peer has this median ratio to the base. */
function row(
  ratio: number | undefined,
  { id = "pp", peer = "hawser", better = "more" as "more" | "less" } = {},
): ResultRow {
  const summary = (median: number) => ({ median, low: median, high: median, spread: 0 });
  const result = { values: [], value: undefined, circumstances: {} };
  return {
    id,
    workload: id,
    side: "server",
    title: id,
    unit: "messages/CPU-s",
    better,
    peers: [
      { ...result, peer: "ws", ratio: summary(1) },
      { ...result, peer, ratio: ratio === undefined ? undefined : summary(ratio) },
    ],
  } as ResultRow;
}

describe("a row", () => {
  test.each([
    ["speed at the gate passes", row(0.75), []],
    ["speed under the gate misses it", row(0.7), ["pp: hawser reaches 0.70 of the base, the gate is 0.75"]],
    ["memory under the base passes", row(0.5, { better: "less" }), []],
    [
      "memory far over the base misses it",
      row(2, { better: "less" }),
      ["pp: hawser reaches 0.50 of the base, the gate is 0.75"],
    ],
    ["another library may be slow", row(0.1, { peer: "undici" }), []],
    ["a missing result misses every gate", row(undefined), ["pp: no result for hawser"]],
  ] as const)("%s", (_name, one, expected) => {
    expect(belowGate([one], 0.75).map(({ text }) => text)).toEqual(expected);
  });
});

describe("further looks", () => {
  /** What the rows are, look by look; and which workloads were measured again. */
  async function looks(...ratios: readonly (readonly [pp: number, idle: number])[]) {
    const measured: string[][] = [];
    const rowsOf = (look: number) => [row(ratios[look]![0]), row(ratios[look]![1], { id: "idle" })];
    const missed = await missedAlways(rowsOf(0), 0.75, async (workloads) => {
      measured.push([...workloads]);
      return rowsOf(measured.length).filter(({ workload }) => workloads.has(workload));
    });
    return { measured, missed: missed.map(({ workload }) => workload) };
  }

  test.each([
    ["none when all pass", [[1, 1]], [], []],
    [
      "only of what missed",
      [
        [0.7, 1],
        [0.8, 1],
      ],
      [["pp"]],
      [],
    ],
    [
      "a loss misses it always",
      [
        [0.7, 1],
        [0.7, 0.1],
        [0.7, 1],
      ],
      [["pp"], ["pp"]],
      ["pp"],
    ],
    [
      "each by itself",
      [
        [0.7, 0.7],
        [0.7, 1],
        [0.8, 1],
      ],
      [["pp", "idle"], ["pp"]],
      [],
    ],
  ] as const)("%s", async (_name, ratios, measured, missed) => {
    expect(await looks(...ratios)).toEqual({ measured, missed });
  });
});
