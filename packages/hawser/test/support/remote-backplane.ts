/**
 * The backplane of a child process, used from here as if it were in this one.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import {
  type Backplane,
  BackplaneError,
  type BackplanePresence,
  type BackplaneReceiver,
  type HistoryLimits,
  type HistoryPage,
  type HistoryRequest,
  type Publication,
  type Receipt,
  type StoredPublication,
  type TopicInterest,
} from "hawser/pubsub";
import { pathOf } from "./child-processes.ts";

/** Processes whose backplane was closed: one starts within a test's whole time. */
const idle: ChildProcess[] = [];

interface Answer {
  readonly number?: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code: "FAILED" | "DISCONNECTED" };
  readonly event?: keyof BackplaneReceiver;
  readonly args?: readonly unknown[];
}

export class RemoteBackplane implements Backplane {
  readonly name = "ipc";
  readonly keepsHistory = true;
  readonly presence: BackplanePresence;
  readonly process: ChildProcess;
  readonly #asked: Map<number, (answer: Answer) => void> = new Map();
  #number = 0;
  #receiver: BackplaneReceiver | undefined;
  #isClosed = false;

  constructor(process: ChildProcess) {
    this.process = process;
    process.on("message", this.#heard);
    const ask = <Value>(method: string, ...args: readonly unknown[]) => this.#ask<Value>("presence", method, args);
    this.presence = {
      keep: (...args) => ask("keep", ...args),
      remove: (...args) => ask("remove", ...args),
      list: (...args) => ask("list", ...args),
      count: (...args) => ask("count", ...args),
    };
  }

  async start(receiver: BackplaneReceiver): Promise<void> {
    this.#receiver ??= receiver;
    await this.#ask("backplane", "start", []);
  }

  async subscribe(interests: readonly TopicInterest[]): Promise<void> {
    await this.#ask("backplane", "subscribe", [interests]);
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    await this.#ask("backplane", "unsubscribe", [topics]);
  }

  async publish(publication: Publication, history: HistoryLimits | undefined): Promise<Receipt> {
    const receipt = await this.#ask<Receipt>("backplane", "publish", [packed(publication), history]);
    return { position: receipt.position, isDuplicate: receipt.isDuplicate };
  }

  async history(topic: string, limits: HistoryLimits, request: HistoryRequest): Promise<HistoryPage> {
    const page = await this.#ask<HistoryPage>("backplane", "history", [topic, limits, request]);
    return { ...page, publications: page.publications.map((one) => unpacked(one)) };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#receiver = undefined;
    if (!this.process.connected) return;
    await this.#ask("backplane", "close", []);
    this.process.off("message", this.#heard);
    idle.push(this.process);
  }

  readonly #heard = ({ remote }: { readonly remote?: Answer }): void => {
    if (remote !== undefined) this.#take(remote);
  };

  #ask<Value>(target: string, method: string, args: readonly unknown[]): Promise<Value> {
    const number = ++this.#number;
    this.process.send({ remote: { number, target, method, args } });
    return new Promise((resolve, reject) => {
      this.#asked.set(number, ({ value, error }) => {
        if (error === undefined) resolve(value as Value);
        else if (error.name === "BackplaneError") reject(new BackplaneError(error.code, error.message));
        else reject(new TypeError(error.message));
      });
    });
  }

  #take({ number, event, args, ...answer }: Answer): void {
    if (number !== undefined) this.#asked.get(number)?.(answer);
    if (event === "received") {
      const [publication, position] = args as [Publication, { epoch: string; offset: number } | null];
      this.#receiver?.received(unpacked(publication), position ?? undefined);
    } else if (event === "gap") this.#receiver?.gap(undefined);
    else if (event !== undefined) this.#receiver?.[event](args?.[0] as never);
  }
}

/** A process that waits for one to use its backplane, or a new one. */
export async function forkBackplane(): Promise<RemoteBackplane> {
  const waiting = idle.pop();
  if (waiting !== undefined) return new RemoteBackplane(waiting);
  const child = fork(pathOf("ipc-node"), { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  await once(child, "message");
  return new RemoteBackplane(child);
}

/** Ends all that wait. */
export async function endForks(): Promise<void> {
  for (const child of idle.splice(0)) {
    child.disconnect();
    await once(child, "exit");
  }
}

function packed(publication: Publication): unknown {
  const { data } = publication;
  return typeof data === "string"
    ? publication
    : { ...publication, data: { base64: Buffer.from(data).toString("base64") } };
}

function unpacked<Kind extends Publication | StoredPublication>(publication: Kind): Kind {
  const { data, key, compress } = publication;
  const { base64 } = data as unknown as { readonly base64?: string };
  return { ...publication, key, compress, data: base64 === undefined ? data : Buffer.from(base64, "base64") };
}
