/**
 * Starts the demo from the command line: the environment, lines on the console, signals, and one process or several.
 */

import cluster from "node:cluster";
import { type Server, shutdownOn } from "hawser";
import { ipcBackplane } from "hawser/backplanes/ipc";
import { redisBackplane } from "hawser/backplanes/redis";
import type { Backplane } from "hawser/pubsub";
import { createDemo } from "./create-demo.ts";
import { describe, explain } from "./lines.ts";
import { plainLogger } from "./logger.ts";
import { readSettings, type Settings } from "./settings.ts";
import { startWorkers, stopWorkers } from "./workers.ts";

const settings = readSettings(process.env);
if (typeof settings === "string") fail(settings);
else if (cluster.isWorker) await work(settings);
else if (settings.workers > 1) await lead(settings);
else await serveAlone(settings);

async function serveAlone(own: Settings): Promise<void> {
  const server = await start(own);
  if (server === undefined) return;
  shutdownOn(server);
  console.log(describe(own, server.port));
  await server.waitClosed();
  console.log("Hawser demo: stopped");
}

/** Serves nobody itself. */
async function lead(own: Settings): Promise<void> {
  try {
    console.log(describe(own, await startWorkers(own.workers)));
  } catch {
    // The worker has said why
    process.exitCode = 1;
    await stopWorkers();
    return;
  }
  await new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
  await stopWorkers();
  console.log("Hawser demo: stopped");
  process.exit();
}

/** Ctrl-C reaches all processes of a terminal: the primary passes on what a worker is to do. */
async function work(own: Settings): Promise<void> {
  process.on("SIGINT", () => {});
  const server = await start(own);
  if (server === undefined) return process.exit(1);
  shutdownOn(server, { signals: ["SIGTERM"] });
  await server.waitClosed();
  process.exit();
}

async function start(own: Settings): Promise<Server | undefined> {
  const { host, port } = own;
  const prefix = cluster.isWorker ? `[${process.pid}] ` : "";
  const logger = plainLogger((line) => console.log(prefix + line));
  try {
    const backplane = await backplaneOf(own);
    return await createDemo({ port, host, logger, ...(backplane && { backplane }) });
  } catch (error) {
    fail(explain(error, own));
    return undefined;
  }
}

/** What the chat's rooms are shared by: Redis, the primary's memory, or nothing. */
async function backplaneOf({ redisUrl }: Settings): Promise<Backplane | undefined> {
  if (redisUrl === undefined) return cluster.isWorker ? ipcBackplane() : undefined;
  const { createClient } = await import("redis");
  return redisBackplane(createClient({ url: redisUrl }));
}

function fail(message: string): void {
  console.error(`Hawser demo: ${message}`);
  process.exitCode = 1;
}
