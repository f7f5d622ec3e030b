/** A thread of the generator, seen from the main thread: started, asked, and stopped. */

import { Worker } from "node:worker_threads";
import { CommandError } from "../command.ts";
import type { Reply, Request } from "../workers/answers.ts";
import type { Interval } from "./interval.ts";
import type { ThreadLoad } from "./load.ts";

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

export class Thread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #ended: Error | undefined;

  /** @param script the thread's program, compiled */
  constructor(script: URL, load: ThreadLoad, report: (interval: Interval) => void) {
    this.#worker = new Worker(script, { workerData: load, execArgv: [] });
    this.#worker.on("message", (message: Reply | { readonly interval: Interval }) => {
      if ("interval" in message) report(message.interval);
      else this.#settle(message);
    });
    this.#worker.on("error", (error) => this.#end(error));
    this.#worker.on("exit", (code) => this.#end(new CommandError(`a thread of the generator ended with ${code}.`)));
  }

  /** Resolves when the thread has done it; rejects with what went wrong, and when the thread ends. */
  ask(method: string, argument?: unknown): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#lastId += 1;
    const request: Request = { id: this.#lastId, method, argument };
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    this.#end(new CommandError("the generator was stopped."));
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ("error" in reply) pending?.reject(new CommandError(`the generator: ${reply.error}`));
    else pending?.resolve();
  }

  #end(why: Error): void {
    this.#ended ??= why;
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}
