/**
 * Human units: `30s` and `512M` beside plain milliseconds and bytes. The one parser for flags, environment and file.
 */

const DURATIONS: Readonly<Record<string, number>> = {
  "": 1,
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Powers of 1024, with or without `B` or `iB` after the letter. */
const SIZES: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const QUANTITY = /^(\d[\d_]*(?:\.\d+)?) ?([A-Za-z]*)$/;

/** Milliseconds of `30s`, `500ms`, `1.5h` or a plain number of them; `undefined` for anything else. */
export function parseDuration(raw: string | number): number | undefined {
  return typeof raw === "number" ? wholeOf(raw) : quantityOf(raw, (unit) => DURATIONS[unit]);
}

/** Bytes of `512M`, `2GiB`, `64kb` or a plain number of them; `undefined` for anything else. */
export function parseSize(raw: string | number): number | undefined {
  return typeof raw === "number" ? wholeOf(raw) : quantityOf(raw, sizeOfUnit);
}

function sizeOfUnit(unit: string): number | undefined {
  return SIZES[unit.toUpperCase().replace(/I?B$/, "")];
}

function wholeOf(value: number): number | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function quantityOf(text: string, factorOf: (unit: string) => number | undefined): number | undefined {
  const [, digits, unit] = QUANTITY.exec(text.trim()) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const factor = factorOf(unit);
  return factor === undefined ? undefined : wholeOf(Math.round(Number(digits.replaceAll("_", "")) * factor));
}

/** The shortest exact form: `30s`, `1m`, `1500ms`, `0`. */
export function formatDuration(milliseconds: number): string {
  return formatted(milliseconds, [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
    ["ms", 1],
  ]);
}

/** The shortest exact form: `512M`, `1G`, `1000`. */
export function formatSize(bytes: number): string {
  return formatted(bytes, [
    ["G", 2 ** 30],
    ["M", 2 ** 20],
    ["K", 2 ** 10],
    ["", 1],
  ]);
}

function formatted(value: number, units: readonly (readonly [unit: string, factor: number])[]): string {
  if (value === 0) return "0";
  const [unit, factor] = units.find(([, one]) => value % one === 0) ?? ["", 1];
  return `${value / factor}${unit}`;
}
