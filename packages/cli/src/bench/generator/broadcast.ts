/** Broadcast: one client publishes, all others receive; the time from the one to the other is measured. */

import { Client } from "./client.ts";
import { now } from "./clock.ts";
import type { Activity, Crew, Stretch } from "./crew.ts";
import { stamped, stampOf } from "./payloads.ts";
import { countedFrom, Schedule } from "./schedule.ts";
import { Sender } from "./sender.ts";
import { until, untilDone } from "./waiting.ts";

/** A pause in what is received that is taken for its end (ms). */
const QUIET = 500;

export class Broadcast implements Activity {
  readonly #crew: Crew;
  #publisher: Client | undefined;
  #lastReceived = 0;

  constructor(crew: Crew) {
    this.#crew = crew;
  }

  receive(_client: Client, content: string | Uint8Array): void {
    const from = stampOf(content);
    if (from === undefined) return;
    this.#lastReceived = now();
    this.#crew.tally.answered(from, this.#lastReceived);
  }

  /** The publisher is of the first thread. */
  async begin(): Promise<void> {
    const { load, open, tally } = this.#crew;
    if (load.thread !== 0 || this.#publisher !== undefined) return;
    // Whether it receives its own messages is the server's choice, and not counted
    this.#publisher = new Client(await open(), tally, () => {});
    tally.open += 1;
  }

  async run({ begin, end, rate }: Stretch): Promise<void> {
    await until(begin);
    if (this.#publisher !== undefined) await this.#publish(this.#publisher, begin, end, rate ?? 1);
    await until(end);
    this.#lastReceived = Math.max(this.#lastReceived, now());
    await untilDone(() => now() - this.#lastReceived > QUIET, now() + this.#crew.load.timeout);
  }

  async close(): Promise<void> {
    await this.#publisher?.close();
  }

  async #publish(publisher: Client, begin: number, end: number, rate: number): Promise<void> {
    const { payloads } = this.#crew;
    const schedule = new Schedule({ begin, rate, clients: 1, threads: 1, thread: 0 });
    const payload = (number: number, time: number) =>
      stamped(payloads[number % payloads.length]!, countedFrom(time, now()));
    await new Sender({ clients: [publisher], schedule, end, payload }).run();
    publisher.unanswered.clear();
  }
}
