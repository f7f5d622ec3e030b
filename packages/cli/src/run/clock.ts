/** Time, and being called later. Everything here that waits takes a clock, so that tests can turn it. */

export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** Calls `callback` once after `delay` milliseconds. The result is for {@link cancel}. */
  schedule(callback: () => void, delay: number): unknown;
  cancel(scheduled: unknown): void;
  /** Calls `callback` once what has already arrived has been read. */
  afterInput(callback: () => void): void;
  /** Epoch milliseconds, to be shown. */
  date(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (callback, delay) => setTimeout(callback, delay),
  cancel: (scheduled) => clearTimeout(scheduled as NodeJS.Timeout),
  afterInput: (callback) => void setImmediate(callback),
  date: () => Date.now(),
};
