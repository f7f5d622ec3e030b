/**
 * What the supervisor itself has to tell, beside what its workers count: families for `/metrics`. Pure.
 */

import type { MetricFamily, MetricSample, MetricSnapshot } from "hawser/metrics";
import type { SupervisorState, SupervisorStatus, WorkerStatus } from "../run/supervision.ts";
import { loadFigures } from "../scaling/figures.ts";

const SUPERVISOR_STATES: readonly SupervisorState[] = [
  "starting",
  "running",
  "restarting",
  "stopping",
  "stopped",
  "failed",
];
const WORKER_STATES: readonly WorkerStatus["state"][] = ["starting", "ready", "draining", "stopping", "dead"];

/**
 * @param now epoch milliseconds
 * @param name what the service is called; a label of the info alone
 */
export function supervisorMetrics(status: SupervisorStatus, now: number, name: string | undefined): MetricSnapshot {
  return [...supervisorFamilies(status, now, name), ...fleetFamilies(status), ...workerFamilies(newestWorkers(status))];
}

function supervisorFamilies(status: SupervisorStatus, now: number, name: string | undefined): MetricFamily[] {
  const { startedAt, state, version, drain } = status;
  const labels = name === undefined ? { version } : { version, name };
  const states = SUPERVISOR_STATES.map((one) => ({ labels: { state: one }, value: Number(one === state) }));
  return [
    gauge("websocket_supervisor_info", "The supervisor's version, and the service's name", [{ labels, value: 1 }]),
    gauge("websocket_supervisor_state", "1 for the state in which the supervisor is", states),
    gauge("websocket_supervisor_uptime_seconds", "Seconds since the supervisor started", [
      plain((now - startedAt) / 1_000),
    ]),
    gauge("websocket_supervisor_drain_connections", "Connections there were when closing them began", [
      plain(drain?.of ?? 0),
    ]),
    gauge("websocket_supervisor_drain_connections_left", "Connections that are still to be closed", [
      plain(drain?.left ?? 0),
    ]),
  ];
}

function fleetFamilies(status: SupervisorStatus): MetricFamily[] {
  const { connectionsPerWorker, cpuPerWorker } = loadFigures(status);
  const counts = WORKER_STATES.map((state) => {
    return { labels: { state }, value: status.workers.filter((worker) => worker.state === state).length };
  });
  return [
    gauge("websocket_workers", "Workers, by state", counts),
    gauge("websocket_workers_target", "Workers that there should be", [plain(status.target)]),
    gauge("websocket_connections_per_worker", "Open connections for each ready worker", [plain(connectionsPerWorker)]),
    gauge("websocket_worker_cpu_ratio", "CPU of the ready workers, on average, as a share of one core", [
      plain(cpuPerWorker),
    ]),
  ];
}

function workerFamilies(workers: readonly WorkerStatus[]): MetricFamily[] {
  const samples = (figure: (worker: WorkerStatus) => number) =>
    workers.map((worker) => ({ labels: { worker: String(worker.id) }, value: figure(worker) }));
  return [
    counter(
      "websocket_worker_restarts_total",
      "Workers that were replaced after they had ended",
      samples(({ restarts }) => restarts),
    ),
    gauge(
      "websocket_worker_memory_bytes",
      "Resident memory of a worker",
      samples(({ memory }) => memory),
    ),
    gauge(
      "websocket_worker_lag_seconds",
      "Seconds since a worker's event loop was last heard",
      samples(({ lag }) => lag / 1_000),
    ),
  ];
}

/** In a restart two workers have the same id, and a series may have one value only. */
function newestWorkers({ workers }: SupervisorStatus): WorkerStatus[] {
  const byId = new Map<number, WorkerStatus>();
  for (const worker of workers) {
    const known = byId.get(worker.id);
    if (known === undefined || worker.generation >= known.generation) byId.set(worker.id, worker);
  }
  return [...byId.values()];
}

function plain(value: number): MetricSample {
  return { labels: {}, value };
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, help, type: "counter", samples };
}
