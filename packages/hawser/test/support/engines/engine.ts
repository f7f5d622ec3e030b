/**
 * A program that backplanes talk to, started for a test: on the loopback interface, with a free port and a folder of its own.
 *
 * It can be killed and started again in the same place, which is how a test sees what an application does meanwhile.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { within } from "../deadline.ts";

export interface EngineProgram {
  readonly path: string;
  /** Its arguments, so that it listens on this port of 127.0.0.1 and writes into this folder alone. */
  readonly args: (port: number, folder: string) => readonly string[];
  readonly scheme: "redis" | "nats";
  /** Whether these first bytes of an answer to `greeting` say that it is ready. */
  readonly greeting: string;
  readonly ready: RegExp;
}

export class Engine {
  readonly port: number;
  readonly #program: EngineProgram;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(program: EngineProgram, port: number) {
    this.#program = program;
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), "hawser-engine-"));
  }

  get url(): string {
    return `${this.#program.scheme}://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Starts it, anew after {@link kill}; resolves once it answers. */
  async start(): Promise<void> {
    const child = spawn(this.#program.path, this.#program.args(this.port, this.#folder), { stdio: "ignore" });
    this.#child = child;
    await within(`${this.#program.path} on port ${this.port}`, this.#answers(child));
  }

  /** As a crash does it. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** Ends it for good, and removes what it wrote. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(child: ChildProcess): Promise<void> {
    while (!(await this.#answersNow())) {
      if (child.exitCode !== null) throw new Error(`${this.#program.path} ended with ${child.exitCode}`);
    }
  }

  #answersNow(): Promise<boolean> {
    const { greeting, ready } = this.#program;
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1", () => socket.write(greeting));
      socket.once("data", (bytes) => {
        resolve(ready.test(bytes.toString("latin1")));
        socket.destroy();
      });
      socket.on("error", () => {}).on("close", () => setImmediate(resolve, false));
    });
  }
}

export async function startEngine(program: EngineProgram): Promise<Engine> {
  const engine = new Engine(program, await freePort());
  await engine.start();
  return engine;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}
