/**
 * A child process of the benchmark: started on a core of its own, asked over IPC, stopped for certain.
 *
 * This file does not know whether the child is a server or a load generator.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Reply } from "./requests.ts";

export interface ChildOptions {
  /** Names the child in errors. */
  readonly name: string;
  /** The module to run. */
  readonly script: string;
  /** What runs it; default: this Node. */
  readonly executable?: string | undefined;
  readonly arguments?: readonly string[];
  /** Given to the executable, before the script. */
  readonly flags?: readonly string[];
  /** The core to pin the process to, with `taskset`; `undefined` leaves it to the system. */
  readonly cpu?: number | undefined;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** How long a request may take (ms): longer than half a million compressed echoes, short enough to notice a hang. */
const REQUEST_TIMEOUT = 240_000;

/** How much of the child's error output an error quotes (characters). */
const QUOTED_STDERR = 2_000;

export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #firstLine: Promise<string>;
  #nextId = 0;
  #stderr = "";
  #ended: Error | undefined;

  constructor(options: ChildOptions) {
    this.#name = options.name;
    this.#process = launch(options);
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-QUOTED_STDERR);
    });
    this.#process.on("message", (reply: Reply) => this.#settle(reply));
    this.#process.on("error", (error) => this.#fail(`could not be started: ${error.message}`));
    this.#process.on("close", (code, signal) => this.#fail(`ended (${signal ?? `exit code ${code}`})`));
    this.#firstLine = this.#readFirstLine();
    // Only a caller of firstLine() is to see its rejection.
    this.#firstLine.catch(() => {});
  }

  /** The child's own process, not that of `taskset`, which turns into it; `undefined` if it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The first line that the child prints; rejects if it ends before. */
  firstLine(): Promise<string> {
    return this.#firstLine;
  }

  /** Asks the child; rejects with the child's error, when the child ends, or after four minutes. */
  request<Result>(method: string, argument?: unknown): Promise<Result> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    const timer = setTimeout(() => {
      this.#settle({ id, error: `no answer to ${method} within ${REQUEST_TIMEOUT} ms` });
    }, REQUEST_TIMEOUT);
    const answer = new Promise<Result>((resolve, reject) => {
      this.#pending.set(id, { resolve: (result) => resolve(result as Result), reject });
    });
    this.#process.send({ id, method, argument });
    return answer.finally(() => clearTimeout(timer));
  }

  /** Ends the child at once and resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#ended !== undefined) return;
    const closed = once(this.#process, "close");
    this.#process.kill("SIGKILL");
    await closed;
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (pending === undefined) return;
    if ("error" in reply) pending.reject(new Error(`${this.#name}: ${reply.error}`));
    else pending.resolve(reply.result);
  }

  #fail(what: string): void {
    this.#ended ??= new Error(`${this.#name} ${what}${this.#stderr === "" ? "" : `:\n${this.#stderr.trim()}`}`);
    for (const pending of this.#pending.values()) pending.reject(this.#ended);
    this.#pending.clear();
  }

  #readFirstLine(): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = "";
      this.#process.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
      });
      this.#process.on("close", () => reject(this.#ended));
    });
  }
}

function launch({
  script,
  executable = process.execPath,
  arguments: given = [],
  flags = [],
  cpu,
}: ChildOptions): ChildProcess {
  const words = [...flags, script, ...given];
  const [command, rest] =
    cpu === undefined ? [executable, words] : ["taskset", ["-c", String(cpu), executable, ...words]];
  return spawn(command, rest, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
}
