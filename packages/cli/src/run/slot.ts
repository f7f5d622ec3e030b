/**
 * A place for a worker: who is there, and how often those before it have failed. While one takes another's place, two are.
 */

import type { Worker } from "./worker.ts";

export class Slot {
  readonly id: number;
  /** Those whose process has not ended, the oldest first. */
  workers: Worker[] = [];
  /** How many in a row ended before they had lived. */
  earlyExits = 0;
  restarts = 0;
  /** A start is put off. */
  isWaiting = false;

  constructor(id: number) {
    this.id = id;
  }

  /** Who is there to stay. */
  get current(): Worker | undefined {
    return this.workers.findLast(({ isWanted }) => isWanted);
  }
}
