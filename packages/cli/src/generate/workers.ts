/** How process managers start the app: one process for each place that a router sees, told by the environment. */

import { basename, dirname, isAbsolute, posix } from "node:path";
import { type Deployment, mostWorkers } from "./deployment.ts";
import { workerGrace } from "./fleet.ts";

/** Where the app's folder is: of an absolute entry its own, else `/srv/<name>`. */
export function folderOf({ entry, name }: Deployment): string {
  return isAbsolute(entry) ? dirname(entry) : posix.join("/srv", name);
}

/** The entry from its folder. */
export function programOf({ entry }: Deployment): string {
  return isAbsolute(entry) ? basename(entry) : entry;
}

/** Where each process is started by itself, how many; where `hawser run` starts them, 1. */
export function processesOf({ listen, workers }: Deployment): number {
  return listen === "port" || workers === "auto" ? 1 : mostWorkers(workers);
}

/** Whether `hawser run` starts the processes, because several share a port that only a primary can share out. */
export function isSupervised({ listen, workers }: Deployment): boolean {
  return listen === "port" && workers !== 1;
}

/** Where npm puts `hawser`, if it belongs to the app's dependencies. */
export function programsOf(deployment: Deployment): string {
  return posix.join(folderOf(deployment), "node_modules/.bin");
}

/**
 * The words after the interpreter's folder is known: `node server.js`, or, where several share a port that only a primary
 * can share out, `hawser run --workers 4 server.js`.
 */
export function commandOf(deployment: Deployment): string {
  const { workers } = deployment;
  if (!isSupervised(deployment)) return `node ${programOf(deployment)}`;
  const range = typeof workers === "object" ? `${workers.min}..${workers.max}` : String(workers);
  const scale = typeof workers === "object" ? ` --scale connections=${deployment.connections}` : "";
  const { notReady, drainWindow } = deployment;
  const times = `--not-ready ${notReady}ms --drain-window ${drainWindow}ms --grace ${workerGrace(deployment)}ms`;
  return `hawser run --workers ${range}${scale} ${times} --admin 127.0.0.1:${deployment.adminPort} ${programOf(deployment)}`;
}

/** Descriptors of one process: its connections, and as many as it may need besides. */
export function descriptorsOf(deployment: Deployment): number {
  const { listen, workers, maxConnections } = deployment;
  const isPrimary = listen === "port" && workers !== "auto" && workers !== 1;
  return maxConnections * (isPrimary ? mostWorkers(workers) : 1) + 1_024;
}
