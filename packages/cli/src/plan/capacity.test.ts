import { describe, expect, test } from "vitest";
import { answerOf, capacityOf, fitLine } from "./capacity.ts";
import { growthAfter, memoryOf } from "./measure.ts";
import { notesOf } from "./notes.ts";
import type { Demand } from "./options.ts";
import type { Measured, Step } from "./result.ts";

const MIB = 1_048_576;

const DEMAND: Demand = { connections: 10_000, rate: 5, headroom: 0.3, memory: undefined };

function step(received: number, cpu: number, changes: Partial<Step> = {}): Step {
  const quiet = { loop: cpu, starved: 0, p50: 1, p99: 5, generator: 0.3, generatorStarved: 0, machine: 0.5 };
  return { offered: received, received, cpu, isSaturated: false, ...quiet, ...changes };
}

/** A program that takes 5 % of a core, and 20 µs for each message. */
const STEPS = [5_000, 15_000, 25_000, 35_000, 44_000].map((rate) => step(rate, 0.05 + rate * 20e-6));

function measured(changes: Partial<Measured> = {}): Measured {
  const memory = {
    base: 60 * MIB,
    idle: 4_000,
    used: 6_000,
    heap: 2_000,
    heapLimit: 2_000 * MIB,
    sample: 1_000,
    spread: 0.05,
  };
  return { memory, cpuPerOpening: 0.35, steps: STEPS, ...changes };
}

describe("a line", () => {
  test("goes through points that are on one", () => {
    const { intercept, slope, deviation } = fitLine([
      [0, 1],
      [1, 3],
      [2, 5],
    ]);
    expect([intercept, slope, deviation]).toEqual([expect.closeTo(1), expect.closeTo(2), expect.closeTo(0)]);
  });

  test.each([
    [
      "that would begin below zero",
      [
        [1, 1],
        [2, 4],
      ] as const,
    ],
    [
      "that would fall",
      [
        [1, 3],
        [2, 2],
      ] as const,
    ],
    ["of one point", [[2, 4]] as const],
  ])("%s begins at zero", (_name, points) => {
    const { intercept, slope, deviation } = fitLine(points);
    expect([intercept, deviation]).toEqual([0, undefined]);
    expect(slope).toBeGreaterThan(0);
  });
});

describe("capacity", () => {
  test("is what fits below the headroom", () => {
    const capacity = capacityOf(measured(), DEMAND);
    expect(capacity).toMatchObject({ limit: "CPU", saturation: null });
    expect(capacity.messages).toBeCloseTo((0.7 - 0.05) / 20e-6, 3);
    // Each sends 5 a second, and is pinged every 20 s
    expect(capacity.connections).toBe(Math.floor(capacity.messages / 5.05));
    expect(capacity.openings).toBeCloseTo(2_000);
    expect(capacity.spread).toBeLessThan(0.05);
  });

  test("ends at the memory, if that is less", () => {
    const capacity = capacityOf(measured(), { ...DEMAND, memory: 128 * MIB });
    expect(capacity).toMatchObject({ limit: "memory" });
    expect(capacity.connections * (6_000 + 4_096) + 60 * MIB).toBeLessThanOrEqual((128 * MIB) / 1.25);
  });

  test("of idle connections ends at the heap", () => {
    const capacity = capacityOf(measured(), { ...DEMAND, rate: 0 });
    expect(capacity.limit).toBe("CPU");
    const few = capacityOf(measured({ memory: { ...measured().memory, heap: 200_000 } }), { ...DEMAND, rate: 0 });
    expect(few).toMatchObject({ limit: "heap", connections: Math.floor((0.7 * 2_000 * MIB) / 200_000) });
  });

  test("of a program that waits is a share of where it was saturated", () => {
    const steps = [step(10, 0.01), step(30, 0.02), step(48, 0.03, { offered: 62, isSaturated: true, loop: 1 })];
    const capacity = capacityOf(measured({ steps }), { ...DEMAND, rate: 1 });
    expect(capacity).toMatchObject({ limit: "waiting", saturation: 48 });
    expect(capacity.messages).toBeCloseTo(48 * 0.7);
    expect(notesOf(measured({ steps }), capacity).join()).toContain("it waits for something");
  });

  test("is not judged by a saturation for want of a processor", () => {
    const starved = step(20_000, 0.3, { offered: 40_000, isSaturated: true, starved: 0.4 });
    const capacity = capacityOf(measured({ steps: [...STEPS, starved] }), DEMAND);
    expect(capacity).toMatchObject({ limit: "CPU", saturation: 44_000 });
    expect(notesOf(measured({ steps: [starved] }), capacity).join()).toContain("without a processor for up to 40 %");
  });

  test("far from the highest load that was seen is uncertain", () => {
    const capacity = capacityOf(measured({ steps: STEPS.slice(0, 1) }), DEMAND);
    expect(capacity.spread).toBeCloseTo(0);
    const low = capacityOf(measured({ steps: [step(1_000, 0.07), step(2_000, 0.09)] }), DEMAND);
    expect(low.spread).toBeGreaterThan(0.3);
    expect(notesOf(measured(), low).join()).toContain("may be");
  });

  test("does not believe that messages cost next to nothing", () => {
    const { cpuPerMessage } = capacityOf(measured({ steps: [step(1_000, 0.1), step(2_000, 0.102)] }), DEMAND);
    expect(cpuPerMessage).toBeCloseTo(0.6 * 0.051, 5);
  });
});

