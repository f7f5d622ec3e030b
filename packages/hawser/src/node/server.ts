/**
 * A server as its user sees it: where it listens, who is connected, and how it stops.
 */

import { CloseCode } from "../protocol/close-code.ts";
import { checkClose } from "../protocol/close-frame.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { TopicMessages } from "../pubsub/topic-queue.ts";
import type { BackplaneMetrics } from "./backplane-link.ts";
import { type CompressionMetrics, compressionMetrics } from "./compression.ts";
import type { Data } from "./data.ts";
import { diagnostics } from "./diagnostics.ts";
import { type DrainOptions, type DrainSettings, drainConnections, resolveDrain } from "./draining.ts";
import type { Listener } from "./listener.ts";
import { liveServers } from "./live-servers.ts";
import { OpenConnections } from "./open-connections.ts";
import type { Readiness } from "./readiness.ts";
import type { ServerConnection } from "./server-connection.ts";
import type { ServerCore } from "./server-core.ts";
import type { PublishOptions, PublishResult } from "./topic-host.ts";
import type { PresenceMember } from "./topic-options.ts";
import type { HistoryOptions, ReadOptions, TopicHistory } from "./topics.ts";

export interface CloseOptions {
  /**
   * The close code that open connections get.
   *
   * @default 1001, "going away"
   */
  readonly code?: number;
  /** At most 123 bytes. */
  readonly reason?: string;
  /**
   * Whether open connections are closed; if not, the server waits until the clients leave.
   *
   * @default true
   */
  readonly closeConnections?: boolean;
}

const CLOSE_OPTIONS = ["code", "reason", "closeConnections"] as const satisfies readonly (keyof CloseOptions)[];

/** What a server counts. */
export interface ServerMetrics {
  /** Connections that are open or closing. */
  readonly connections: number;
  /** Clients whose opening handshake is not done, or who have not taken its refusal yet. */
  readonly openings: number;
  /** Handshakes that succeeded since the server began. */
  readonly accepted: number;
  /** Requests that were answered otherwise. */
  readonly refused: number;
  /** Connections that have ended. */
  readonly closed: number;
  /**
   * What the windows of compressed connections hold; `undefined` where compression is off, or Node's zlib compresses. With an
   * extension factory that several servers share, it is what all of them hold.
   */
  readonly compression: CompressionMetrics | undefined;
  /** Of the backplane, if there is one. */
  readonly backplane: BackplaneMetrics | undefined;
}

/** What a server is made of, for what measures it. */
export const CORE: unique symbol = Symbol("core");

export class Server<UserData = unknown> {
  readonly #core: ServerCore<UserData>;
  readonly #listener: Listener;
  readonly #address: Listener["address"];
  readonly #connections: OpenConnections<ServerConnection<UserData>>;
  #closed: Promise<void> | undefined;
  #draining: Promise<void> | undefined;
  readonly #stopDraining = new AbortController();
  readonly #whenClosed: Promise<void>;
  #resolveClosed!: () => void;

  /** @internal */
  constructor(core: ServerCore<UserData>, listener: Listener) {
    this.#core = core;
    this.#listener = listener;
    this.#address = listener.address;
    this.#connections = new OpenConnections(core.registry.connections);
    this.#whenClosed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    liveServers.add(core as ServerCore<unknown>);
  }

  /** @internal */
  get [CORE](): ServerCore<UserData> {
    return this.#core;
  }

  /** Where the server listens, as `net.Server.address()` gives it: for TCP `{ address, family, port }`, else the path. */
  get address(): Listener["address"] {
    return this.#address ?? this.#listener.address;
  }

