/**
 * When messages are to be sent: evenly over time, over clients and over threads.
 *
 * The times are fixed before anything is sent. Latency is counted from them, whatever held a message up: a server that
 * stops for a second is charged for all messages of that second, not for the one that was on its way (coordinated omission).
 */

import { shareOf } from "../load.ts";

export interface ScheduleOptions {
  /** When the first message of client 0 is due (ms). */
  readonly begin: number;
  /** Messages a second and client. */
  readonly rate: number;
  /** Clients of all threads. */
  readonly clients: number;
  readonly threads: number;
  readonly thread: number;
}

/** One message that is due. */
export interface Turn {
  /** Which of the thread's own clients. */
  readonly client: number;
  /** ms */
  readonly time: number;
}

/** One thread's part of the schedule. */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #own: number;
  #next = 0;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#own = shareOf(options.clients, options.thread, options.threads);
  }

  /** When the next message is due; `Infinity` for a thread without clients. */
  get nextTime(): number {
    return this.#own === 0 ? Number.POSITIVE_INFINITY : this.#timeOf(this.#next);
  }

  /** The next message, if it is due by `now` and before `end`. */
  take(now: number, end: number): Turn | undefined {
    const time = this.nextTime;
    if (time > now || time >= end) return undefined;
    const client = this.#next % this.#own;
    this.#next += 1;
    return { client, time };
  }

  #timeOf(turn: number): number {
    const { begin, rate, clients, threads, thread } = this.#options;
    const round = Math.floor(turn / this.#own);
    const client = (turn % this.#own) * threads + thread;
    return begin + ((round + client / clients) * 1_000) / rate;
  }
}

/**
 * A timer wakes up to so much late (ms). That is the generator's own doing, and the server's load is no different for it.
 */
export const TIMER_SLACK = 2;

/**
 * From when on the latency of a message counts: from its time; from when it left if that was no later than a timer wakes.
 */
export function countedFrom(due: number, left: number): number {
  return left - due <= TIMER_SLACK ? left : due;
}
