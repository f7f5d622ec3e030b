/**
 * Tells who has not been heard for too long, without taking a pause of our own for theirs. Knows no process; time is passed in.
 */

/** Somebody who is to be heard again and again. */
export interface Heard {
  /** When it was last heard. */
  heardAt: number;
}

export class Watchdog {
  readonly #limit: number;
  readonly #interval: number;
  #lastLook: number | undefined;

  /** `limit`: milliseconds of silence. `interval`: milliseconds between two looks. */
  constructor(limit: number, interval: number) {
    this.#limit = limit;
    this.#interval = interval;
  }

  /**
   * Those who have been silent for longer than the limit. To be called every `interval`, after what has arrived has been read. If
   * it is called late, we were held up ourselves, and that time counts against nobody.
   */
  look<One extends Heard>(all: Iterable<One>, now: number): One[] {
    const late = this.#lastLook === undefined ? 0 : now - this.#lastLook - this.#interval;
    this.#lastLook = now;
    const silent: One[] = [];
    for (const one of all) {
      if (late > this.#interval) one.heardAt = Math.min(now, one.heardAt + late);
      if (now - one.heardAt > this.#limit) silent.push(one);
    }
    return silent;
  }
}
