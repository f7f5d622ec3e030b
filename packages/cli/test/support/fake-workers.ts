/** A supervisor over processes that do nothing by themselves, and a clock that stands still. */

import type { MetricSnapshot } from "hawser/metrics";
import { FakeClock } from "hawser/testing";
import { readRunConfiguration } from "../../src/config/run-configuration.ts";
import { supervisorSettings } from "../../src/config/supervisor-settings.ts";
import type { Clock } from "../../src/run/clock.ts";
import { Supervisor } from "../../src/run/supervisor.ts";
import type { Launch, WorkerEvents, WorkerLink } from "../../src/run/worker.ts";

export class FakeWorker implements WorkerLink {
  readonly id: number;
  readonly generation: number;
  readonly pid: number;
  connections = 0;
  /** What it was told, in order. */
  readonly told: string[] = [];
  readonly events: WorkerEvents;

  constructor(id: number, generation: number, pid: number, events: WorkerEvents) {
    this.id = id;
    this.generation = generation;
    this.pid = pid;
    this.events = events;
  }

  admit(): void {
    this.told.push("admit");
  }

  drain(window: number, code: number): void {
    this.told.push(`drain ${window} ${code}`);
  }

  stop(code: number): void {
    this.told.push(`stop ${code}`);
  }

  kill(): void {
    this.told.push("kill");
    this.events.exited({ code: null, signal: "SIGKILL" });
  }

  /** What it tells when it is asked; `undefined`: it does not answer. */
  counts: MetricSnapshot | undefined = [];
  counted: MetricSnapshot = [];

  async collect(): Promise<MetricSnapshot> {
    if (this.counts === undefined) throw new Error("no answer");
    this.counted = this.counts;
    return this.counted;
  }

  ready(): this {
    this.events.ready();
    return this;
  }

  beat(memory = 0): void {
    this.events.beat({ memory, cpu: 0 });
  }

  /** It has closed its connections, and ends. */
  leave(): void {
    this.connections = 0;
    this.events.drained();
    this.events.exited({ code: 0, signal: null });
  }

  crash(code = 1): void {
    this.events.exited({ code, signal: null });
  }
}

class DatedClock extends FakeClock implements Clock {
  date(): number {
    return 1_000_000 + this.now();
  }
}

/** Flags of `hawser run`, without their dashes. */
export type RunOptionTexts = Readonly<Record<string, string>>;

/** Processors of the machine that is none. */
const PROCESSORS = 2;

function settingsOf(texts: RunOptionTexts) {
  const words = Object.entries(texts).flatMap(([name, text]) => [`--${name}`, text]);
  const configuration = readRunConfiguration([...words, "/app.js"], { environment: {}, folder: "/" });
  if (configuration === "help") throw new Error("no settings");
  return supervisorSettings(configuration.settings, PROCESSORS);
}

export interface FakeRun {
  readonly supervisor: Supervisor;
  readonly clock: FakeClock;
  /** All that were ever launched. */
  readonly launched: readonly FakeWorker[];
  readonly lines: readonly string[];
  readonly isAccepting: () => boolean;
  /** Those whose process runs, as `id.generation state`. */
  readonly states: () => string[];
}

/** Started; random delays are the longest. */
export function fakeRun(texts: RunOptionTexts = {}): FakeRun {
  const clock = new DatedClock();
  const launched: FakeWorker[] = [];
  const lines: string[] = [];
  let isAccepting = true;
  const launch: Launch = (id, generation, events) => {
    const worker = new FakeWorker(id, generation, 100 + launched.length, events);
    launched.push(worker);
    return worker;
  };
  const write = (text: string) => void lines.push(text);
  const journal = { info: write, warn: write, error: write };
  const settings = { pid: 1, version: "1.2.3", entry: "/app.js", ...settingsOf({ workers: "2", ...texts }) };
  const places = {
    prefer() {},
    close() {
      isAccepting = false;
    },
  };
  const supervisor = new Supervisor(settings, { clock, random: () => 1, launch, journal, places });
  supervisor.start();
  const states = () => supervisor.status().workers.map(({ id, generation, state }) => `${id}.${generation} ${state}`);
  return { supervisor, clock, launched, lines, isAccepting: () => isAccepting, states };
}

/** With all workers ready. */
export function readyRun(texts: RunOptionTexts = {}): FakeRun {
  const run = fakeRun(texts);
  for (const worker of run.launched) worker.ready();
  return run;
}
