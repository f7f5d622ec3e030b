/** Sends messages at the times of a schedule; what a connection has no room for is sent later, and counts from its time. */

import type { Client } from "./client.ts";
import { now } from "./clock.ts";
import type { Payload } from "./payloads.ts";
import { type Schedule, TIMER_SLACK } from "./schedule.ts";

export interface SenderOptions {
  readonly clients: readonly Client[];
  readonly schedule: Schedule;
  /** Nothing is due from then on (ms). */
  readonly end: number;
  /** The `number`th message, which was due at `time`. */
  payload(number: number, time: number): Payload;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #behind = new Set<Client>();
  #done: () => void = () => {};
  #sent = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Resolves once the last message of the schedule is sent, or was given up with its client. */
  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#turn();
    });
  }

  #turn(): void {
    const { schedule, end, clients } = this.#options;
    const at = now();
    for (const client of this.#behind) this.#catchUp(client);
    for (let turn = schedule.take(at, end); turn !== undefined; turn = schedule.take(at, end)) {
      const client = clients[turn.client];
      // The share of a client that never came about, or that was lost, is not sent by others
      if (client?.isOpen) this.#send(client, turn.time);
    }
    const isLast = schedule.nextTime >= end && this.#behind.size === 0;
    if (isLast) this.#done();
    else setTimeout(() => this.#turn(), this.#pause(now()));
  }

  /** Milliseconds until there is something to do. */
  #pause(at: number): number {
    const left = this.#options.schedule.nextTime - at;
    return this.#behind.size > 0 ? 1 : Math.max(1, Math.min(left, LONGEST_PAUSE));
  }

  #send(client: Client, time: number): void {
    if (client.hasRoom && client.held.length === 0) {
      client.send(this.#next(time), time);
      return;
    }
    client.held.push(time);
    this.#behind.add(client);
  }

  #catchUp(client: Client): void {
    while (client.isOpen && client.hasRoom && client.held.length > 0) {
      const time = client.held.shift()!;
      client.send(this.#next(time), time);
    }
    if (!client.isOpen || client.held.length === 0) this.#behind.delete(client);
  }

  #next(time: number): Payload {
    this.#sent += 1;
    return this.#options.payload(this.#sent - 1, time);
  }
}

/** The end of a schedule is not missed by more (ms). */
const LONGEST_PAUSE: number = 50 * TIMER_SLACK;
