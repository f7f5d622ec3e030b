/**
 * The peer `websockets` of Python, as a client and as a server, in a process of its own.
 */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { AgentConnection, type Opened } from "./agent.ts";
import type { Ability, Peer } from "./peer.ts";

/** Debian's own: another Python earlier in PATH doesn't see Debian's modules. */
const EXECUTABLE = "/usr/bin/python3";

const SCRIPT = pathOf("../python/peer.py");

/** OpenSSL of Python reads certificates from files. */
const TLS_FILES = {
  authority: pathOf("../certificates/authority.pem"),
  certificate: pathOf("../certificates/localhost.pem"),
  key: pathOf("../certificates/localhost-key.pem"),
};

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class PythonPeer implements Peer {
  readonly name = "Python websockets";
  readonly abilities: readonly Ability[] = [
    "compress what it sends",
    "tell parameters of extensions",
    "decline compression",
    "set window sizes",
    "send fragments",
    "ping",
    "close with any code",
    "terminate",
  ];
  #process: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #calls = 0;
  readonly #waiting = new Map<number, Waiting>();

  async start(): Promise<void> {
    this.#process = spawn(EXECUTABLE, [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface(this.#process.stdout).on("line", (line) => this.#settle(line));
    this.#process.on("exit", () => this.#abandon());
    await once(this.#process, "spawn");
  }

  async stop(): Promise<void> {
    if (this.#process === undefined) return;
    const exited = once(this.#process, "exit");
    this.#process.stdin.end();
    await exited;
  }

  readonly connect: Peer["connect"] = async (url, { windowBits = null, ...options }) => {
    const opened = await this.#call("open", url, { ...options, windowBits, authority: TLS_FILES.authority });
    return new AgentConnection(this.#call, opened as Opened);
  };

  readonly listen: NonNullable<Peer["listen"]> = async ({ windowBits = null, ...options }) => {
    const listening = await this.#call("listen", { ...options, ...TLS_FILES, windowBits });
    const { id, port } = listening as { readonly id: number; readonly port: number };
    return {
      port,
      accept: async () => new AgentConnection(this.#call, (await this.#call("accept", id)) as Opened),
      stop: async () => {
        await this.#call("stop", id);
      },
    };
  };

  readonly #call = (method: string, ...args: readonly unknown[]): Promise<unknown> => {
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#process!.stdin.write(`${JSON.stringify([call, method, args])}\n`);
    });
  };

  #settle(line: string): void {
    const [call, result, error] = JSON.parse(line) as [number, unknown, string | null];
    const waiting = this.#waiting.get(call)!;
    this.#waiting.delete(call);
    if (error === null) waiting.resolve(result);
    else waiting.reject(new Error(error));
  }

  #abandon(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error("Python has ended"));
    this.#waiting.clear();
  }
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
