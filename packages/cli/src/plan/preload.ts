/**
 * The part of the command in the measured program, loaded before it (`node --import`): says where its server listens, and
 * what the process uses when asked. Keeps nothing alive, and ends the program with the command.
 */

import { subscribe } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { starvedTime } from "../bench/processors.ts";
import type { FromProgram, ListeningAddress, ProgramFigures, ToProgram } from "./answers.ts";

/** What is known of a server here. */
interface AnnouncedServer {
  readonly address: ListeningAddress | null;
}

/** How long the allocator gets to give pages back after a collection (ms). */
const SETTLE = 50;
/** How often a server that is attached is asked whether its own listens by now (ms). */
const LOOK = 20;

subscribe("hawser:server:listening", (message) => {
  void announce((message as { readonly server: AnnouncedServer }).server);
});

process.on("message", (message: ToProgram | undefined) => {
  if (message?.hawserPlan !== "figures") return;
  const { id, isCollected } = message;
  void figures(isCollected).then((answer) => tell({ hawserPlan: "figures", id, figures: answer }));
});
// Whoever measures is gone: nobody else will stop the program
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The listeners above would keep a program alive that has nothing more to do
process.channel?.unref();

async function announce(server: AnnouncedServer): Promise<void> {
  while (server.address === null) await sleep(LOOK, undefined, { ref: false });
  tell({ hawserPlan: "listening", address: server.address });
}

function tell(message: FromProgram): void {
  if (process.connected) process.send?.(message);
}

async function figures(isCollected: boolean): Promise<ProgramFigures> {
  const { user, system } = process.cpuUsage();
  // Twice: the first collection lets finalisers free what the second can give back
  for (let pass = 0; isCollected && pass < 2; pass++) {
    globalThis.gc?.();
    await sleep(SETTLE);
  }
  const { active, idle } = performance.eventLoopUtilization();
  const { rss, heapUsed, external } = process.memoryUsage();
  const heapLimit = getHeapStatistics().heap_size_limit;
  return {
    cpu: (user + system) / 1_000,
    active,
    idle,
    starved: starvedTime(),
    rss,
    heapUsed: heapUsed + external,
    heapLimit,
  };
}
