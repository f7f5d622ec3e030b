/** The places for workers, and all who are in them. */

import { Slot } from "./slot.ts";
import type { Worker } from "./worker.ts";

export class Workforce {
  readonly #slots: Map<number, Slot> = new Map();

  get slots(): readonly Slot[] {
    return [...this.#slots.values()];
  }

  /** Those whose process has not ended. */
  get workers(): readonly Worker[] {
    return this.slots.flatMap(({ workers }) => workers);
  }

  get serving(): readonly Worker[] {
    return this.workers.filter(({ isServing }) => isServing);
  }

  slot(id: number): Slot {
    const slot = this.#slots.get(id) ?? new Slot(id);
    this.#slots.set(id, slot);
    return slot;
  }

  /** Places after the `target`-th that nobody is in any more. */
  removeEmpty(target: number): void {
    for (const { id, workers } of this.slots) if (id > target && workers.length === 0) this.#slots.delete(id);
  }
}
