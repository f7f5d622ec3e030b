/**
 * What metrics are at one moment, as plain values that JSON carries: between processes, and to whoever writes them down.
 */

/** One count, level or distribution, for each of its labels' values. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly samples: readonly MetricSample[];
}

/** A `counter` only grows; a `gauge` goes up and down; a `histogram` counts values by their size. */
export type MetricType = "counter" | "gauge" | "histogram";

export type MetricLabels = Readonly<Record<string, string>>;

export type MetricSample = ValueSample | HistogramSample;

export interface ValueSample {
  readonly labels: MetricLabels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: MetricLabels;
  /** How many values were at most `le`, ascending; that of `Infinity` is {@link count}. */
  readonly buckets: readonly HistogramBucket[];
  readonly sum: number;
  readonly count: number;
}

export interface HistogramBucket {
  readonly le: number;
  readonly count: number;
}

export type MetricSnapshot = readonly MetricFamily[];
