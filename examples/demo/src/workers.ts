/**
 * The primary of several processes that serve one port: starts them, carries what they publish, and ends with them.
 *
 * A production server would rather be started by `hawser run`, which also restarts without losing a connection.
 */

import cluster, { type Worker } from "node:cluster";
import { serveIpcBackplane } from "hawser/backplanes/ipc";

/** Milliseconds after which a worker that ended by itself is replaced. */
const PAUSE = 1_000;

/** Resolves with the port once all listen, and rejects if one ends before. */
export async function startWorkers(count: number): Promise<number> {
  serveIpcBackplane(cluster);
  const ports = await Promise.all(Array.from({ length: count }, () => listening(cluster.fork())));
  cluster.on("exit", replace);
  return ports[0]!;
}

/** Asks all workers to stop, gracefully; resolves when they have. */
export async function stopWorkers(): Promise<void> {
  cluster.off("exit", replace);
  await Promise.all(
    Object.values(cluster.workers ?? {}).map(async (worker) => {
      const ended = new Promise((resolve) => worker?.once("exit", resolve));
      worker?.process.kill("SIGTERM");
      await ended;
    }),
  );
}

function replace(): void {
  setTimeout(() => cluster.fork(), PAUSE);
}

function listening(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once("listening", ({ port }) => resolve(port));
    worker.once("exit", () => reject(new Error("a worker ended before it listened")));
  });
}
