/** All threads of a load together. */

import { Interrupted } from "../command.ts";
import { now } from "./generator/clock.ts";
import type { OpenRequest, RunRequest } from "./generator/generator.ts";
import type { Interval } from "./interval.ts";
import type { Load, Phase } from "./load.ts";
import { Thread } from "./thread.ts";

/** Time for the threads to hear of what they begin together (ms). */
export const LEAD = 50;

/** How long closing may take (ms): a server that answers no Close frame must not hold up the result. */
const CLOSING = 2_000;

export interface FleetOptions {
  readonly load: Load;
  /** The threads' program, compiled. */
  readonly script: URL;
  /** When aborted, what is under way rejects with {@link Interrupted}. */
  readonly interruption: AbortSignal;
  report(interval: Interval, thread: number): void;
}

export class Fleet {
  readonly #threads: readonly Thread[];
  readonly #interruption: AbortSignal;

  constructor({ load, script, interruption, report }: FleetOptions) {
    this.#interruption = interruption;
    this.#threads = Array.from(
      { length: load.threads },
      (_, thread) => new Thread(script, { ...load, thread }, (interval) => report(interval, thread)),
    );
  }

  /** To be called once, first. */
  async prepare(): Promise<void> {
    await this.#all("prepare");
  }

  /** Opens clients, evenly over `ramp` ms; resolves when each is open or has failed. */
  async open(clients: number, ramp: number): Promise<void> {
    const request: OpenRequest = { clients, ramp, begin: now() + LEAD };
    await this.#all("open", request);
  }

  /** @param every how often intervals are reported (ms) */
  async run(phase: Phase, every: number): Promise<void> {
    const request: RunRequest = { ...phase, every, begin: now() + LEAD };
    await this.#all("run", request);
  }

  /** Closes all connections, within two seconds. */
  async close(): Promise<void> {
    const { promise: late, cancel } = timeout(CLOSING);
    await Promise.race([this.#all("close"), late]);
    cancel();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  async #all(method: string, argument?: unknown): Promise<void> {
    const { promise: interrupted, cancel } = abortion(this.#interruption);
    const asked = Promise.all(this.#threads.map((thread) => thread.ask(method, argument)));
    try {
      await Promise.race([asked, interrupted]);
    } finally {
      cancel();
    }
  }
}

interface Cancellable {
  readonly promise: Promise<void>;
  cancel(): void;
}

function timeout(milliseconds: number): Cancellable {
  let timer: NodeJS.Timeout;
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}

/** Rejects with {@link Interrupted} once the signal is aborted. */
function abortion(signal: AbortSignal): Cancellable {
  let abort = () => {};
  const promise = new Promise<void>((_, reject) => {
    abort = () => reject(new Interrupted());
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  return { promise, cancel: () => signal.removeEventListener("abort", abort) };
}
