/**
 * What a supervisor shows of itself: its status, the last exits, and how far the closing of connections has come.
 */

import type { Clock } from "./clock.ts";
import type { RunSettings } from "./run-settings.ts";
import type { Slot } from "./slot.ts";
import type { DrainProgress, SupervisorState, SupervisorStatus, WorkerExit } from "./supervision.ts";
import type { Exit, Worker } from "./worker.ts";

/** How many exits are remembered. */
const EXITS = 20;

type Listener = (status: SupervisorStatus) => void;

export class SupervisorRecord {
  readonly #settings: RunSettings;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #listeners: Set<Listener> = new Set();
  #exits: WorkerExit[] = [];
  #drain: { readonly of: number; readonly until: number } | undefined;

  constructor(settings: RunSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#startedAt = clock.date();
  }

  addExit({ id, link }: Worker, { code, signal }: Exit, reason: string): void {
    const exit = { id, pid: link.pid ?? 0, at: this.#clock.date(), code, signal, reason };
    this.#exits = [...this.#exits.slice(1 - EXITS), exit];
  }

  /** The connections of these workers are closed within `window` milliseconds. */
  beginDrain(workers: readonly Worker[], window: number): void {
    this.#drain = { of: countConnections(workers), until: this.#clock.date() + window };
  }

  endDrain(): void {
    this.#drain = undefined;
  }

  /** Milliseconds over which a worker's connections are closed: its part of the window, so that each gets as long as any other. */
  windowOf(worker: Worker, all: readonly Worker[]): number {
    const total = Math.max(worker.connections, this.#drain?.of ?? countConnections(all));
    return total === 0 ? 0 : (this.#settings.drainWindow * worker.connections) / total;
  }

  status(state: SupervisorState, target: number, slots: readonly Slot[], oldestWanted: number): SupervisorStatus {
    const { pid, version, entry } = this.#settings;
    const workers = slots.flatMap((slot) => slot.workers.map((worker) => worker.status(slot.restarts)));
    const leaving = slots.flatMap((slot) => slot.workers).filter((worker) => isLeaving(worker, oldestWanted));
    const begun = this.#drain ?? drainOf(leaving);
    const drain = begun && { ...begun, left: countConnections(leaving) };
    const startedAt = this.#startedAt;
    return { pid, version, entry, startedAt, state, target, workers, drain, lastExits: this.#exits };
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(status: () => SupervisorStatus): void {
    if (this.#listeners.size === 0) return;
    const now = status();
    for (const listener of this.#listeners) listener(now);
  }
}

function isLeaving({ isWanted, generation }: Worker, oldestWanted: number): boolean {
  return !isWanted || generation < oldestWanted;
}

/** Of workers that are replaced or not needed any more, without all of them being. */
function drainOf(workers: readonly Worker[]): Omit<DrainProgress, "left"> | undefined {
  const drains = workers.flatMap(({ drain }) => drain ?? []);
  if (drains.length === 0) return undefined;
  const of = drains.reduce((sum, drain) => sum + drain.of, 0);
  return { of, until: Math.max(...drains.map(({ until }) => until)) };
}

function countConnections(workers: readonly Worker[]): number {
  return workers.reduce((sum, { connections }) => sum + connections, 0);
}
