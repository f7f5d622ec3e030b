/**
 * The invented instruments of a berth: how one reading follows from the last.
 *
 * Pure: the time and the chance come in, no clock and no timer.
 */

export interface Reading {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Tension of the mooring line, in kilonewtons. */
  readonly tension: number;
  /** Wind speed, in knots. */
  readonly wind: number;
  /** Height of the tide, in metres. */
  readonly tide: number;
}

const MEAN_WIND = 14;
const GUST = 1.6;
/** How much of its distance from the mean the wind loses at each step: gusts die down, but not at once. */
const CALMING = 0.04;

/** A tide in ten minutes instead of twelve hours, so that a visitor sees it turn. */
const TIDE_PERIOD = 600_000;
const SWELL_PERIOD = 7_000;

/** The reading that follows `previous` at `time`; `random` returns numbers from 0 up to 1, as `Math.random` does. */
export function nextReading(previous: Reading | undefined, time: number, random: () => number): Reading {
  const before = previous?.wind ?? MEAN_WIND;
  const wind = clamp(before + (MEAN_WIND - before) * CALMING + (random() - 0.5) * 2 * GUST, 0, 40);
  const tide = 2.4 + 1.2 * wave(time, TIDE_PERIOD) + 0.03 * wave(time, SWELL_PERIOD);
  const tension = 22 + 0.9 * wind + 6 * wave(time, SWELL_PERIOD) + (random() - 0.5) * 2;
  return { time, tension: round(tension, 1), wind: round(wind, 1), tide: round(tide, 3) };
}

function wave(time: number, period: number): number {
  return Math.sin((2 * Math.PI * time) / period);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
