/**
 * One worker as the supervisor knows it: its state, what was heard of it, and the time it has left. The process itself is behind a
 * {@link WorkerLink}.
 */

import type { MetricSnapshot } from "hawser/metrics";
import { MAX_DELAY } from "../config/grammar.ts";
import type { Clock } from "./clock.ts";
import type { WorkerStatus } from "./supervision.ts";
import type { Heard } from "./watchdog.ts";
import { isWanted, next, type WorkerState, type WorkerTrigger } from "./worker-states.ts";

/** What can be done to a worker's process. None of it throws if the process has ended. */
export interface WorkerLink {
  readonly pid: number | undefined;
  /** Those that it has, or that are on their way to it. */
  readonly connections: number;
  /** It gets connections from now on. */
  admit(): void;
  /** It gets no more, and closes those it has with `code`, evenly over `window` milliseconds. */
  drain(window: number, code: number): void;
  /** It gets no more, and closes all at once. */
  stop(code: number): void;
  kill(): void;
  /** What it counts now. Rejects if it does not answer. */
  collect(): Promise<MetricSnapshot>;
  /** What it told last, asked or at its end. */
  readonly counted: MetricSnapshot;
}

export interface Usage {
  /** Resident bytes. */
  readonly memory: number;
  /** Of a core, 0 to 1. */
  readonly cpu: number;
}

/** What a process reports. */
export interface WorkerEvents {
  /** A server listens. */
  ready(): void;
  /** A sign of life. */
  beat(usage: Usage): void;
  /** All connections have been asked to close. */
  drained(): void;
  exited(exit: Exit): void;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started at all. */
  readonly failure?: string | undefined;
}

export type Launch = (id: number, generation: number, events: WorkerEvents) => WorkerLink;

export class Worker implements Heard {
  readonly id: number;
  readonly generation: number;
  readonly startedAt: number;
  readonly since: number;
  link!: WorkerLink;
  state: WorkerState = "starting";
  heardAt: number;
  readySince: number | undefined;
  cpu = 0;
  memory = 0;
  isOverMemory = false;
  isDrained = false;
  /** Once it drains: how many connections it had, and until when they are closed (epoch ms). */
  drain: { readonly of: number; readonly until: number } | undefined;
  /** Whether its end is no failure. */
  isAskedToEnd = false;
  /** Why it was killed. */
  reason: string | undefined;
  readonly #clock: Clock;
  #readyAt: number | undefined;
  #timer: unknown;

  constructor(id: number, generation: number, clock: Clock) {
    this.id = id;
    this.generation = generation;
    this.#clock = clock;
    this.startedAt = clock.date();
    this.since = clock.now();
    this.heardAt = this.since;
  }

  get isWanted(): boolean {
    return isWanted(this.state);
  }

  get isAlive(): boolean {
    return this.state !== "dead";
  }

  get isServing(): boolean {
    return this.state === "ready";
  }

  /** `false`: it means nothing in its state, and nothing is changed. */
  move(trigger: WorkerTrigger): boolean {
    const state = next(this.state, trigger);
    if (state === undefined) return false;
    this.state = state;
    if (trigger === "ready") {
      this.#readyAt = this.#clock.date();
      this.readySince = this.#clock.now();
    }
    if (trigger === "ready" || trigger === "exit") this.#clock.cancel(this.#timer);
    return true;
  }

  get connections(): number {
    return this.link.connections;
  }

  heard({ memory, cpu }: Usage): void {
    this.heardAt = this.#clock.now();
    this.memory = memory;
    this.cpu = cpu;
  }

  /** The process is killed in so many milliseconds, unless it has become ready or has ended. */
  killAfter(delay: number, expired: () => void): void {
    this.#clock.cancel(this.#timer);
    this.#timer = this.#clock.schedule(expired, Math.min(delay, MAX_DELAY));
  }

  kill(reason: string): void {
    this.reason ??= reason;
    this.link.kill();
  }

  /** Why it ended, in words. */
  reasonOf({ code, signal, failure }: Exit): string {
    if (this.reason !== undefined) return this.reason;
    if (this.isAskedToEnd) return "it was asked to";
    if (failure !== undefined) return `it could not be started: ${failure}`;
    const how = signal ?? `exit code ${code}`;
    return this.readySince === undefined ? `${how}, before it called serve()` : how;
  }

  status(restarts: number): WorkerStatus {
    const { id, state, generation, startedAt, connections, cpu, memory } = this;
    const lag = Math.max(0, Math.round(this.#clock.now() - this.heardAt));
    const { pid } = this.link;
    return { id, pid, state, generation, startedAt, readyAt: this.#readyAt, connections, cpu, memory, lag, restarts };
  }
}
