/**
 * Memory of a real server for every setting: a process of its own each, real connections, real messages.
 */

import type { CompressionOption } from "hawser";
import type { ServerFigures } from "./processes/server.ts";
import { Worker } from "./processes/worker.ts";
import type { Plan } from "./result.ts";
import { SETTINGS, type Setting } from "./settings.ts";
import type { Corpus } from "./sources/corpus.ts";
import type { ServerSample } from "./tables.ts";
import { workOf } from "./work.ts";
import { startWorker, type Workplace } from "./workplace.ts";

/** Few connections, many messages: the server's code is compiled, yet little is freed that connections could reuse. */
const WARM_UP_CONNECTIONS = 20;
const WARM_UP_MESSAGES = 200;
const QUICK_WARM_UP_MESSAGES = 50;

/** Throws `Interrupted` when interrupted; no process is left behind, whatever happens. */
export async function measureServers(
  corpus: Corpus,
  plan: Plan,
  workplace: Workplace,
): Promise<ReadonlyMap<Setting, ServerSample>> {
  const clients = await startWorker("clients", corpus, workplace);
  const samples = new Map<Setting, ServerSample>();
  try {
    for (const setting of SETTINGS) {
      workplace.progress.step(`server memory: ${setting.id}`, workOf(plan).server);
      samples.set(setting, await measureServer(setting.compression, clients, corpus, plan, workplace));
    }
    return samples;
  } finally {
    await clients.stop();
  }
}

async function measureServer(
  compression: CompressionOption,
  clients: Worker,
  corpus: Corpus,
  { connections, exchange, isQuick }: Plan,
  { script, interruption }: Workplace,
): Promise<ServerSample> {
  const server = new Worker("server", script, interruption);
  try {
    const port = await server.ask<number>("start", { compression, largest: corpus.summary.largest });
    await clients.ask("open", { port, connections: WARM_UP_CONNECTIONS });
    await clients.ask("exchange", isQuick ? QUICK_WARM_UP_MESSAGES : WARM_UP_MESSAGES);
    await clients.ask("close");
    await server.ask("emptied");
    const before = await server.ask<ServerFigures>("figures");
    await clients.ask("open", { port, connections });
    const opened = await server.ask<ServerFigures>("figures");
    await clients.ask("exchange", exchange);
    const after = await server.ask<ServerFigures>("figures");
    await clients.ask("close");
    return {
      rss: (after.rss - before.rss) / connections,
      inUse: (after.inUse - before.inUse) / connections,
      echo: (after.cpu - opened.cpuCollected) / (connections * exchange),
    };
  } finally {
    await server.stop();
  }
}
