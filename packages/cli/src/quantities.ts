/** Values of options that have a unit: times and sizes. Knows no particular option. */

import { UsageError } from "./command.ts";

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SIZES: Readonly<Record<string, number>> = { b: 1, k: 1_024, m: 1_048_576, g: 1_073_741_824 };

/**
 * The milliseconds of `500ms`, `10s`, `2m`, `1h`; a number alone is seconds. `missing` if the option is absent.
 *
 * @throws {UsageError}
 */
export function durationOption(name: string, text: string | undefined, missing: number, least = 0): number {
  if (text === undefined) return missing;
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const milliseconds = Number(number) * TIMES[unit]!;
  if (milliseconds >= least) return milliseconds;
  const range = Number.isNaN(milliseconds) ? "" : ` of at least ${least} ms`;
  throw new UsageError(`${name} must be a time${range} such as 500ms, 10s or 2m, got ${text}.`);
}

/**
 * The bytes of `125`, `16K`, `1.5M`, `2G` (powers of 1,024; `KB` and `KiB` mean the same). `undefined` if it is no size.
 */
export function parseSize(text: string): number | undefined {
  const [, number, unit = "b"] = /^(\d+(?:\.\d+)?) ?([bkmg])?(?:i?b)?$/i.exec(text.trim()) ?? [];
  return number === undefined ? undefined : Math.round(Number(number) * SIZES[unit.toLowerCase()]!);
}
