/**
 * How old connections may become: each is asked to come back at its time, so that those who came first do not stay where they
 * are for ever, and new processes get their part.
 */

import { CloseCode } from "../protocol/close-code.ts";
import type { Timed, TimingWheel } from "./timing-wheel.ts";

/** What is closed. */
export interface Ageing {
  close(code: number, reason: string): Promise<void>;
}

/** By how much of itself an age varies to either side: those who came together do not come back together. */
const JITTER = 0.1;

const REASON = "maxConnectionAge";

export class ConnectionAges {
  readonly #wheel: TimingWheel;
  readonly #maxAge: number;
  readonly #random: () => number;
  readonly #entries: Map<Ageing, AgeEntry> = new Map();

  /** `maxAge`: in milliseconds; `Infinity`: nobody is too old. */
  constructor(wheel: TimingWheel, maxAge: number, random: () => number = Math.random) {
    this.#wheel = wheel;
    this.#maxAge = maxAge;
    this.#random = random;
  }

  opened(connection: Ageing): void {
    if (this.#maxAge === Number.POSITIVE_INFINITY) return;
    const age = this.#maxAge * (1 + JITTER * (2 * this.#random() - 1));
    const entry = new AgeEntry(connection, this.#wheel.clock.now() + age);
    this.#entries.set(connection, entry);
    this.#wheel.schedule(entry);
  }

  closed(connection: Ageing): void {
    const entry = this.#entries.get(connection);
    if (entry === undefined) return;
    this.#entries.delete(connection);
    this.#wheel.remove(entry);
  }
}

class AgeEntry implements Timed {
  deadline: number;
  slot = -1;
  slotIndex = -1;
  readonly #connection: Ageing;

  constructor(connection: Ageing, deadline: number) {
    this.#connection = connection;
    this.deadline = deadline;
  }

  handleTimeout(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    void this.#connection.close(CloseCode.SERVICE_RESTART, REASON);
  }
}
