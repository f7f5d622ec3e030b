/** Times in the order in which they came, first in, first out. A client of a quick server has one; one of a stalled server thousands. */
export class TimeQueue {
  #times: number[] = [];
  #head = 0;

  get length(): number {
    return this.#times.length - this.#head;
  }

  /** The oldest time, which stays; `undefined` if there is none. */
  get first(): number | undefined {
    return this.#times[this.#head];
  }

  push(time: number): void {
    this.#times.push(time);
  }

  /** Takes the oldest time. */
  shift(): number | undefined {
    if (this.length === 0) return undefined;
    const time = this.#times[this.#head];
    this.#head += 1;
    if (this.#head === this.#times.length) this.clear();
    else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#times.length) this.#compact();
    return time;
  }

  clear(): void {
    this.#times.length = 0;
    this.#head = 0;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#times.slice(this.#head)[Symbol.iterator]();
  }

  #compact(): void {
    this.#times = this.#times.slice(this.#head);
    this.#head = 0;
  }
}

/** Fewer taken times than so many are not worth moving the others. */
const COMPACT_FROM = 1_024;
