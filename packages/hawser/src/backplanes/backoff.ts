/**
 * How long to wait before an engine is tried again: exponential with full jitter, so that the processes of an application do not
 * come back in step.
 */

/** Milliseconds. */
const FIRST = 100;
const LONGEST = 3_000;

export class Backoff {
  #longest: number = FIRST;

  /** Milliseconds until the next attempt. */
  next(): number {
    const delay = Math.random() * this.#longest;
    this.#longest = Math.min(this.#longest * 2, LONGEST);
    return delay;
  }

  reset(): void {
    this.#longest = FIRST;
  }
}
