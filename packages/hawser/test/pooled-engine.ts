/**
 * The zlib pool as an engine that answers at once, so that what every engine must do can be asked of it: another thread
 * waits for the pool, and this one for the other.
 *
 * Runs what was last built.
 */

import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { DeflateEngine, DeflatePool, InflateFault } from "../src/deflate/engine.ts";
import { SlidingWindow } from "../src/deflate/sliding-window.ts";

const PATIENCE = 30_000;

export interface PooledEngine extends DeflateEngine {
  end(): Promise<void>;
}

export function createPooledEngine(): PooledEngine {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const { port1: ours, port2: port } = new MessageChannel();
  const worker = new Worker(new URL("support/child-programs/zlib-pool.mjs", import.meta.url), {
    workerData: { port, answered },
    transferList: [port],
  });
  worker.unref();
  const ask = (method: keyof DeflatePool, ...values: unknown[]): unknown => {
    Atomics.store(answered, 0, 0);
    ours.postMessage({ method, values });
    // What wakes this thread may be the end of the call before
    while (Atomics.load(answered, 0) === 0) {
      if (Atomics.wait(answered, 0, 0, PATIENCE) === "timed-out") throw new Error("the pool does not answer");
    }
    const { result, error } = receiveMessageOnPort(ours)!.message;
    if (error !== undefined) throw error;
    return result;
  };
  return {
    createDeflater: (options) => {
      const window = new SlidingWindow(options.windowBits);
      return {
        ...held(window),
        get heldBytes() {
          return window.heldBytes;
        },
        deflate: (payload, reach = window.bytes.length) => {
          const latest = window.bytes.subarray(Math.max(0, window.bytes.length - reach));
          return ask("deflate", payload, latest, options) as Uint8Array;
        },
      };
    },
    createInflater: ({ windowBits }) => {
      const window = new SlidingWindow(windowBits);
      return {
        ...held(window),
        get heldBytes() {
          return window.heldBytes;
        },
        inflate: (payload, maxSize) => {
          const message = ask("inflate", payload, window.bytes, windowBits, maxSize) as Uint8Array | InflateFault;
          if (typeof message !== "string") window.append(message);
          return message;
        },
      };
    },
    end: async () => void (await worker.terminate()),
  };
}

/** What a deflater and an inflater have in common. */
function held(window: SlidingWindow) {
  return {
    append: (payload: Uint8Array) => window.append(payload),
    copyWindow: () => window.bytes.slice(),
    reset: () => window.reset(),
  };
}
