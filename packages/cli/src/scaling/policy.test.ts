import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SCALING_TIMINGS, ScalingPolicy, type ScalingSample, type WorkerBounds } from "./policy.ts";

const SECOND = 1_000;
const MINUTE = 60_000;

const BOUNDS = { least: 2, most: 8 };

interface Following {
  readonly each?: number;
  readonly bounds?: WorkerBounds;
  readonly target?: number;
}

/** Follows a load second by second; a worker that is wanted is there at once. */
function follow(loads: readonly number[], { each = 2_000, bounds = BOUNDS, target }: Following = {}) {
  const policy = new ScalingPolicy(each, bounds);
  const targets: number[] = [];
  let current = target ?? bounds.least;
  for (const [second, load] of loads.entries()) {
    current = policy.observe({ at: second * SECOND, target: current, load, canAdd: true, canRemove: true });
    targets.push(current);
  }
  return targets;
}

const steady = (load: number, seconds: number): number[] => Array.from({ length: seconds }, () => load);

/** The seconds at which the target changed, and to what. */
function changes(targets: readonly number[], first: number): [second: number, target: number][] {
  return targets.flatMap((target, second) => (target === (targets[second - 1] ?? first) ? [] : [[second, target]]));
}

test.each<[what: string, loads: number[], start: number, changes: [number, number][]]>([
  ["a load that fits", steady(4_000, 600), 2, []],
  ["a load that needs one more", steady(4_001, 600), 2, [[5, 3]]],
  ["a load that needs three more, at once", steady(9_500, 600), 2, [[5, 5]]],
  ["a load that needs more than there may be", steady(50_000, 600), 2, [[5, 8]]],
  ["a peak of four seconds", [...steady(0, 20), ...steady(9_000, 4), ...steady(0, 20)], 2, []],
  ["a peak of six", [...steady(0, 20), ...steady(9_000, 6), ...steady(0, 20)], 2, [[25, 5]]],
  [
    "a load that grows: what was needed throughout",
    [...steady(5_000, 3), ...steady(9_000, 30)],
    2,
    [
      [5, 3],
      [21, 5],
    ],
  ],
  [
    "a load that went, one after the other, a minute apart",
    steady(0, 600),
    5,
    [
      [300, 4],
      [361, 3],
      [422, 2],
    ],
  ],
  ["a load within the margin", steady(7_300, 1_200), 5, []],
  ["a load below the margin", steady(7_200, 1_200), 5, [[300, 4]]],
  ["a dip of four minutes", [...steady(9_000, 60), ...steady(0, 240), ...steady(9_000, 600)], 5, []],
  ["too few to begin with", steady(0, 10), 1, [[0, 2]]],
  ["too many to begin with", steady(9_000, 10), 12, [[0, 8]]],
])("%s", (_name, loads, target, expected) => {
  expect(changes(follow(loads, { target }), target)).toEqual(expected);
});

describe("what holds a change back", () => {
  const sample = (at: number, rest: Partial<ScalingSample>): ScalingSample => {
    return { at, target: 2, load: 9_000, canAdd: true, canRemove: true, ...rest };
  };

  test("a supervisor that is busy: samples count, nothing is asked of it", () => {
    const policy = new ScalingPolicy(2_000, BOUNDS);
    for (let at = 0; at <= MINUTE; at += SECOND) expect(policy.observe(sample(at, { canAdd: false }))).toBe(2);
    expect(policy.observe(sample(MINUTE, {}))).toBe(5);
  });

  test("a worker that is not there yet, or still drains: none is removed", () => {
    const policy = new ScalingPolicy(2_000, BOUNDS);
    const idle = { target: 5, load: 0 };
    for (let at = 0; at <= 6 * MINUTE; at += SECOND) {
      expect(policy.observe(sample(at, { ...idle, canRemove: false }))).toBe(5);
    }
    expect(policy.observe(sample(6 * MINUTE, idle))).toBe(4);
  });

  test("a change by somebody else", () => {
    const policy = new ScalingPolicy(2_000, BOUNDS);
    for (let at = 0; at <= 4 * SECOND; at += SECOND) policy.observe(sample(at, {}));
    expect(policy.observe(sample(5 * SECOND, { target: 3 }))).toBe(3);
    expect(policy.observe(sample(5 * SECOND + SCALING_TIMINGS.addPause, { target: 3 }))).toBe(5);
  });
});

test("shares that add up to a whole number need no worker more", () => {
  expect(
    changes(follow(steady(0.7 + 0.7 + 0.7, 60), { each: 0.7, bounds: { least: 1, most: 8 }, target: 3 }), 3),
  ).toEqual([]);
});

describe("whatever the load does", () => {
  const load = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 400 });

  test("the target stays within its bounds", () => {
    fc.assert(
      fc.property(load, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 6 }), (loads, min, more) => {
        const bounds = { least: min, most: min + more };
        for (const target of follow(loads, { bounds }))
          expect(target >= bounds.least && target <= bounds.most).toBe(true);
      }),
    );
  });

  test("once it stays, the target settles where nothing is missing, and at most the margin is to spare", () => {
    fc.assert(
      fc.property(load, fc.integer({ min: 0, max: 16_000 }), (loads, last) => {
        const targets = follow([...loads, ...steady(last, 1_200)]);
        const end = targets.slice(-60);
        expect(new Set(end).size).toBe(1);
        expect(end[0]).toBeGreaterThanOrEqual(Math.min(Math.max(Math.ceil(last / 2_000), 2), 8));
        expect(end[0]).toBeLessThanOrEqual(Math.min(Math.max(Math.ceil(last / 1_800), 2), 8));
      }),
      { numRuns: 50 },
    );
  });
});