  /** The TCP port, or 0. */
  get port(): number {
    const { address } = this;
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** The connections that are open: those that broadcasts go to. One set for the server's life, which follows the changes. */
  get connections(): OpenConnections<ServerConnection<UserData>> {
    return this.#connections;
  }

  /** Whether the server wants more connections: false once it drains or closes, and while the backplane is away if
   * `readyWithoutBackplane` is `false`. What a readiness probe asks. */
  get isReady(): boolean {
    const { accepting, backplane } = this.#core.readiness;
    return accepting && backplane;
  }

  /** Why the server is ready, or is not; and whether there is room, which {@link isReady} leaves out. */
  get readiness(): Readiness {
    return this.#core.readiness;
  }

  /** The topics that have subscribers in this process, and how many connections each has. Changes as they come and go. */
  get topics(): ReadonlyMap<string, number> {
    return this.#core.topics.counts;
  }

  /**
   * Publishes a message to all subscribers of a topic. Never waits, and never throws for one bad receiver: what happens to one
   * that does not keep up is the option `slowConsumer`, or the topic's `slowSubscriber`. The result counts subscribers in this
   * process.
   *
   * @throws {TypeError} if `topic` is not a string of 1 to 255 characters without control characters, `data` is neither text
   * nor bytes, or for an unknown option.
   */
  publish(topic: string, data: Data, options?: PublishOptions): PublishResult {
    return this.#core.topics.publish(topic, data, options);
  }

  /**
   * The messages of a topic as they are published, in any process, for the application itself. They wait in a queue whose oldest
   * goes when it is full. Bytes must not be changed. The iteration ends when `signal` is aborted, and when the server closes.
   *
   * @throws {TypeError | RangeError} if `topic` is no topic's name, or for an option that is not allowed.
   */
  subscribe(topic: string, options?: ReadOptions): TopicMessages {
    return this.#core.topics.read(topic, options);
  }

  /**
   * What is kept of a topic with a history, as it was published.
   *
   * Rejects with a `BackplaneError` if the engine does not tell, and with a `TypeError` if the topic has no history, or for an
   * option that is not allowed.
   */
  history(topic: string, options?: HistoryOptions): Promise<TopicHistory> {
    return this.#core.topics.history(topic, options);
  }

  /**
   * The members of a topic with presence, in all processes: those who subscribed with the option `presence`.
   *
   * Rejects with a `BackplaneError` if the engine does not tell, and with a `TypeError` if the topic has no presence.
   */
  presence(topic: string): Promise<readonly PresenceMember[]> {
    return this.#core.topics.present(topic);
  }

  /** How many members {@link presence} would tell. */
  presenceCount(topic: string): Promise<number> {
    return this.#core.topics.countPresent(topic);
  }

  /** Counts since the server began, as they are now. */
  metrics(): ServerMetrics {
    const { registry, counts, settings, topics } = this.#core;
    return {
      connections: registry.connections.size,
      openings: registry.openingCount,
      ...counts,
      compression: compressionMetrics(settings.handshake.extensions),
      backplane: topics.metrics,
    };
  }

  /**
   * Stops the server: no more connections are accepted, handshakes under way get 503, and open connections are closed with
   * `code`, all at once, each within `closeTimeout`.
   *
   * Resolves when every TCP connection has ended and every handler has returned; a handler that has not, `closeTimeout` after
   * its connection closed, is logged and no longer waited for. Calling it again is the same as waiting for the first call, but
   * a server that waits for its clients to leave can be closed.
   *
   * @throws {TypeError} for an unknown option.
   * @throws {RangeError} if `code` must not be sent, or `reason` is longer than 123 bytes.
   */
  close(options: CloseOptions = {}): Promise<void> {
    refuseUnknownOptions("Cannot close", options, CLOSE_OPTIONS);
    const { code = CloseCode.GOING_AWAY, reason = "", closeConnections = true } = options;
    checkClose(code, reason, this.#core.settings.connection.text);
    this.#core.beginStopping();
    this.#stopDraining.abort();
    this.#closed ??= this.#shutDown();
    if (closeConnections) for (const ws of [...this.#core.registry.connections]) void ws.close(code, reason);
    return this.#closed;
  }

  /**
   * Stops the server for a rolling restart: without losing a client, and without all of them coming back at once.
   *
   * First {@link isReady} is false while connections are still accepted, until routers have noticed (`notReady`); then new
   * handshakes get 503 with `Retry-After`, and open connections are closed one by one over `window`. Resolves as
   * {@link close} does.
   *
   * @throws {TypeError | RangeError} for an unknown option or a value that is not allowed.
   */
  drain(options: DrainOptions = {}): Promise<void> {
    const settings = resolveDrain(options, this.#core.settings.connection.text);
    this.#core.beginStopping();
    this.#draining ??= this.#drain(settings);
    return this.#draining;
  }

  /** Resolves when the server has stopped, whoever stopped it. */
  waitClosed(): Promise<void> {
    return this.#whenClosed;
  }

  /** Closes the server at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #drain(settings: DrainSettings): Promise<void> {
    const { signal } = this.#stopDraining;
    await drainConnections(this.#core, settings, signal);
    // Whoever called close() meanwhile has decided on the connections
    await (signal.aborted ? this.#whenClosed : this.close({ code: settings.code, reason: settings.reason }));
  }

  async #shutDown(): Promise<void> {
    const { registry } = this.#core;
    const listenerClosed = this.#listener.close();
    this.#core.refuseAll();
    await registry.untilIdle();
    this.#core.topics.endReaders();
    await this.#core.untilHandlersReturn();
    await listenerClosed;
    await this.#core.topics.close();
    liveServers.retire(this.#core as ServerCore<unknown>);
    this.#resolveClosed();
    if (diagnostics.serverClosed.hasSubscribers) diagnostics.serverClosed.publish({ server: this as Server });
  }
}
