import { expect, test } from "vitest";
import type { Interval } from "./interval.ts";
import { createLatencies, recordLatency } from "./latencies.ts";
import { Measurement } from "./measurement.ts";

function interval(changes: Partial<Interval> & { readonly latency?: readonly number[] }): Interval {
  const latencies = createLatencies();
  for (const value of changes.latency ?? []) recordLatency(latencies, value);
  return {
    stage: "measuring",
    begin: 0,
    end: 1_000,
    open: 10,
    opened: 0,
    sent: 0,
    received: 0,
    bytesSent: 0,
    bytesReceived: 0,
    late: 0,
    errors: new Map(),
    closes: new Map(),
    utilization: 0.5,
    starved: 0,
    latencies,
    openings: createLatencies(),
    ...changes,
  };
}

test("threads add up: rates of the measured time, latencies of all that was counted, errors of everything", () => {
  const measurement = new Measurement(2);
  measurement.add(interval({ stage: "opening", opened: 10, errors: new Map([["refused", 1]]) }), 0);
  measurement.add(interval({ stage: "warmup", sent: 99, received: 99 }), 0);
  measurement.add(interval({ sent: 100, received: 90, late: 4, latency: [1, 2] }), 0);
  measurement.add(interval({ sent: 50, received: 50, end: 500, latency: [3], utilization: 0.9 }), 1);
  measurement.add(interval({ stage: "drain", received: 10, latency: [4], errors: new Map([["refused", 2]]) }), 0);
  measurement.add(interval({ stage: "closing", closes: new Map([[1001, 3]]) }), 1);
  expect(measurement.throughput).toMatchObject({ sent: 200, received: 190 });
  expect([measurement.sent, measurement.late, measurement.opened, measurement.measured]).toEqual([150, 4, 10, 1_000]);
  expect(measurement.latencies.count).toBe(4);
  expect([...measurement.errors]).toEqual([["refused", 3]]);
  expect([...measurement.closes]).toEqual([[1001, 3]]);
  expect(measurement.utilization).toBeCloseTo(0.9);
});

test("a point in time is there once every thread has told of it", () => {
  const measurement = new Measurement(2);
  measurement.add(interval({ begin: 100, end: 200, received: 10, latency: [1] }), 0);
  measurement.add(interval({ begin: 200, end: 300, received: 20, latency: [1] }), 0);
  expect(measurement.timeline).toEqual([]);
  measurement.add(interval({ begin: 100, end: 200, received: 30, latency: [9] }), 1);
  expect(measurement.timeline).toEqual([expect.objectContaining({ time: 100, received: 400, open: 20 })]);
  expect(measurement.timeline[0]!.max).toBeCloseTo(9, 1);
});

test("what goes on now is the last that each thread told", () => {
  const measurement = new Measurement(2);
  expect(measurement.status).toMatchObject({ open: 0, received: 0, p50: null, p99: null });
  measurement.add(interval({ received: 5, open: 3 }), 0);
  measurement.add(interval({ received: 7, open: 4, errors: new Map([["x", 2]]) }), 1);
  measurement.add(interval({ received: 1, open: 2 }), 0);
  expect(measurement.status).toMatchObject({ open: 6, received: 8, errors: 2 });
});
