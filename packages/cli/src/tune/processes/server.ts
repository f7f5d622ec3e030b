/** The process whose memory is measured: an echo server as anybody would write it. */

import { setTimeout as sleep } from "node:timers/promises";
import { type CompressionOption, type Server, serve } from "hawser";
import type { Answers } from "../../workers/answers.ts";
import { collectGarbage, cpuMicroseconds } from "../measuring/cpu.ts";

export interface ServeRequest {
  readonly compression: CompressionOption;
  /** The largest message of the corpus (bytes). */
  readonly largest: number;
}

export interface ServerFigures {
  /** Resident memory of the process after a forced collection (bytes). */
  readonly rss: number;
  /** What is in use of it: the heap, what buffers hold outside, and windows (bytes). */
  readonly inUse: number;
  /** CPU time so far (µs): before the collection, and after it. */
  readonly cpu: number;
  readonly cpuCollected: number;
  readonly connections: number;
}

/** How long the allocator gets to give pages back after a collection (ms). */
const SETTLE = 50;

export function serverAnswers(): Answers {
  let server: Server | undefined;
  return {
    async start({ compression, largest }: ServeRequest): Promise<number> {
      const maxSize = Math.max(largest, 1_048_576);
      server = await serve(
        {
          message(ws, message) {
            ws.sendNow(message);
          },
        },
        { host: "127.0.0.1", compression, maxSize },
      );
      return server.port;
    },
    async figures(): Promise<ServerFigures> {
      const cpu = cpuMicroseconds();
      // Twice: the first collection lets finalisers free what the second can give back
      for (let pass = 0; pass < 2; pass++) {
        collectGarbage();
        await sleep(SETTLE);
      }
      const { rss, heapUsed, external } = process.memoryUsage();
      return {
        rss,
        // Windows are in memory of WebAssembly's, which Node does not count
        inUse: heapUsed + external + (server?.metrics().compression?.heldBytes ?? 0),
        cpu,
        cpuCollected: cpuMicroseconds(),
        connections: [...(server?.connections ?? [])].length,
      };
    },
    /** Resolves when no connection is left. */
    async emptied(): Promise<void> {
      while (server !== undefined && [...server.connections].length > 0) await sleep(10);
    },
    stop: () => server?.close(),
  } satisfies Answers;
}
