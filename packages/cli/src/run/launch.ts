/**
 * Starts the workers' processes, and writes what they write.
 */

import cluster, { type Worker as ClusterWorker } from "node:cluster";
import type { Readable } from "node:stream";
import type { Entry } from "./entry.ts";
import type { LogFormat } from "./journal.ts";
import { Lines } from "./lines.ts";
import { ID_VARIABLE, ORDERS_VARIABLE, type WorkerOrders } from "./messages.ts";
import type { Output } from "./output.ts";
import type { Switchboard } from "./switchboard.ts";
import type { Launch, WorkerEvents, WorkerLink } from "./worker.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface LaunchSettings {
  readonly entry: Entry;
  readonly args: readonly string[];
  readonly orders: Omit<WorkerOrders, "id">;
  readonly format: LogFormat;
  readonly output: Output;
  readonly errors: Output;
}

/** The same place seen from src/ and from dist/. */
const PRELOAD = new URL(`./worker/preload${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** To be called once in a process. */
export function launcher(settings: LaunchSettings, switchboard: Switchboard): Launch {
  const { entry, args, orders, format, output, errors } = settings;
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({
    exec: entry.path,
    args: [...args],
    execArgv: [...process.execArgv, "--import", PRELOAD.href, ...entry.flags],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  return (id, generation, events) => {
    const told: WorkerOrders = { ...orders, id };
    let worker: ClusterWorker;
    try {
      worker = cluster.fork({ [ORDERS_VARIABLE]: JSON.stringify(told), [ID_VARIABLE]: String(id) });
    } catch (error) {
      return unstartedWorker(error as Error, events);
    }
    const line = (text: string) => format.line({ id, pid: worker.process.pid }, text);
    // Neither is there where no descriptor was left to start it with; then an error follows
    const { stdout, stderr } = worker.process as Partial<typeof worker.process>;
    if (stdout) copyLines(stdout, output, line);
    if (stderr) copyLines(stderr, errors, line);
    return new WorkerProcess(worker, { id, generation }, events, switchboard);
  };
}

/** Node throws most of what hinders a start, such as ENOMEM. Another is tried as if it had started and ended. */
function unstartedWorker({ message }: Error, { exited }: WorkerEvents): WorkerLink {
  setImmediate(() => exited({ code: null, signal: null, failure: message }));
  return {
    pid: undefined,
    connections: 0,
    admit() {},
    drain() {},
    stop() {},
    kill() {},
    collect: () => Promise.reject(new Error(message)),
    counted: [],
  };
}

/** A reader of the log who does not keep up holds the workers up, as it would without us. */
function copyLines(from: Readable, to: Output, format: (line: string) => string): void {
  let isWaiting = false;
  const lines = new Lines((line) => {
    if (to.write(`${format(line)}\n`) || isWaiting) return;
    isWaiting = true;
    from.pause();
    to.whenReady(() => {
      isWaiting = false;
      from.resume();
    });
  });
  from.setEncoding("utf8");
  from.on("data", (text: string) => lines.add(text));
  from.on("end", () => lines.end());
}
