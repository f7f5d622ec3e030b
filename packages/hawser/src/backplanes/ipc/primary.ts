/**
 * The primary's half: an engine in memory, and a session for each backplane of each worker.
 */

import { randomUUID } from "node:crypto";
import type { Backplane } from "../../pubsub/backplane.ts";
import { MemoryEngine } from "../../pubsub/memory-engine.ts";
import { type FromPrimary, type FromWorker, unwrap } from "./messages.ts";
import { type IpcChannel, Outgoing } from "./outgoing.ts";
import { WorkerSession } from "./worker-session.ts";

/** `node:cluster`, by its shape. */
export interface IpcCluster {
  readonly workers?: { readonly [id: string]: IpcChannel | undefined } | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: Node's own overloads differ in it
  on(event: any, listener: (...args: any[]) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  off(event: any, listener: (...args: any[]) => void): unknown;
}

/** The primary's engine. */
export interface IpcBackplaneServer {
  /** Serves a process that `child_process.fork` started. A second time, and after `close()`, it does nothing. */
  add(worker: IpcChannel): void;
  /** The engine, for a server in the primary itself. */
  backplane(): Backplane;
  /** Serves nobody any more; workers are told. What the engine knew is lost. */
  close(): void;
}

/**
 * Serves the `ipcBackplane()` of all workers of a cluster, and of processes that are handed to `add()`. Called in the primary, at
 * any time. A worker that ends, however it does, is not heard of any more: its members are gone at once.
 *
 * @param cluster the module `node:cluster`, if it starts the workers
 */
export function serveIpcBackplane(cluster?: IpcCluster): IpcBackplaneServer {
  return new Primary(cluster);
}

class Primary implements IpcBackplaneServer {
  readonly #cluster: IpcCluster | undefined;
  readonly #engine: MemoryEngine = new MemoryEngine({ now: () => performance.now(), createId: randomUUID });
  /** Publishes for those who can't any more. */
  readonly #own: Backplane = this.#engine.backplane();
  readonly #workers: Map<IpcChannel, Worker> = new Map();
  #isClosed = false;

  constructor(cluster: IpcCluster | undefined) {
    this.#cluster = cluster;
    cluster?.on("fork", this.#forked);
    for (const worker of Object.values(cluster?.workers ?? {})) if (worker !== undefined) this.add(worker);
  }

  add(channel: IpcChannel): void {
    if (this.#isClosed || this.#workers.has(channel)) return;
    const worker = new Worker(channel, {
      backplane: () => this.#engine.backplane(),
      tell: (leave) => void this.#own.publish(leave, undefined),
      ended: () => this.#workers.delete(channel),
    });
    this.#workers.set(channel, worker);
  }

  backplane(): Backplane {
    return this.#engine.backplane();
  }

  close(): void {
    this.#isClosed = true;
    this.#cluster?.off("fork", this.#forked);
    for (const worker of this.#workers.values()) worker.close();
    this.#workers.clear();
  }

  readonly #forked = (worker: IpcChannel): void => this.add(worker);
}

interface WorkerHost {
  /** A further access to the engine. */
  backplane(): Backplane;
  tell(leave: Parameters<Parameters<WorkerSession["end"]>[0]>[0]): void;
  ended(): void;
}

class Worker {
  readonly #channel: IpcChannel;
  readonly #host: WorkerHost;
  readonly #outgoing: Outgoing<FromPrimary>;
  readonly #sessions: Map<string, WorkerSession> = new Map();

  constructor(channel: IpcChannel, host: WorkerHost) {
    this.#channel = channel;
    this.#host = host;
    this.#outgoing = new Outgoing(channel, () => this.#drained());
    channel.on("message", this.#heard);
    channel.on("disconnect", this.#ended);
    channel.on("exit", this.#ended);
  }

  close(): void {
    this.#leave();
    for (const session of this.#sessions.values()) session.gone();
    this.#sessions.clear();
  }

  readonly #heard = (message: unknown): void => {
    for (const one of unwrap<FromWorker>(message)) this.#take(one);
  };

  readonly #ended = (): void => {
    this.#leave();
    for (const id of [...this.#sessions.keys()]) this.#end(id);
    this.#host.ended();
  };

  #take(message: FromWorker): void {
    const { id } = message;
    if (message.type === "hello") this.#greet(id);
    else if (message.type === "bye") this.#end(id);
    else void this.#sessions.get(id)?.answer(message);
  }

  #greet(id: string): void {
    if (!this.#sessions.has(id)) {
      this.#sessions.set(id, new WorkerSession(id, this.#host.backplane(), this.#outgoing));
    }
    this.#outgoing.say({ type: "welcome", id });
  }

  #end(id: string): void {
    this.#sessions.get(id)?.end((leave) => this.#host.tell(leave));
    this.#sessions.delete(id);
  }

  #drained(): void {
    for (const session of this.#sessions.values()) session.drained();
  }

  #leave(): void {
    this.#channel.off("message", this.#heard);
    this.#channel.off("disconnect", this.#ended);
    this.#channel.off("exit", this.#ended);
  }
}
