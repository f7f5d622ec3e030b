import { describe, expect, test } from "vitest";
import { deployment } from "../../test/support/deployment.ts";
import { fleetOf, machinesOf, stoppingWithin, stopTime } from "./fleet.ts";

describe("how many", () => {
  test.each([
    ["auto", { min: 2, max: 10, isElastic: true }, { min: 2, max: 5, isElastic: true }],
    ["1", { min: 1, max: 1, isElastic: false }, { min: 1, max: 1, isElastic: false }],
    ["3", { min: 3, max: 3, isElastic: false }, { min: 2, max: 2, isElastic: false }],
    ["4..12", { min: 4, max: 12, isElastic: true }, { min: 2, max: 6, isElastic: true }],
  ])("workers %s", (workers, fleet, machines) => {
    expect(fleetOf(deployment({ workers }))).toEqual(fleet);
    expect(machinesOf(deployment({ workers }), 2)).toEqual(machines);
  });
});

describe("stopping within a limit", () => {
  test.each([
    ["what fits stays", 60_000, { notReady: 5_000, drainWindow: 30_000 }],
    ["the window is shortened first", 30_000, { notReady: 5_000, drainWindow: 13_000 }],
    ["then the time before", 15_000, { notReady: 3_000, drainWindow: 0 }],
    ["closing is never shortened", 5_000, { notReady: 0, drainWindow: 0 }],
  ])("%s", (_name, limit, expected) => {
    const stopping = stoppingWithin({ notReady: 5_000, drainWindow: 30_000, closeTimeout: 10_000 }, limit);
    expect(stopping).toEqual({ ...expected, closeTimeout: 10_000 });
    expect(stopTime(stopping) <= limit).toBe(limit > 12_000);
  });
});
