/**
 * A clock that stands still until it is told to move on: what waits for time in a test waits for the test.
 *
 * Each step is a turn of an event loop: first the timers that are due, then what has arrived, then those who asked to be
 * called after that. Promise jobs run to their end in between, so the order of everything is the same in every run.
 */

import { setImmediate } from "node:timers/promises";
import type { Clock } from "../node/clock.ts";

interface Scheduled {
  readonly due: number;
  readonly callback: () => void;
}

/**
 * A {@link Clock} for tests. It begins at 0.
 *
 * @example
 * ```ts
 * import { FakeClock } from "hawser/testing";
 *
 * const clock = new FakeClock();
 * const calls: number[] = [];
 * clock.schedule(() => calls.push(clock.now()), 20_000);
 * await clock.advance(19_999); // calls: []
 * await clock.advance(1); // calls: [20_000]
 * ```
 */
export class FakeClock implements Clock {
  #now = 0;
  #timers: readonly Scheduled[] = [];
  #inputs: readonly Scheduled[] = [];
  #afterInput: readonly (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  schedule(callback: () => void, delay: number): unknown {
    const timer = { due: this.#now + delay, callback };
    this.#timers = inserted(this.#timers, timer);
    return timer;
  }

  cancel(scheduled: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== scheduled);
  }

  afterInput(callback: () => void): void {
    this.#afterInput = [...this.#afterInput, callback];
  }

  /** Calls `callback` after `delay` milliseconds as something that arrives: after the timers of the same turn. */
  scheduleInput(callback: () => void, delay: number): void {
    this.#inputs = inserted(this.#inputs, { due: this.#now + delay, callback });
  }

  /**
   * Lets `ms` milliseconds pass, and resolves when all that is due by then, and all promise jobs that come of it, have run.
   * With 0, only what is due now runs.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settlePromises();
    while (this.#nextDue <= end) await this.#turn();
    this.#now = Math.max(this.#now, end);
  }

  /**
   * Lets as much time pass as `promise` needs to settle, and settles as it does.
   *
   * @param limit milliseconds after which to give up
   * @throws {Error} if nothing that is scheduled within `limit` settles it.
   */
  async until<T>(promise: Promise<T>, limit = 3_600_000): Promise<T> {
    const end = this.#now + limit;
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await settlePromises();
    while (!isSettled && this.#nextDue <= end) await this.#turn();
    if (isSettled) return promise;
    throw new Error(`Cannot wait for the promise: nothing scheduled within ${limit} ms of the fake clock settles it`);
  }

  /**
   * Lets `ms` milliseconds pass in which the event loop is stuck: nothing is called. What has become due runs with the next
   * {@link advance}, the timers before what has arrived meanwhile.
   */
  stall(ms: number): void {
    this.#now += ms;
  }

  get #nextDue(): number {
    if (this.#afterInput.length > 0) return this.#now;
    return Math.min(this.#timers[0]?.due ?? NEVER, this.#inputs[0]?.due ?? NEVER);
  }

  async #turn(): Promise<void> {
    this.#now = Math.max(this.#now, this.#nextDue);
    await this.#runTimers(this.#now);
    await this.#runInputs(this.#now);
    const callbacks = this.#afterInput;
    this.#afterInput = [];
    for (const callback of callbacks) await run(callback);
  }

  async #runTimers(now: number): Promise<void> {
    for (const timer of this.#timers.filter(({ due }) => due <= now)) {
      // One before it may have cancelled it
      if (!this.#timers.includes(timer)) continue;
      this.cancel(timer);
      await run(timer.callback);
    }
  }

  async #runInputs(now: number): Promise<void> {
    const arrived = this.#inputs.filter(({ due }) => due <= now);
    this.#inputs = this.#inputs.slice(arrived.length);
    for (const { callback } of arrived) await run(callback);
  }
}

const NEVER = Number.POSITIVE_INFINITY;

/** Behind those that are due at the same time. */
function inserted(all: readonly Scheduled[], added: Scheduled): Scheduled[] {
  const index = all.findIndex(({ due }) => due > added.due);
  return index < 0 ? [...all, added] : all.toSpliced(index, 0, added);
}

async function run(callback: () => void): Promise<void> {
  callback();
  await settlePromises();
}

/** Resolves when all promise jobs have run: the event loop moves on only then. */
export function settlePromises(): Promise<void> {
  return setImmediate();
}
