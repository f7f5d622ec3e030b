/**
 * A supervisor without processes: workers that need time to start and to drain, clients that come, stay with their
 * worker, and come back when it goes. Driven by a clock of its own; the same every time.
 */

import type { Supervision, SupervisorStatus, WorkerStatus } from "../../src/run/supervision.ts";

interface SimulatedWorker {
  readonly id: number;
  state: WorkerStatus["state"];
  connections: number;
  readonly startedAt: number;
}

/** Seconds. */
const START_TIME = 3;
const DRAIN_TIME = 30;
/** Clients come back after up to so many seconds. */
const RETURN_TIME = 5;

export class SimulatedFleet implements Pick<Supervision, "status" | "setTarget"> {
  readonly #workers: SimulatedWorker[] = [];
  /** Clients on their way back, by the second at which they arrive. */
  readonly #returning = new Map<number, number>();
  readonly #cpuOf: (connections: number) => number;
  #now = 0;
  #target: number;
  #ids = 0;
  #turn = 0;

  /** @param cpuOf what a worker with so many connections uses of a core */
  constructor(workers: number, cpuOf: (connections: number) => number = () => 0) {
    this.#target = workers;
    this.#cpuOf = cpuOf;
    this.#adjust();
  }

  /** Lets a second pass, at the end of which `clients` are connected or on their way. */
  tick(clients: number): void {
    this.#now += 1;
    for (const worker of this.#workers) this.#age(worker);
    this.#adjust();
    this.#place(this.#returning.get(this.#now) ?? 0);
    this.#returning.delete(this.#now);
    const onTheWay = [...this.#returning.values()].reduce((sum, one) => sum + one, 0);
    const change = clients - onTheWay - this.connections;
    if (change > 0) this.#place(change);
    else this.#leave(-change);
  }

  get connections(): number {
    return this.#workers.reduce((sum, { connections }) => sum + connections, 0);
  }

  setTarget(workers: number): void {
    this.#target = workers;
    this.#adjust();
  }

  status(): SupervisorStatus {
    const workers = this.#workers.map((worker) => this.#statusOf(worker));
    return {
      pid: 1,
      version: "0.0.0",
      entry: "simulated.js",
      startedAt: 0,
      state: "running",
      target: this.#target,
      workers,
      drain: undefined,
      lastExits: [],
    };
  }

  #statusOf({ id, state, connections, startedAt }: SimulatedWorker): WorkerStatus {
    const cpu = Math.min(this.#cpuOf(connections), 1);
    const readyAt = state === "starting" ? undefined : startedAt + START_TIME;
    const figures = { memory: 50_000_000, lag: 0, restarts: 0, generation: 1 };
    return { id, pid: 1_000 + id, state, startedAt, readyAt, connections, cpu, ...figures };
  }

  #age(worker: SimulatedWorker): void {
    if (worker.state === "starting" && this.#now - worker.startedAt >= START_TIME) worker.state = "ready";
    if (worker.state !== "draining") return;
    const leaving = Math.min(worker.connections, Math.ceil(2_000 / DRAIN_TIME));
    worker.connections -= leaving;
    const arrival = this.#now + 1 + (this.#now % RETURN_TIME);
    this.#returning.set(arrival, (this.#returning.get(arrival) ?? 0) + leaving);
    if (worker.connections === 0) this.#workers.splice(this.#workers.indexOf(worker), 1);
  }

  /** Starts what is missing, drains the newest of what is too much. */
  #adjust(): void {
    const wanted = this.#workers.filter(({ state }) => state !== "draining");
    for (const worker of wanted.slice(this.#target)) worker.state = "draining";
    for (let missing = this.#target - wanted.length; missing > 0; missing--) {
      this.#workers.push({ id: ++this.#ids, state: "starting", connections: 0, startedAt: this.#now });
    }
  }

  /** In turn. Without a worker that is ready, clients try again. */
  #place(clients: number): void {
    const ready = this.#workers.filter(({ state }) => state === "ready");
    if (ready.length === 0) return;
    for (let client = 0; client < clients; client++) ready[this.#turn++ % ready.length]!.connections += 1;
  }

  #leave(clients: number): void {
    for (let left = clients; left > 0 && this.connections > 0; ) {
      for (const worker of this.#workers) {
        if (left > 0 && worker.connections > 0) {
          worker.connections -= 1;
          left -= 1;
        }
      }
    }
  }
}
