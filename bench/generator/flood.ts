/** Sends the same long run of whole frames over one socket, as fast as it is taken. Does not know the socket's side. */
import type { Socket } from "node:net";
import { type Deferred, deferred } from "./deferred.ts";

/** Written at once: large enough for the cost of a write not to count. */
const RUN_BYTES = 256 * 1024;

/** Frames laid one after another, written again and again. */
export interface FloodRun {
  readonly bytes: Buffer;
  readonly messages: number;
}

/** Lays these frames in turn until there are a quarter of a MiB of them, and all of them. */
export function layRun(frames: readonly Buffer[]): FloodRun {
  const cycle = Buffer.concat(frames);
  const repeats = Math.ceil(RUN_BYTES / cycle.length);
  return { bytes: Buffer.concat(Array.from({ length: repeats }, () => cycle)), messages: frames.length * repeats };
}

export class Flood {
  readonly #socket: Socket;
  readonly #run: FloodRun;
  readonly #stopped: Deferred = deferred();
  #isStopping = false;
  #sent = 0;

  constructor(socket: Socket, run: FloodRun) {
    this.#socket = socket;
    this.#run = run;
    socket.on("close", () => this.#stopped.reject(new Error("the connection was closed")));
  }

  /** Messages whose bytes the system has taken. */
  get sent(): number {
    return this.#sent;
  }

  start(): void {
    this.#socket.write(this.#run.bytes, (error) => {
      if (error) return this.#stopped.reject(error);
      this.#sent += this.#run.messages;
      if (this.#isStopping) this.#stopped.resolve();
      // Not at once: a peer that always takes everything would keep the others and the runner from their turn
      else setImmediate(() => this.start());
    });
  }

  /** Sends no further run; resolves when the last one has been taken. Rejects if the connection is closed before. */
  stop(): Promise<void> {
    this.#isStopping = true;
    return this.#stopped.promise;
  }
}
