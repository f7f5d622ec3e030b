/** A program under `hawser run`, or alone, for as long as it is measured. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Seen from `bench/dist/workers/`. */
const HAWSER = fileURLToPath(new URL("../../../packages/cli/dist/bin.js", import.meta.url));

/** How long a start may take (ms). */
const PATIENCE = 60_000;

export interface Started extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once it has said that. */
  said(text: string): Promise<void>;
}

/** `hawser run [options] <entry>`, with all workers ready. `cpu`: the only core that they may use. */
export async function startSupervised(options: readonly string[], entry: string, cpu?: number): Promise<Started> {
  const child = new Lines([HAWSER, "run", ...options, entryPath(entry)], cpu);
  const port = await child.match(/listening on \S+:(\d+)/);
  await child.match(/(workers are|worker is) ready/);
  return started(child, Number(port[1]));
}

/** `node <entry>`. `cpu`: the only core that it may use. */
export async function startAlone(entry: string, cpu?: number): Promise<Started> {
  const child = new Lines([entryPath(entry)], cpu);
  const port = await child.match(/^port (\d+)/m);
  return started(child, Number(port[1]));
}

function entryPath(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}

function started(child: Lines, port: number): Started {
  return {
    pid: child.process.pid!,
    port,
    kill: (signal) => void child.process.kill(signal),
    said: async (text) => void (await child.match(new RegExp(text))),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

/** A process, and what it has written. */
class Lines {
  readonly process: ChildProcess;
  #text = "";
  #onLine: () => void = () => {};

  constructor(words: readonly string[], cpu: number | undefined) {
    const all = [process.execPath, ...words];
    // taskset turns into the program
    const [program, ...rest] = cpu === undefined ? all : ["taskset", "--cpu-list", String(cpu), ...all];
    this.process = spawn(program!, rest, { stdio: ["ignore", "pipe", "inherit"] });
    createInterface(this.process.stdout!).on("line", (line) => {
      this.#text += `${line}\n`;
      this.#onLine();
    });
  }

  match(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Not said within ${PATIENCE} ms: ${pattern}`)), PATIENCE);
      const look = () => {
        const found = this.#text.match(pattern);
        if (found === null) return;
        clearTimeout(timer);
        resolve(found);
      };
      this.#onLine = look;
      look();
    });
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), PATIENCE / 2);
    await ended;
    clearTimeout(timer);
  }
}
