/**
 * Latencies in an HDR histogram (`node:perf_hooks`): three digits of whatever size, in constant memory, and those of several
 * threads add up without loss, which percentiles do not.
 */

import { createHistogram, type Histogram, type RecordableHistogram } from "node:perf_hooks";

const NANOSECONDS = 1e6;

/** The longest latency that is told apart (ms): an hour. */
const LONGEST = 3_600_000;

/** What is behind an empty histogram's figures. */
const DIGITS = 3;

export function createLatencies(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LONGEST * NANOSECONDS, figures: DIGITS });
}

/** Adds one latency (ms). */
export function recordLatency(latencies: RecordableHistogram, milliseconds: number): void {
  latencies.record(Math.max(1, Math.round(Math.min(milliseconds, LONGEST) * NANOSECONDS)));
}

/** Latencies of one kind; all in ms. */
export interface LatencySummary {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly deviation: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly p9999: number;
  readonly max: number;
}

/** `undefined` if there is none: there is no percentile of nothing. */
export function summarize(latencies: Histogram): LatencySummary | undefined {
  if (latencies.count === 0) return undefined;
  const { count, min, mean, stddev, max } = latencies;
  return {
    count,
    min: min / NANOSECONDS,
    mean: mean / NANOSECONDS,
    deviation: stddev / NANOSECONDS,
    p50: percentileOf(latencies, 50),
    p90: percentileOf(latencies, 90),
    p95: percentileOf(latencies, 95),
    p99: percentileOf(latencies, 99),
    p999: percentileOf(latencies, 99.9),
    p9999: percentileOf(latencies, 99.99),
    max: max / NANOSECONDS,
  };
}

/** @returns ms; at most the largest value that was recorded, which the bounds of its class may exceed */
export function percentileOf(latencies: Histogram, percent: number): number {
  return Math.min(latencies.percentile(percent), latencies.max) / NANOSECONDS;
}

/** A percentile and its latency (ms). */
export type PercentilePoint = readonly [percent: number, latency: number];

const STEPS_PER_NINE = 8;
const MOST_NINES = 6;

/** Percentiles evenly over their nines (0, 90, 99, 99.9, ...), as far as there are values beyond. */
export function percentileCurve(latencies: Histogram): PercentilePoint[] {
  if (latencies.count === 0) return [];
  const points: PercentilePoint[] = [];
  for (let step = 0; step <= STEPS_PER_NINE * MOST_NINES; step++) {
    const beyond = 10 ** (-step / STEPS_PER_NINE);
    if (beyond * latencies.count < 1) break;
    const percent = 100 * (1 - beyond);
    points.push([percent, percentileOf(latencies, Math.max(percent, Number.MIN_VALUE))]);
  }
  return points;
}
