import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SimulatedFleet } from "../../test/support/simulated-fleet.ts";
import type { ScaleRule } from "../config/run-grammars.ts";
import type { SupervisorStatus, WorkerStatus } from "../run/supervision.ts";
import { type ScalingChange, startAutoscaler } from "./autoscaler.ts";
import { loadFigures } from "./figures.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const BOUNDS = { least: 1, most: 4 };

/** Lets the autoscaler watch a fleet while clients come and go; `clientsAt` is asked every second. */
function simulate(fleet: SimulatedFleet, rule: ScaleRule, seconds: number, clientsAt: (second: number) => number) {
  const changes: (readonly [second: number, from: number, to: number])[] = [];
  let second = 0;
  const onScale = ({ from, to }: ScalingChange) => changes.push([second, from, to]);
  const autoscaler = startAutoscaler(fleet, { rule, bounds: BOUNDS, onScale });
  for (; second < seconds; second++) {
    fleet.tick(Math.max(Math.round(clientsAt(second)), 0));
    vi.advanceTimersByTime(1_000);
    const { target } = fleet.status();
    if (target < BOUNDS.least || target > BOUNDS.most) throw new RangeError(`${target} workers at ${second}`);
  }
  autoscaler.stop();
  return { changes, targets: changes.map(([, , to]) => to) };
}

const MINUTES = 60;

/** Up within a minute, there for twenty, down within a minute, gone for an hour. */
function ramp(second: number): number {
  if (second < MINUTES) return (5_000 * second) / MINUTES;
  if (second < 21 * MINUTES) return 5_000;
  return Math.max(5_000 - (5_000 * (second - 21 * MINUTES)) / MINUTES, 0);
}

describe("a ramp to 5,000 connections and back", () => {
  const rule = { kind: "connections", target: 2_000 } as const;

  test("adds and drains workers one way each, and settles at what is needed", () => {
    const { targets, changes } = simulate(new SimulatedFleet(1), rule, 82 * MINUTES, ramp);
    expect(targets).toEqual([2, 3, 2, 1]);
    expect(changes[1]![0]).toBeLessThan(65);
    expect(changes[2]![0]).toBeGreaterThan(25 * MINUTES);
  });

  test("stays with four workers where five were needed", () => {
    const { targets } = simulate(new SimulatedFleet(1), rule, 21 * MINUTES, (second) => 2 * ramp(second));
    expect(targets.at(-1)).toBe(4);
    expect(targets).toEqual([...targets].sort((one, other) => one - other));
  });

  test("does not follow waves around a border", () => {
    const wave = (second: number) => 4_000 + 300 * Math.sin(second / 5) + 100 * Math.sin(second);
    expect(simulate(new SimulatedFleet(2), rule, 60 * MINUTES, wave).targets).toEqual([3]);
  });
});

test("by CPU: workers are added until each uses less than the target", () => {
  const fleet = new SimulatedFleet(1, (connections) => connections / 2_000);
  const { targets } = simulate(fleet, { kind: "cpu", target: 0.7 }, 82 * MINUTES, (second) => 0.8 * ramp(second));
  expect(targets).toEqual([2, 3, 2, 1]);
  expect(loadFigures(fleet.status()).ready).toBe(1);
});

describe("the loop", () => {
  const rule = { kind: "connections", target: 10 } as const;

  function worker(state: WorkerStatus["state"], connections: number): WorkerStatus {
    const figures = { generation: 1, startedAt: 0, readyAt: 0, cpu: 0.5, memory: 0, lag: 0, restarts: 0 };
    return { id: 1, pid: 1, state, connections, ...figures };
  }

  function supervision(status: Partial<SupervisorStatus>) {
    const setTarget = vi.fn();
    const base = { pid: 1, version: "0", entry: "", startedAt: 0, drain: undefined, lastExits: [] };
    const full: SupervisorStatus = { ...base, state: "running", target: 1, workers: [worker("ready", 35)], ...status };
    return { status: vi.fn(() => full), setTarget };
  }

  test.each<[state: SupervisorStatus["state"], calls: number]>([
    ["running", 1],
    ["starting", 0],
    ["restarting", 0],
    ["stopping", 0],
  ])("while %s it asks %d times", (state, calls) => {
    const fake = supervision({ state });
    fake.setTarget.mockImplementation(() => fake.status.mockReturnValue({ ...fake.status(), target: 4 }));
    const autoscaler = startAutoscaler(fake, { rule, bounds: BOUNDS });
    vi.advanceTimersByTime(30_000);
    autoscaler.stop();
    expect(fake.setTarget).toHaveBeenCalledTimes(calls);
  });

  test("goes on after a supervisor that threw, and ends when stopped", () => {
    const fake = supervision({});
    fake.setTarget.mockImplementationOnce(() => {
      throw new Error("not now");
    });
    const errors: unknown[] = [];
    const autoscaler = startAutoscaler(fake, { rule, bounds: BOUNDS, onError: (error) => errors.push(error) });
    vi.advanceTimersByTime(10_000);
    expect(errors).toEqual([new Error("not now")]);
    expect(fake.setTarget.mock.calls.length).toBeGreaterThan(1);
    autoscaler.stop();
    const before = fake.status.mock.calls.length;
    vi.advanceTimersByTime(10_000);
    expect(fake.status).toHaveBeenCalledTimes(before);
  });

  test("counts the connections of workers that drain, and the CPU of those that are ready", () => {
    const workers = [worker("ready", 10), worker("ready", 20), worker("draining", 6), worker("starting", 0)];
    const load = { ready: 2, connections: 36, cpu: 1, connectionsPerWorker: 18, cpuPerWorker: 0.5 };
    expect(loadFigures({ workers })).toEqual(load);
    expect(loadFigures({ workers: [] })).toMatchObject({ connectionsPerWorker: 0, cpuPerWorker: 0 });
  });
});
