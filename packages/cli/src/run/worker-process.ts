/**
 * A worker's process: started through `node:cluster`, so that whatever the program listens on besides is shared, too; told and heard over
 * its channel; handed its connections.
 */

import type { Worker as ClusterWorker } from "node:cluster";
import type { Socket } from "node:net";
import type { MetricSnapshot } from "hawser/metrics";
import { type FromSupervisor, type FromWorker, type Place, unwrap, wrap } from "./messages.ts";
import type { Member, SharedPlace } from "./shared-place.ts";
import type { Switchboard } from "./switchboard.ts";
import type { Exit, WorkerEvents, WorkerLink } from "./worker.ts";

/** A connection that the worker has not said to have. */
interface Handed {
  readonly socket: Socket;
  readonly place: SharedPlace;
}

/** Milliseconds until a worker whose channel failed gets connections again, should it live. */
const RECOVERY = 100;

/** Milliseconds for a worker's answer: its event loop may be busy. */
const PATIENCE = 2_000;

export class WorkerProcess implements WorkerLink, Member {
  readonly id: number;
  readonly generation: number;
  readonly #worker: ClusterWorker;
  readonly #events: WorkerEvents;
  readonly #switchboard: Switchboard;
  readonly #handed: Map<number, Handed> = new Map();
  readonly #collecting: Map<number, (snapshot: MetricSnapshot) => void> = new Map();
  #isAdmitted = false;
  readonly #unsent: FromSupervisor[] = [];
  #isReached = false;
  #isLeaving = false;
  #hasEnded = false;
  #connections = 0;
  #counted: MetricSnapshot = [];
  #lastNumber = 0;

  constructor(
    worker: ClusterWorker,
    { id, generation }: { readonly id: number; readonly generation: number },
    events: WorkerEvents,
    switchboard: Switchboard,
  ) {
    this.id = id;
    this.generation = generation;
    this.#worker = worker;
    this.#events = events;
    this.#switchboard = switchboard;
    worker.on("message", (message: unknown) => {
      const ours = unwrap<FromWorker>(message);
      if (ours !== undefined) this.#heard(ours);
    });
    // A process that could not be started has no exit
    worker.on("error", ({ message }: Error) => {
      if (worker.process.pid === undefined) this.#ended({ code: null, signal: null, failure: message });
    });
    worker.on("exit", (code: number | null, signal: string | null) => this.#ended({ code, signal }));
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  get connections(): number {
    return this.#connections + this.#handed.size;
  }

  get load(): number {
    return this.connections;
  }

  get isAdmitted(): boolean {
    return this.#isAdmitted;
  }

  get counted(): MetricSnapshot {
    return this.#counted;
  }

  admit(): void {
    this.#isAdmitted = true;
    this.#switchboard.flush();
  }

  drain(window: number, code: number): void {
    this.#leave();
    this.#send({ type: "drain", window, code });
  }

  stop(code: number): void {
    this.#leave();
    this.#send({ type: "stop", code });
  }

  #leave(): void {
    this.#isAdmitted = false;
    this.#isLeaving = true;
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }

  collect(): Promise<MetricSnapshot> {
    const number = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#collecting.delete(number);
        reject(new Error(`Worker ${this.id} does not answer`));
      }, PATIENCE);
      this.#collecting.set(number, (snapshot) => {
        clearTimeout(timer);
        resolve(snapshot);
      });
      this.#send({ type: "collect", number });
    });
  }

  /** The socket is kept here, too, until the worker says that it has it. */
  hand(place: SharedPlace, socket: Socket): void {
    const number = place.numberFor(this);
    if (number === undefined || this.#hasEnded) {
      place.distribute(socket);
      return;
    }
    const id = ++this.#lastNumber;
    this.#handed.set(id, { socket, place });
    const message = wrap({ type: "connection", place: number, socket: id });
    this.#worker.send(message as never, socket, { keepOpen: true }, (error) => {
      if (error !== null && error !== undefined) this.#undelivered(id);
    });
  }

  /** What is said before the worker listens to it, is lost. */
  #send(message: FromSupervisor): void {
    if (!this.#isReached) this.#unsent.push(message);
    else if (this.#worker.isConnected()) this.#worker.send(wrap(message) as never, () => {});
  }

  #heard(message: FromWorker): void {
    switch (message.type) {
      case "hello":
        this.#isReached = true;
        for (const one of this.#unsent.splice(0)) this.#send(one);
        return;
      case "ready":
        this.#events.ready();
        return;
      case "beat":
        this.#connections = message.connections;
        this.#events.beat(message);
        return;
      case "listen":
        void this.#listen(message.place, message.at);
        return;
      case "unlisten":
        this.#switchboard.leave(this, message.place, { isKept: message.returns });
        return;
      case "taken":
        this.#taken(message.socket, message.connections);
        return;
      case "declined":
        this.#bringBack(message.socket);
        return;
      case "drained":
        this.#events.drained();
        return;
      default:
        this.#counted = message.snapshot;
        this.#collecting.get(message.number)?.(message.snapshot);
        this.#collecting.delete(message.number);
    }
  }

  async #listen(number: number, at: Place): Promise<void> {
    // It was told to end while it started; a port that is given up is not opened again for that
    if (this.#isLeaving) return;
    try {
      const { address } = await this.#switchboard.join(this, number, at);
      if (this.#hasEnded) this.#switchboard.forget(this);
      else this.#send({ type: "listening", place: number, address });
    } catch (error) {
      const { code = null, message } = error as NodeJS.ErrnoException;
      this.#send({ type: "refused", place: number, code, message });
    }
  }

  /** Those before it have not arrived, as where the worker had no descriptor left: its channel keeps the order. */
  #taken(id: number, connections: number): void {
    this.#connections = connections;
    this.#handed.get(id)?.socket.destroy();
    this.#handed.delete(id);
    for (const earlier of this.#handed.keys()) {
      if (earlier > id) return;
      this.#bringBack(earlier);
    }
  }

  /** Most likely its end has not been told yet: what comes next would come back as well, and at once. */
  #undelivered(id: number): void {
    const wasAdmitted = this.#isAdmitted;
    this.#isAdmitted = false;
    this.#bringBack(id);
    if (!wasAdmitted) return;
    setTimeout(() => {
      if (!this.#hasEnded && !this.#isLeaving) this.admit();
    }, RECOVERY);
  }

  /** Another worker may take it. */
  #bringBack(id: number): void {
    const handed = this.#handed.get(id);
    this.#handed.delete(id);
    handed?.place.distribute(handed.socket);
  }

  #ended(exit: Exit): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#isAdmitted = false;
    this.#switchboard.forget(this);
    for (const id of [...this.#handed.keys()]) this.#bringBack(id);
    this.#events.exited(exit);
  }
}
