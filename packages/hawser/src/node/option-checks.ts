/**
 * Checks of option values that several functions share. Each throws with action, rule and current value.
 */

/** A number of milliseconds for a timer: positive and finite. */
export function checkDuration(action: string, name: string, value: number): number {
  if (typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new RangeError(`Cannot ${action}: ${name} must be a positive number of milliseconds, got ${shown(value)}`);
}

/** A duration, or `null` for never, which becomes `Infinity`. */
export function checkDurationOrNull(action: string, name: string, value: number | null): number {
  if (value === null) return Number.POSITIVE_INFINITY;
  if (typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new RangeError(
    `Cannot ${action}: ${name} must be a positive number of milliseconds or null, got ${shown(value)}`,
  );
}

/** A number of bytes, frames or connections of at least `least`; `Infinity` lifts the limit. */
export function checkLimit(action: string, name: string, value: number, least = 1): number {
  const isValid = typeof value === "number" && value >= least;
  if (isValid && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return value;
  throw new RangeError(
    `Cannot ${action}: ${name} must be an integer of at least ${least}, or Infinity, got ${shown(value)}`,
  );
}

/** A count of at least 1 that there is no lifting of: what it bounds is memory that nothing else bounds. */
export function checkCount(action: string, name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`Cannot ${action}: ${name} must be an integer of at least 1, got ${shown(value)}`);
}

/** One of a few words. */
export function checkWord<Word extends string>(
  action: string,
  name: string,
  value: string,
  words: readonly Word[],
): Word {
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  const allowed = words.map((candidate) => JSON.stringify(candidate)).join(" or ");
  throw new TypeError(`Cannot ${action}: ${name} must be ${allowed}, got ${shown(value)}`);
}

/** A function, or nothing. */
export function checkFunction<F>(action: string, name: string, value: F | undefined): F | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError(`Cannot ${action}: ${name} must be a function, got ${shown(value)}`);
}

/** A value as an error message has it: texts in quotes, so that "5" is not taken for 5. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
