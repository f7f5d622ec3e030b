/** Medians and quartiles: one disturbed run among nine must not move the result. */

/** The middle of a distribution and its spread. */
export interface Summary {
  readonly median: number;
  /** A quarter of the values are below. */
  readonly lower: number;
  /** A quarter of the values are above. */
  readonly upper: number;
  readonly count: number;
}

/** The value below which the fraction `at` of the values lies, interpolated. Throws a `RangeError` without values. */
export function quantile(values: readonly number[], at: number): number {
  if (values.length === 0) throw new RangeError("Cannot take a quantile: there are no values");
  const sorted = values.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

/** Median and quartiles. Throws a `RangeError` without values. */
export function summarize(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    lower: quantile(values, 0.25),
    upper: quantile(values, 0.75),
    count: values.length,
  };
}
