/**
 * Time, and being called later. Everything that waits takes a clock, so that tests can turn it.
 */

export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** Calls `callback` once after `delay` milliseconds. The result is for {@link cancel}. */
  schedule(callback: () => void, delay: number): unknown;
  cancel(scheduled: unknown): void;
  /** Calls `callback` once what has already arrived on any transport has been handed out. */
  afterInput(callback: () => void): void;
}

/** The process's own clock. Its timers do not keep the process alive: the sockets that they watch do. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (callback, delay) => setTimeout(callback, delay).unref(),
  cancel: (scheduled) => clearTimeout(scheduled as NodeJS.Timeout),
  afterInput: (callback) => void setImmediate(callback),
};
