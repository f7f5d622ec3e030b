/** Churn: each client opens a connection, exchanges a few messages, closes it, and begins again. */

import { setTimeout as sleep } from "node:timers/promises";
import { shareOf } from "../load.ts";
import { Client } from "./client.ts";
import { now } from "./clock.ts";
import { type Activity, type Crew, giveUpOverdue, type Stretch } from "./crew.ts";
import { openingFailure } from "./failures.ts";
import { countedFrom } from "./schedule.ts";
import { until } from "./waiting.ts";

/** After a failure without a rate (ms): a server that refuses at once must not be asked thousands of times a second. */
const PAUSE = 50;

export class Churn implements Activity {
  readonly #crew: Crew;
  readonly #open = new Set<Client>();
  #sent = 0;
  /** Who waits for the answer of which client. */
  readonly #waiting = new Map<Client, () => void>();

  constructor(crew: Crew) {
    this.#crew = crew;
  }

  receive(client: Client): void {
    if (client.answer(now())) this.#waiting.get(client)?.();
  }

  async run(stretch: Stretch): Promise<void> {
    const { thread, threads, timeout } = this.#crew.load;
    const overdue = setInterval(() => giveUpOverdue(this.#open, timeout), 1_000);
    const own = shareOf(stretch.clients, thread, threads);
    await Promise.all(Array.from({ length: own }, (_, index) => this.#visits(index * threads + thread, stretch)));
    clearInterval(overdue);
  }

  /** One visit after the other, by the rate's schedule or without a pause. */
  async #visits(client: number, { begin, end, rate, clients }: Stretch): Promise<void> {
    await until(begin);
    for (let number = 0; ; number++) {
      const due = rate === null ? now() : begin + ((number + client / clients) * 1_000) / rate;
      if (due >= end) return;
      await until(due);
      const isDone = await this.#visit(due);
      if (!isDone && rate === null) await sleep(PAUSE);
    }
  }

  async #visit(due: number): Promise<boolean> {
    const { open, tally, load } = this.#crew;
    const from = countedFrom(due, now());
    try {
      const ws = await open();
      tally.opened(now() - from, due);
      const client = new Client(ws, tally, (one) => this.receive(one));
      this.#open.add(client);
      for (let count = 0; count < load.messagesPerOpening && client.isOpen; count++) await this.#exchange(client);
      this.#open.delete(client);
      await client.close();
      return true;
    } catch (error) {
      tally.error(openingFailure(error));
      return false;
    }
  }

  async #exchange(client: Client): Promise<void> {
    const { payloads } = this.#crew;
    const answered = new Promise<void>((resolve) => this.#waiting.set(client, resolve));
    client.send(payloads[this.#sent++ % payloads.length]!, now());
    await Promise.race([answered, client.ws.waitClosed()]);
    this.#waiting.delete(client);
  }
}
