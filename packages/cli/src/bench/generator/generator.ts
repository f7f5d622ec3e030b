/** One thread's part of a load: opens its clients, sends in stretches, and reports what it counts as it goes. */

import type { Interval, Stage } from "../interval.ts";
import { type Mode, type Phase, shareOf, type ThreadLoad } from "../load.ts";
import { Broadcast } from "./broadcast.ts";
import { Churn } from "./churn.ts";
import { Client } from "./client.ts";
import { now } from "./clock.ts";
import type { Activity, Crew } from "./crew.ts";
import { Echo } from "./echo.ts";
import { openingFailure } from "./failures.ts";
import { Listen } from "./listen.ts";
import { openerOf } from "./opening.ts";
import { createPayloads } from "./payloads.ts";
import { Tally } from "./tally.ts";
import { until } from "./waiting.ts";

const ACTIVITIES: Readonly<Record<Mode, (crew: Crew) => Activity>> = {
  echo: (crew) => new Echo(crew),
  broadcast: (crew) => new Broadcast(crew),
  churn: (crew) => new Churn(crew),
  listen: () => new Listen(),
};

export interface OpenRequest {
  /** Clients of all threads, in addition to those that are there. */
  readonly clients: number;
  /** When the first is opened, on the clock of the threads (ms). */
  readonly begin: number;
  /** Over which they are opened evenly (ms). */
  readonly ramp: number;
}

export interface RunRequest extends Phase {
  /** When it begins, on the clock of the threads (ms). */
  readonly begin: number;
  /** How often intervals are reported (ms). */
  readonly every: number;
}

export class Generator {
  readonly #crew: Crew;
  readonly #activity: Activity;
  readonly #report: (interval: Interval) => void;
  /** Of all threads. */
  #clients = 0;

  constructor(load: ThreadLoad, report: (interval: Interval) => void) {
    this.#crew = {
      load,
      clients: [],
      payloads: createPayloads(load.messages),
      tally: new Tally(),
      open: openerOf(load),
    };
    this.#activity = ACTIVITIES[load.mode](this.#crew);
    this.#report = report;
  }

  /** What is done once, before anything is measured. */
  async prepare(): Promise<void> {
    // The first connection of a thread costs the compiling of its code, which is not the server's doing. What fails here
    // fails again, and is counted then
    await this.#crew.open().then(
      (ws) => ws.close(),
      () => {},
    );
    await this.#activity.begin?.();
  }

  /** Opens clients; resolves when each is open or has failed. In churn, none stay open. */
  async open({ clients, begin, ramp }: OpenRequest): Promise<void> {
    const { load } = this.#crew;
    this.#clients += clients;
    await until(begin);
    const own = load.mode === "churn" ? 0 : shareOf(clients, load.thread, load.threads);
    const reporting = setInterval(() => this.#take("opening"), OPENING_REPORTS);
    const opening = Array.from({ length: own }, (_, index) =>
      this.#openOne(begin + (ramp * (index * load.threads + load.thread)) / clients),
    );
    await Promise.all(opening);
    clearInterval(reporting);
    this.#take("opening");
  }

  async run({ begin, rate, warmup, duration, every }: RunRequest): Promise<void> {
    const { tally } = this.#crew;
    const from = begin + warmup;
    const end = from + duration;
    tally.countedFrom = from;
    const working = this.#activity.run({ begin, end, rate, clients: this.#clients });
    await this.#reportUntil(from, every, "warmup");
    await this.#reportUntil(end, every, "measuring");
    await working;
    this.#take("drain");
    tally.countedFrom = Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#crew.clients.map((client) => client.close()), this.#activity.close?.()]);
    this.#crew.clients.length = 0;
    this.#clients = 0;
    this.#take("closing");
  }

  async #openOne(due: number): Promise<void> {
    const { open, tally, clients } = this.#crew;
    await until(due);
    const begin = now();
    try {
      const ws = await open();
      tally.opened(now() - begin);
      clients.push(new Client(ws, tally, (client, content) => this.#activity.receive(client, content)));
    } catch (error) {
      tally.error(openingFailure(error));
    }
  }

  async #reportUntil(end: number, every: number, stage: Stage): Promise<void> {
    for (let time = now() + every; time < end - every / 2; time += every) {
      await until(time);
      this.#take(stage);
    }
    await until(end);
    this.#take(stage);
  }

  #take(stage: Stage): void {
    this.#report(this.#crew.tally.take(stage));
  }
}

/** ms */
const OPENING_REPORTS = 250;
