/**
 * When windows of compression become cold: one timer for all connections with the same options, which runs only while there is
 * a window that may become cold, and does not keep the process alive.
 */

import { AGES, type WindowSpace } from "../deflate/window-space.ts";
import type { Clock } from "./clock.ts";
import { MAX_TIMER_DELAY } from "./timer-limits.ts";

/** After each slice of work, the event loop has so many times as long for others. */
const PAUSE = 2;
/** Milliseconds. A slice that took longer had to wait for other processes. */
const MAX_PAUSE = 5;

export class WindowCooling {
  readonly #clock: Clock;
  /** Between two ages of the windows. */
  readonly #interval: number;
  #isRunning = false;

  /** @param coldAfter milliseconds, finite */
  constructor(coldAfter: number, clock: Clock) {
    this.#clock = clock;
    this.#interval = Math.min(coldAfter / AGES, MAX_TIMER_DELAY);
  }

  /** There are windows in use. */
  start(space: WindowSpace): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#waitForAge(space, this.#interval);
  }

  #waitForAge(space: WindowSpace, delay: number): void {
    this.#clock.schedule(() => {
      const began = this.#clock.now();
      space.age();
      this.#relax(space, began);
    }, delay);
  }

  #relax(space: WindowSpace, aged: number): void {
    const began = this.#clock.now();
    const isDone = space.relax();
    const now = this.#clock.now();
    if (!isDone) this.#clock.schedule(() => this.#relax(space, aged), pauseAfter(now - began));
    else if (space.isAwake) this.#waitForAge(space, Math.max(1, aged + this.#interval - now));
    else this.#isRunning = false;
  }
}

function pauseAfter(work: number): number {
  return Math.min(Math.max(1, PAUSE * work), MAX_PAUSE);
}
