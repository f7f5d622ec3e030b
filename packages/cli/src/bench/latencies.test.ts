import { expect, test } from "vitest";
import { createLatencies, percentileCurve, percentileOf, recordLatency, summarize } from "./latencies.ts";

/** 1 to 1,000 ms. */
function thousand() {
  const latencies = createLatencies();
  for (let value = 1; value <= 1_000; value++) recordLatency(latencies, value);
  return latencies;
}

test("percentiles are exact to three digits", () => {
  const summary = summarize(thousand())!;
  const expected = { count: 1_000, min: 1, mean: 500.5, p50: 500, p90: 900, p99: 990, p999: 999, max: 1_000 };
  for (const [name, value] of Object.entries(expected)) {
    const seen = summary[name as keyof typeof summary];
    expect(Math.abs(seen - value) / value, `${name}: ${seen}`).toBeLessThan(0.001);
  }
});

test("those of two threads add up to what one would have seen", () => {
  const [even, odd] = [createLatencies(), createLatencies()];
  for (let value = 1; value <= 1_000; value++) recordLatency(value % 2 === 0 ? even : odd, value);
  even.add(odd);
  expect(summarize(even)).toEqual(summarize(thousand()));
});

test("of nothing there is no figure", () => {
  expect(summarize(createLatencies())).toBeUndefined();
  expect(percentileCurve(createLatencies())).toEqual([]);
});

test.each([0, 1e-9, 1e12])("%d ms is counted", (milliseconds) => {
  const latencies = createLatencies();
  recordLatency(latencies, milliseconds);
  expect([latencies.count, latencies.exceeds]).toEqual([1, 0]);
});

test("a percentile is never more than the largest", () => {
  const latencies = createLatencies();
  recordLatency(latencies, 33.333);
  expect(percentileOf(latencies, 100)).toBe(percentileOf(latencies, 50));
});

test("the curve goes as far as there are values beyond", () => {
  const curve = percentileCurve(thousand());
  expect(curve[0]).toEqual([0, expect.closeTo(1, 2)]);
  expect(curve.at(-1)![0]).toBeCloseTo(99.9, 1);
  expect(curve.map(([, latency]) => latency)).toEqual(curve.map(([, latency]) => latency).toSorted((a, b) => a - b));
});
