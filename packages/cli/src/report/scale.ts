/** Where values stand on an axis, and which of them are written beside it. Knows nothing of pixels. */

export interface Scale {
  /** 0 at the axis' beginning, 1 at its end. */
  place(value: number): number;
  /** Values that are written, from the least to the most. */
  readonly ticks: readonly number[];
}

/** From `least` to `most`, widened to round numbers; `count` ticks, about. */
export function linearScale(least: number, most: number, count = 5): Scale {
  const step = roundStep((most - least || Math.abs(most) || 1) / count);
  const first = Math.floor(least / step + SLACK);
  const last = Math.max(first + 1, Math.ceil(most / step - SLACK));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => cleaned((first + index) * step));
  return { place: (value) => (value / step - first) / (last - first), ticks };
}

/** Powers of ten; for values that differ by orders of magnitude. What is not positive stands at the beginning. */
export function logarithmicScale(least: number, most: number): Scale {
  const first = Math.floor(Math.log10(least) + SLACK);
  const last = Math.max(first + 1, Math.ceil(Math.log10(most) - SLACK));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  return { place: (value) => (value <= 0 ? 0 : (Math.log10(value) - first) / (last - first)), ticks };
}

/** What floating point adds to a round number. */
const SLACK = 1e-9;

/** 1, 2 or 5 times a power of ten, the next above. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * (1 - SLACK)) ?? 10;
  return factor * power;
}

/** `0.30000000000000004` is 0.3. */
function cleaned(value: number): number {
  return Number(value.toPrecision(12));
}
