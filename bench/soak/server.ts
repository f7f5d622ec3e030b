/**
 * The server that the soak abuses: an echo, by the public API, with times short enough to come around.
 *
 * `node server.js TRANSPORT` prints its port; over IPC it tells what it holds and what escaped, and closes.
 */
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "hawser";
import { answerRequests } from "../processes/requests.ts";
import type { Transport } from "./options.ts";

export interface ServerFigures {
  /** Bytes, after forced collections. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  /** Open descriptors; 0 where the system does not tell. */
  readonly descriptors: number;
  readonly connections: number;
  readonly openings: number;
  readonly accepted: number;
  readonly refused: number;
  readonly closed: number;
  /** What became of no call: uncaught exceptions and unhandled rejections, the first ones. */
  readonly escaped: readonly string[];
}

const KEPT_ESCAPES = 10;

/** How long the allocator gets to return pages after a collection (ms). */
const SETTLE = 150;

const escaped: string[] = [];
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    if (escaped.length < KEPT_ESCAPES)
      escaped.push(`${event}: ${error instanceof Error ? error.stack : String(error)}`);
  });
}

const server = await serve(
  { message: (ws, message) => void ws.sendNow(message) },
  {
    host: "127.0.0.1",
    port: 0,
    backlog: 4_096,
    // When the listen queue overflows, the kernel drops what a client sends, which sends it again after 1, 2 and 4 seconds
    openTimeout: 10_000,
    closeTimeout: 1_500,
    pingInterval: 1_000,
    pingTimeout: 1_000,
    transport: process.argv[2] as Transport,
  },
);

async function figures(): Promise<ServerFigures> {
  for (let pass = 0; pass < 3; pass++) {
    globalThis.gc?.();
    await sleep(SETTLE);
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, arrayBuffers, descriptors: countDescriptors(), ...server.metrics(), escaped };
}

function countDescriptors(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

answerRequests({ figures, metrics: () => server.metrics(), close: () => server.close() });
process.stdout.write(`${server.port}\n`);
