/**
 * The supervisor's part of a worker: says when its servers are ready and that its event loop turns, and closes them when told.
 *
 * Knows of the library what is public.
 */

import type { Server } from "hawser";
import type { FromSupervisor, WorkerOrders } from "../messages.ts";
import type { Channel } from "./channel.ts";
import { HostedPlaces } from "./hosted-places.ts";
import { Servers } from "./servers.ts";
import { Snapshots } from "./snapshot.ts";
import { closeSpread } from "./spread.ts";
import { cpuMeter, memoryMeter } from "./usage.ts";

/** Milliseconds for handshakes under way when a drain begins; the rest gets 503. */
const OPENING_PATIENCE = 2_000;

/**
 * Milliseconds for connections that Node has already sent to this process, and for requests on their way, when HTTP servers of the
 * program's own stop listening: a process that ends before it has read them would take them along.
 */
const SETTLING = 500;

/** Milliseconds for an answer that a program waits for before it serves, and nothing else is left to do. */
const START_PATIENCE = 5_000;
const START_STEP = 50;

/** Milliseconds for the program to end by itself once its servers have closed. */
const EXIT_PATIENCE = 1_000;

/** The number of a snapshot that nobody has asked for: what this process counted in all. */
const LAST = 0;

/** Milliseconds for a worker without supervisor to close its connections. */
const ORPHAN_PATIENCE = 22_000;

export class Agent {
  readonly places: HostedPlaces;
  readonly #orders: WorkerOrders;
  readonly #channel: Channel;
  readonly #servers: Servers;
  readonly #snapshots: Snapshots = new Snapshots(process.argv[1]!);
  readonly #cpu: () => number = cpuMeter();
  readonly #memory: () => number = memoryMeter();
  #wasReady = false;
  #isEnding = false;
  #isFinished = false;

  constructor(orders: WorkerOrders, channel: Channel) {
    this.#orders = orders;
    this.#channel = channel;
    this.#servers = new Servers(() => this.#checkReady());
    this.places = new HostedPlaces(channel, () => this.#servers.connections);
  }

  start(): void {
    this.#channel.onMessage((message, socket) => {
      this.#heard(message);
      this.places.heard(message, socket);
    });
    this.#channel.onEnd(() => this.#orphaned());
    this.#handleSignals();
    this.#stayUntilReady();
    this.#channel.say({ type: "hello" });
    setInterval(() => this.#beat(), this.#orders.beat).unref();
  }

  /**
   * A terminal sends SIGINT and SIGHUP to all processes of its group, and the supervisor tells what they mean. SIGTERM to this one
   * process closes it, as it does a process alone.
   */
  #handleSignals(): void {
    process.on("SIGINT", () => {});
    process.on("SIGHUP", () => {});
    process.on("SIGTERM", this.#terminated);
  }

  /** What a program waits for at its start may come by the channel, which does not keep it alive: it is given some time. */
  #stayUntilReady(): void {
    let patience = START_PATIENCE;
    process.on("beforeExit", () => {
      if (this.#wasReady || this.#isEnding || patience <= 0) return;
      patience -= START_STEP;
      setTimeout(() => {}, START_STEP);
    });
  }

  readonly #terminated = (): void => {
    if (this.#isFinished) return;
    this.places.isFollowed = true;
    void this.#stop(this.#orders.stopCode);
  };

  #heard(message: FromSupervisor): void {
    if (message.type === "drain") void this.#drain(message.window, message.code);
    else if (message.type === "stop") void this.#stop(message.code);
    else if (message.type === "collect") {
      void this.#collect(message.number);
    }
  }

  /** What can't be had is left out: the others' count all the same. */
  async #collect(number: number): Promise<void> {
    const snapshot = await this.#snapshots.take().catch(() => []);
    this.#channel.say({ type: "snapshot", number, snapshot });
  }

  #checkReady(): void {
    if (this.#wasReady || this.#isEnding || !this.#servers.areReady) return;
    this.#wasReady = true;
    this.#beat();
    this.#channel.say({ type: "ready" });
  }

  #beat(): void {
    const { connections } = this.#servers;
    this.#channel.say({ type: "beat", connections, memory: this.#memory(), cpu: this.#cpu() });
    // One that waited for its backplane may have become ready
    this.#checkReady();
  }

  // Ending

  async #drain(window: number, code: number): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#servers.closeAttached()) await new Promise((resolve) => setTimeout(resolve, SETTLING));
    if (!this.#orders.reusesPort) await this.#untilOpened();
    const servers = this.#servers.all;
    const begun = servers.map((server) => this.#drainServer(server, window, code));
    // Connections that leave before their turn must not leave the process waiting
    const expired = new Promise<void>((resolve) => setTimeout(resolve, window).unref());
    void Promise.race([Promise.all(begun), expired]).then(() => this.#channel.say({ type: "drained" }));
    await Promise.allSettled(begun);
    this.#finish();
  }

  /** One that listens by itself gives its port up first: the kernel would go on to send it connections. */
  #drainServer(server: Server, window: number, code: number): Promise<void> {
    return this.#orders.reusesPort ? closeSpread(server, window, code) : server.drain({ notReady: 0, window, code });
  }

  /** Nobody new comes, and those who came last are not to be refused. */
  async #untilOpened(): Promise<void> {
    const until = performance.now() + OPENING_PATIENCE;
    while (this.#servers.openings > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Also while it drains. */
  async #stop(code: number): Promise<void> {
    this.#isEnding = true;
    this.#servers.closeAttached();
    await Promise.allSettled(this.#servers.all.map((server) => server.close({ code })));
    this.#finish();
  }

  /** The servers have closed; what the program does at SIGTERM otherwise, it does now. */
  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#beat();
    void this.#collect(LAST);
    process.off("SIGTERM", this.#terminated);
    // Who has listened for a server's sake has stopped by then
    setImmediate(() => this.#end());
  }

  #end(): void {
    if (process.listenerCount("SIGTERM") > 0) process.emit("SIGTERM", "SIGTERM");
    else setTimeout(() => process.exit(), EXIT_PATIENCE).unref();
  }

  #orphaned(): void {
    // Who read what is written has gone, too
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
    setTimeout(() => process.exit(1), ORPHAN_PATIENCE).unref();
    if (!this.#isFinished) void this.#stop(this.#orders.stopCode);
  }
}
