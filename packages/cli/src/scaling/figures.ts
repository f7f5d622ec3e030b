/**
 * The two figures that scaling goes by, for the supervisor's own autoscaler and for others outside.
 */

import type { SupervisorStatus, WorkerStatus } from "../run/supervision.ts";

export interface LoadFigures {
  /** Workers that take connections. */
  readonly ready: number;
  /** Of all workers: those of one that is draining come back to the others. */
  readonly connections: number;
  /** Cores that the ready workers use. */
  readonly cpu: number;
  /** 0 where no worker is ready. */
  readonly connectionsPerWorker: number;
  /** 0 to 1; 0 where no worker is ready. */
  readonly cpuPerWorker: number;
}

export function loadFigures({ workers }: Pick<SupervisorStatus, "workers">): LoadFigures {
  const ready = workers.filter(({ state }) => state === "ready");
  const connections = total(workers, (worker) => worker.connections);
  const cpu = total(ready, (worker) => worker.cpu);
  const each = (sum: number) => (ready.length === 0 ? 0 : sum / ready.length);
  return { ready: ready.length, connections, cpu, connectionsPerWorker: each(connections), cpuPerWorker: each(cpu) };
}

function total(workers: readonly WorkerStatus[], figure: (worker: WorkerStatus) => number): number {
  return workers.map(figure).reduce((sum, one) => sum + one, 0);
}
