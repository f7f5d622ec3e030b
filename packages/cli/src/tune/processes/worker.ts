/**
 * A measuring process, seen from the command: started, asked, and stopped for certain.
 *
 * Measuring blocks; in a process of its own it does not hold up Ctrl-C, and memory that is measured is no one else's.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CommandError, Interrupted } from "../../command.ts";
import type { Reply, Request } from "../../workers/answers.ts";

/** What a measuring process can be; `main.ts` has the table. */
export type Role = "codec" | "server" | "clients";

/**
 * Flags for Node. The server's young generation is kept small: it grows with traffic, up to dozens of MiB, and a few hundred
 * connections must not be charged for it.
 */
const FLAGS: Record<Role, readonly string[]> = {
  codec: ["--expose-gc"],
  server: ["--expose-gc", "--max-semi-space-size=1"],
  clients: [],
};

/** How much of a process's error output an error quotes (characters). */
const QUOTED = 2_000;

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class Worker {
  readonly #role: Role;
  readonly #process: ChildProcess;
  readonly #interruption: AbortSignal;
  readonly #pending = new Map<number, Pending>();
  readonly #interrupt = () => this.#end(new Interrupted());
  #lastId = 0;
  #errorOutput = "";
  #ended: Error | undefined;

  /**
   * @param script the program of the process, compiled
   * @param interruption when aborted, the process is killed and all that was asked rejects with {@link Interrupted}
   */
  constructor(role: Role, script: URL, interruption: AbortSignal) {
    this.#role = role;
    this.#interruption = interruption;
    // Uint8Array arrives as what it is: `advanced` is the structured clone
    this.#process = spawn(process.execPath, [...FLAGS[role], fileURLToPath(script), role], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-QUOTED);
    });
    this.#process.on("message", (reply: Reply) => this.#settle(reply));
    this.#process.on("error", (error) => this.#end(this.#failure(`could not be started: ${error.message}`)));
    this.#process.on("close", (code, signal) => this.#end(this.#failure(`ended (${signal ?? `exit code ${code}`})`)));
    interruption.addEventListener("abort", this.#interrupt);
    if (interruption.aborted) this.#interrupt();
  }

  /** Asks the process. Rejects with what it answers as an error, and when it ends. */
  ask<Result>(method: string, argument?: unknown): Promise<Result> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#lastId += 1;
    const request: Request = { id: this.#lastId, method, argument };
    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(request.id, { resolve: (result) => resolve(result as Result), reject });
      this.#process.send(request);
    });
  }

  /** Ends the process at once; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#end(new Error(`Cannot ask the ${this.#role} process: it was stopped`));
    const { exitCode, signalCode, pid } = this.#process;
    if (pid !== undefined && exitCode === null && signalCode === null) await once(this.#process, "exit");
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ("error" in reply) pending?.reject(this.#failure(reply.error));
    else pending?.resolve(reply.result);
  }

  #failure(what: string): Error {
    const output = this.#errorOutput.trim();
    return new CommandError(`the ${this.#role} process: ${what}${output === "" ? "" : `\n${output}`}`);
  }

  #end(why: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#interruption.removeEventListener("abort", this.#interrupt);
    this.#process.kill("SIGKILL");
    for (const pending of this.#pending.values()) pending.reject(why);
    this.#pending.clear();
  }
}
