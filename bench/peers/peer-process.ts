/**
 * What every server under test shares: its command line, its first line of output, and the figures it reports.
 *
 * `node x.js --compression off|on` prints the port it listens on; over IPC it then answers `cpu` and `memory`. This file
 * does not know which library serves.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { answerRequests } from "../processes/requests.ts";

export interface PeerSettings {
  /** Whether permessage-deflate is offered, with the library's own defaults. */
  readonly compression: boolean;
}

/** What the process holds after a forced collection (bytes). */
export interface MemoryFigures {
  readonly rss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
}

/** How long the allocator gets to return pages after a collection (ms). */
const SETTLE = 150;

/**
 * Starts the server, prints its port and answers the runner until it is gone.
 *
 * @param start listens on a free port of 127.0.0.1, echoes every message with its type, and resolves to the port.
 */
export async function runPeer(start: (settings: PeerSettings) => Promise<number>): Promise<void> {
  const port = await start(parsePeerArguments(process.argv.slice(2)));
  answerRequests({ cpu: cpuMicroseconds, memory: collectedMemory });
  process.stdout.write(`${port}\n`);
}

/** Throws a `TypeError` for anything but `--compression off|on`. */
export function parsePeerArguments(words: readonly string[]): PeerSettings {
  const { values } = parseArgs({ args: [...words], options: { compression: { type: "string", default: "off" } } });
  const { compression } = values;
  if (compression === "on" || compression === "off") return { compression: compression === "on" };
  throw new TypeError(`Cannot start a peer: --compression must be off or on, got ${compression}`);
}

/** User and system time of all threads so far (µs). */
function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function collectedMemory(): Promise<MemoryFigures> {
  if (globalThis.gc === undefined) throw new Error("Cannot report memory: start the peer with --expose-gc");
  // Twice: the first collection lets finalisers free what the second can return.
  for (let pass = 0; pass < 2; pass++) {
    globalThis.gc();
    await sleep(SETTLE);
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, arrayBuffers };
}
