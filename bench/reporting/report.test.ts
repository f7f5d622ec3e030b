import { describe, expect, test } from "vitest";
import type { Run } from "../measuring/rounds.ts";
import type { Row } from "../workloads/workload.ts";
import { advantage, evaluate } from "./report.ts";

const SPEED: Row = { id: "pp", workload: "pp", side: "server", title: "echo", unit: "messages/CPU-s", better: "more" };
const MEMORY: Row = {
  id: "idle",
  workload: "idle",
  side: "server",
  title: "idle",
  unit: "KiB/connection",
  better: "less",
};

function run(round: number, peer: string, value: number, row: Row = SPEED): Run {
  const circumstances = { generatorBusy: value / 100 };
  return { round, workload: row.id, peer, figures: [{ row: row.id, value, circumstances }] };
}

function failed(round: number, peer: string): Run {
  return { round, workload: "pp", peer, figures: [], failure: "wrong echo" };
}

describe("evaluate", () => {
  test("takes the median of ratios paired by round, not the ratio of medians", () => {
    const runs = [
      run(0, "ws", 10),
      run(0, "hawser", 20),
      run(1, "hawser", 30),
      run(1, "ws", 20),
      run(2, "ws", 40),
      run(2, "hawser", 40),
    ];
    const [row] = evaluate(runs, [SPEED], ["ws", "hawser"]);
    expect(row?.peers[1]?.ratio).toEqual({ median: 1.5, lower: 1.25, upper: 1.75, count: 3 });
    expect(row?.peers[0]?.value?.median).toBe(20);
  });

  test("leaves out a round in which one of the pair failed", () => {
    const runs = [run(0, "ws", 10), run(0, "hawser", 20), failed(1, "ws"), run(1, "hawser", 99)];
    expect(evaluate(runs, [SPEED], ["ws", "hawser"])[0]?.peers[1]?.ratio).toMatchObject({ median: 2, count: 1 });
  });

  test("has no result for a peer without figures", () => {
    const [row] = evaluate([run(0, "ws", 10), failed(0, "hawser")], [SPEED], ["ws", "hawser"]);
    expect(row?.peers[1]).toEqual({
      peer: "hawser",
      values: [],
      value: undefined,
      ratio: undefined,
      circumstances: {},
    });
  });

  test("leaves out a peer that takes no part", () => {
    const [row] = evaluate([run(0, "ws", 10), run(0, "hawser", 20, MEMORY)], [SPEED], ["ws", "hawser"]);
    expect(row?.peers.map(({ peer }) => peer)).toEqual(["ws"]);
  });

  test("averages the circumstances", () => {
    const [row] = evaluate([run(0, "ws", 10), run(1, "ws", 30)], [SPEED], ["ws"]);
    expect(row?.peers[0]?.circumstances).toEqual({ generatorBusy: 0.2 });
  });
});

describe("the advantage", () => {
  test.each([
    ["more messages are an advantage", SPEED, 1.5, 1.5],
    ["less memory is an advantage", MEMORY, 0.5, 2],
  ] as const)("%s", (_name, row, ratio, expected) => {
    expect(advantage(row, ratio)).toBe(expected);
  });
});
