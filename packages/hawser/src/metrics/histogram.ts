/**
 * Counts values by their size, in buckets that are fixed.
 */

import type { HistogramSample, MetricLabels } from "./snapshot.ts";

export class Histogram {
  readonly #bounds: readonly number[];
  /** One for each bound, and one for what is above all of them. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** `bounds`: the greatest value of each bucket, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    this.#counts[this.#bucketOf(value)]!++;
    this.#sum += value;
  }

  /** Adds what another one of the same bounds has counted. */
  add(other: Histogram): void {
    for (const [index, count] of other.#counts.entries()) this.#counts[index]! += count;
    this.#sum += other.#sum;
  }

  sample(labels: MetricLabels = {}): HistogramSample {
    let count = 0;
    const buckets = this.#bounds.map((le, index) => {
      count += this.#counts[index]!;
      return { le, count };
    });
    return { labels, buckets, sum: this.#sum, count: count + this.#counts[this.#bounds.length]! };
  }

  #bucketOf(value: number): number {
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bounds[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Bounds in seconds, for what takes from milliseconds to seconds. */
export const SHORT_TIMES: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20,
];

/** Bounds in seconds, for what keeps the event loop: from a tenth of a millisecond. */
export const BUSY_TIMES: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
];

/** Bounds in seconds, for the lives of connections: from a second to a week. */
export const LONG_TIMES: readonly number[] = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 604_800];
