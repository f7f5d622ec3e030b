/** A supervision whose status is what the test says, and that remembers what it was asked for. */

import type { MetricSnapshot } from "hawser/metrics";
import type { Supervision, SupervisorStatus, WorkerStatus } from "../../src/run/supervision.ts";

/** Epoch milliseconds at which all began. */
export const START = Date.UTC(2026, 0, 1, 12);

export function workerStatus(id: number, given: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    id,
    pid: 1_000 + id,
    state: "ready",
    generation: 1,
    startedAt: START,
    readyAt: START + 400,
    connections: 100 * id,
    cpu: 0.25,
    memory: 64 * 2 ** 20,
    lag: 12,
    restarts: 0,
    ...given,
  };
}

export class FakeSupervision implements Supervision {
  readonly calls: string[] = [];
  parts: readonly { labels: Record<string, string>; snapshot: MetricSnapshot }[] = [];
  onRestart: () => Promise<void> = async () => {};
  /** What the number of workers may be. */
  limit = Number.POSITIVE_INFINITY;
  onStop: () => void = () => {};
  #status: SupervisorStatus = {
    pid: 4_242,
    version: "1.2.3",
    entry: "dist/server.js",
    startedAt: START,
    state: "running",
    target: 2,
    workers: [workerStatus(1), workerStatus(2)],
    drain: undefined,
    lastExits: [],
  };
  readonly #listeners = new Set<(status: SupervisorStatus) => void>();

  update(change: Partial<SupervisorStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#listeners) listener(this.#status);
  }

  readonly kill = (): void => {
    this.calls.push("kill");
    this.onStop();
  };

  status(): SupervisorStatus {
    return this.#status;
  }

  async metrics(): ReturnType<Supervision["metrics"]> {
    return this.parts;
  }

  setTarget(workers: number): void {
    this.calls.push(`setTarget ${workers}`);
    this.update({ target: Math.min(workers, this.limit) });
  }

  restart(): Promise<void> {
    this.calls.push("restart");
    return this.onRestart();
  }

  async stop(): Promise<void> {
    this.calls.push("stop");
    this.onStop();
  }

  onChange(listener: (status: SupervisorStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
