/** The result of a plan as a run leaves it. */

import { answerOf, capacityOf } from "../../src/plan/capacity.ts";
import type { Demand } from "../../src/plan/options.ts";
import type { Measured, PlanResult } from "../../src/plan/result.ts";

const MIB = 1_048_576;

export function examplePlan(): PlanResult {
  const demand: Demand = { connections: 10_000, rate: 10, headroom: 0.3, memory: undefined };
  const steps = [5_000, 15_000, 25_000, 35_000, 45_000].map((received) => ({
    offered: received === 45_000 ? 60_000 : received,
    received,
    cpu: 0.05 + received * 20e-6,
    loop: 0.06 + received * 20e-6,
    starved: 0,
    p50: received / 20_000,
    p99: received / 2_000,
    generator: 0.4,
    generatorStarved: 0,
    machine: 0.6,
    isSaturated: received === 45_000,
  }));
  const memory = {
    base: 60 * MIB,
    idle: 4_800,
    used: 6_000,
    heap: 2_000,
    heapLimit: 2_000 * MIB,
    sample: 1_000,
    spread: 0.04,
  };
  const measured: Measured = { memory, cpuPerOpening: 0.35, steps };
  const capacity = capacityOf(measured, demand);
  return {
    version: 1,
    startedAt: "2026-03-02T09:00:00.000Z",
    machine: { node: "v20.19.0", processor: "Example 1", cores: 4, platform: "linux" },
    entry: "<app>.mjs",
    messages: "125 bytes",
    demand,
    measured,
    capacity,
    answer: answerOf(measured, capacity, demand)!,
    notes: ["measured on a < quiet machine"],
  };
}