describe("the answer", () => {
  const capacity = { ...capacityOf(measured(), DEMAND), connections: 3_000, spread: 0.2 };

  test("is so many processes, and what to set for each", () => {
    expect(answerOf(measured(), capacity, DEMAND)).toEqual({
      processes: 4,
      fewest: 3,
      most: 5,
      each: {
        connections: 2_500,
        messages: 12_500,
        cpu: expect.closeTo(0.05 + 2_500 * 5.05 * 20e-6, 5),
        memory: 60 * MIB + 2_500 * 6_000,
      },
      secondsToReopen: expect.closeTo(1.25),
      // Three of four carry everything while the fourth restarts
      limits: { maxConnections: 3_700, backlog: 511, descriptors: 4_096, containerMemory: 128 * MIB },
      scale: { connections: 3_000, cpu: 70 },
    });
  });

  test("of many connections has a longer backlog", () => {
    const answer = answerOf(measured(), { ...capacity, connections: 20_000 }, { ...DEMAND, connections: 20_000 });
    expect(answer).toMatchObject({ processes: 1, limits: { maxConnections: 22_000, backlog: 4_096 } });
  });

  test("is none, if not one connection fits", () => {
    expect(answerOf(measured(), { ...capacity, connections: 0 }, DEMAND)).toBeUndefined();
  });
});

test("memory is that of the last two thirds: the first finds free pages", () => {
  const figures = (rss: number, heapUsed = 0) => ({
    cpu: 0,
    active: 0,
    idle: 0,
    starved: 0,
    rss,
    heapUsed,
    heapLimit: 9,
  });
  const samples = {
    base: figures(1_000_000),
    third: figures(1_100_000),
    twoThirds: figures(2_500_000),
    full: figures(4_100_000, 900_000),
    used: figures(4_400_000, 1_200_000),
  };
  expect(memoryOf(samples, 300)).toEqual({
    base: 1_000_000,
    idle: 15_000,
    used: 16_000,
    heap: 4_000,
    heapLimit: 9,
    sample: 300,
    spread: expect.closeTo(2_000 / 30_000),
  });
});

test.each([
  [0.9, 1.25],
  [0.5, 1.8],
  [0.01, 2.5],
])("after %d of its time a program is given %d times as much", (busy, growth) => {
  expect(growthAfter({ cpu: busy / 2, loop: busy })).toBeCloseTo(growth);
});
