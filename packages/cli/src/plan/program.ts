/** The measured program, seen from the command: started as its user would, found, asked, and stopped for certain. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, Interrupted } from "../command.ts";
import type { FromProgram, ListeningAddress, ProgramFigures, ToProgram } from "./answers.ts";

/** Loaded before the program, compiled. Sources of this package find it in dist/, too. */
const PRELOAD = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/plan/preload.js" : "./preload.js",
  import.meta.url,
);

/** How long a program may take to listen (ms). */
const START = 15_000;
/** How long it may take to stop at SIGTERM (ms): its connections are closed by then. */
const STOP = 2_000;
/** How much of its output an error quotes (characters). */
const QUOTED = 2_000;

export class Program {
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, (figures: ProgramFigures) => void>();
  readonly #listening: Promise<ListeningAddress>;
  readonly #failed: Promise<never>;
  #lastId = 0;
  #output = "";

  /**
   * @param entry its file
   * @param args its arguments
   * @param interruption when aborted, whatever waits for it rejects with {@link Interrupted}
   * @throws {CommandError} if there is no such file
   */
  constructor(entry: string, args: readonly string[], interruption: AbortSignal) {
    if (!existsSync(entry)) throw new CommandError(`${entry}: there is no such file.`);
    const flags = ["--expose-gc", "--import", PRELOAD.href, ...flagsFor(entry)];
    this.#process = spawn(process.execPath, [...flags, resolve(entry), ...args], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A port that is free, if the program asks for one as platforms have it
      env: { PORT: "0", ...process.env },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-QUOTED);
      });
    }
    this.#listening = new Promise((listening) => this.#process.on("message", this.#receiver(listening)));
    this.#failed = this.#failure(entry, interruption);
    this.#failed.catch(() => {});
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Where its server listens. */
  async address(): Promise<ListeningAddress> {
    const waiting = new AbortController();
    const late = sleep(START, undefined, { signal: waiting.signal }).then(() => {
      throw new CommandError(
        `the program called no serve() of hawser within ${START / 1_000} s. Does it listen by itself when it is started? --url names its address.${this.#quoted()}`,
      );
    });
    late.catch(() => {});
    try {
      return await this.#unlessFailed(Promise.race([this.#listening, late]));
    } finally {
      waiting.abort();
    }
  }

  /** What the process has used so far. */
  figures(isCollected = false): Promise<ProgramFigures> {
    this.#lastId += 1;
    const request: ToProgram = { hawserPlan: "figures", id: this.#lastId, isCollected };
    return this.#unlessFailed(
      new Promise((answer) => {
        this.#answers.set(request.id, answer);
        this.#process.send(request);
      }),
    );
  }

  /** Ends it as a supervisor would; resolves when it is gone. */
  async stop(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    const kill = setTimeout(() => this.#process.kill("SIGKILL"), STOP);
    await gone;
    clearTimeout(kill);
  }

  #receiver(listening: (address: ListeningAddress) => void): (message: FromProgram | undefined) => void {
    return (message) => {
      if (message?.hawserPlan === "listening") listening(message.address);
      if (message?.hawserPlan !== "figures") return;
      this.#answers.get(message.id)?.(message.figures);
      this.#answers.delete(message.id);
    };
  }

  #unlessFailed<Result>(promise: Promise<Result>): Promise<Result> {
    return Promise.race([promise, this.#failed]);
  }

  #failure(entry: string, interruption: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      const ended = (how: string) => reject(new CommandError(`${entry} ${how}.${this.#quoted()}`));
      this.#process.on("error", (error) => ended(`could not be started: ${error.message}`));
      this.#process.on("close", (code, signal) => ended(`ended (${signal ?? `exit code ${code}`})`));
      interruption.addEventListener("abort", () => reject(new Interrupted()), { once: true });
    });
  }

  #quoted(): string {
    const output = this.#output.trim();
    return output === "" ? "" : ` It said:\n${output}`;
  }
}

/** TypeScript runs where Node strips types, or by tsx if the project has it. */
function flagsFor(entry: string): string[] {
  const strips = (process.features as { readonly typescript?: string | false }).typescript;
  if (!/\.[cm]?ts$/.test(entry) || strips) return [];
  try {
    createRequire(join(process.cwd(), "package.json")).resolve("tsx");
    return ["--import", "tsx"];
  } catch {
    throw new CommandError(`${entry}: this Node runs no TypeScript. Install tsx, or name the compiled program.`);
  }
}
