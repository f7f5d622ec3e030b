/** Echo: each message has an answer, and the time between the two is measured. */

import type { Client } from "./client.ts";
import { now } from "./clock.ts";
import { type Activity, type Crew, giveUpOverdue, type Stretch, untilAnswered } from "./crew.ts";
import { Schedule } from "./schedule.ts";
import { Sender } from "./sender.ts";
import { until } from "./waiting.ts";

export class Echo implements Activity {
  readonly #crew: Crew;
  /** Until when an answer is followed by the next message: without a rate (ms). */
  #goesOnUntil = 0;
  #sent = 0;

  constructor(crew: Crew) {
    this.#crew = crew;
  }

  receive(client: Client): void {
    const at = now();
    // Somebody else's message, or a greeting
    if (!client.answer(at)) return;
    if (at < this.#goesOnUntil) this.#send(client);
  }

  async run({ begin, end, rate, clients }: Stretch): Promise<void> {
    const { clients: own, load, payloads } = this.#crew;
    const overdue = setInterval(() => giveUpOverdue(own, load.timeout), 1_000);
    await until(begin);
    if (rate === null) {
      await this.#runWithoutRate(end);
    } else {
      const { thread, threads } = load;
      const schedule = new Schedule({ begin, rate, clients, threads, thread });
      const payload = (number: number) => payloads[number % payloads.length]!;
      await new Sender({ clients: own, schedule, end, payload }).run();
    }
    clearInterval(overdue);
    await untilAnswered(own, load.timeout);
  }

  async #runWithoutRate(end: number): Promise<void> {
    this.#goesOnUntil = end;
    for (const client of this.#crew.clients) if (client.isOpen) this.#send(client);
    await until(end);
    this.#goesOnUntil = 0;
  }

  #send(client: Client): void {
    const { payloads } = this.#crew;
    client.send(payloads[this.#sent++ % payloads.length]!, now());
  }
}
