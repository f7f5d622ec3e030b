/**
 * A backplane over NATS: core subjects for what happens now, JetStream for histories and presence.
 */

import { randomUUID } from "node:crypto";
import {
  type Backplane,
  BackplaneError,
  type BackplanePresence,
  type BackplaneReceiver,
  type HistoryLimits,
  type HistoryPage,
  type HistoryRequest,
  type Receipt,
  type TopicInterest,
} from "../../pubsub/backplane.ts";
import type { Publication } from "../../pubsub/publication.ts";
import { encodeWire } from "../../pubsub/wire-form.ts";
import { Inbox } from "../inbox.ts";
import type { NatsConnection, NatsSubscription } from "./client.ts";
import { NatsHistory } from "./history.ts";
import { JetStreamApi } from "./jetstream-api.ts";
import { type Connect, NatsLink } from "./link.ts";
import { natsPresence } from "./presence.ts";
import { type NatsBackplaneOptions, type NatsSettings, resolveOptions } from "./settings.ts";
import { NatsSubjects } from "./subjects.ts";

/**
 * A backplane over NATS 2.9 or newer.
 *
 * @param connection what `connect()` of `@nats-io/transport-node` resolves to, which stays open; or a function that connects,
 *   which is called again until it succeeds, and whenever a connection has given up: those are closed at the end. Connections
 *   should have `maxReconnectAttempts: -1`.
 * @throws {TypeError} for an option that can't be used
 */
export function natsBackplane<Connection extends NatsConnection>(
  connection: Connection | (() => Promise<Connection>),
  options: NatsBackplaneOptions<Connection> = {},
): Backplane {
  const settings = resolveOptions(options);
  if (typeof connection !== "function" && typeof connection?.subscribe !== "function") {
    throw new TypeError(`Cannot make a NATS backplane: connection must be one or connect, got ${String(connection)}`);
  }
  return new NatsBackplane(connection, settings);
}

/** What JetStream does, by way of one connection. */
interface Keeper {
  readonly history: NatsHistory;
  readonly presence: BackplanePresence;
}

class NatsBackplane implements Backplane {
  readonly name = "nats";
  readonly keepsHistory: boolean;
  readonly presence: BackplanePresence | undefined;
  readonly #settings: NatsSettings;
  readonly #inbox: Inbox = new Inbox(randomUUID());
  readonly #subjects: NatsSubjects;
  readonly #link: NatsLink;
  /** `undefined`: there is no connection to subscribe with yet. */
  readonly #topics: Map<string, NatsSubscription | undefined> = new Map();
  /** Of the connection that is in use. */
  #keeper: Keeper | undefined;
  /** The question whether the server has what was published in this turn. */
  #flush: Promise<void> | undefined;

  constructor(connection: NatsConnection | Connect, settings: NatsSettings) {
    this.#settings = settings;
    this.#subjects = new NatsSubjects(settings.prefix);
    this.#link = new NatsLink(connection, {
      opened: (opened) => this.#opened(opened),
      lost: (cause) => this.#inbox.lost(cause),
      regained: () => this.#regained(),
    });
    this.keepsHistory = settings.jetstream !== undefined;
    this.presence = this.keepsHistory ? this.#presence() : undefined;
  }

  async start(receiver: BackplaneReceiver): Promise<void> {
    this.#inbox.open(receiver);
    await this.#link.start();
  }

  async subscribe(interests: readonly TopicInterest[]): Promise<void> {
    const { connection } = this.#link;
    for (const { topic } of interests) this.#topics.set(topic, connection && this.#hear(connection, topic));
    await this.#link.settled();
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    for (const topic of topics) {
      this.#topics.get(topic)?.unsubscribe();
      this.#topics.delete(topic);
    }
    await this.#link.settled();
  }

  async publish(publication: Publication, history: HistoryLimits | undefined): Promise<Receipt> {
    if (history !== undefined) return this.#keep(({ history: kept }) => kept.publish(publication, history));
    return this.#link.ask(async (connection) => {
      connection.publish(this.#subjects.topic(publication.topic), encodeWire(publication, this.#inbox.self));
      await this.#flushed(connection);
      return NOT_KEPT;
    });
  }

  async history(topic: string, limits: HistoryLimits, request: HistoryRequest): Promise<HistoryPage> {
    return this.#keep(({ history }) => history.page(topic, limits, request));
  }

  async close(): Promise<void> {
    if (this.#inbox.isClosed) return;
    this.#inbox.close();
    const { connection } = this.#link;
    const isOpen = connection !== undefined && !connection.isClosed();
    if (isOpen) for (const subscription of this.#topics.values()) subscription?.unsubscribe();
    await this.#link.close();
  }

  #presence(): BackplanePresence {
    return {
      keep: (...args) => this.#keep(async ({ presence }) => presence.keep(...args)),
      remove: (...args) => this.#keep(async ({ presence }) => presence.remove(...args)),
      list: (...args) => this.#keep(async ({ presence }) => presence.list(...args)),
      count: (...args) => this.#keep(async ({ presence }) => presence.count(...args)),
    };
  }

  async #keep<Value>(work: (keeper: Keeper) => Promise<Value>): Promise<Value> {
    if (this.keepsHistory) return this.#link.ask(() => work(this.#keeper!));
    throw new BackplaneError("FAILED", "Cannot ask NATS: histories need the option jetstream");
  }

  #opened(connection: NatsConnection): void {
    for (const topic of this.#topics.keys()) this.#topics.set(topic, this.#hear(connection, topic));
    this.#makeKeeper(connection);
  }

  #regained(): void {
    // The server may have lost its streams, and what was known of them is old
    const { connection } = this.#link;
    if (connection !== undefined) this.#makeKeeper(connection);
    this.#inbox.regained();
  }

  #makeKeeper(connection: NatsConnection): void {
    const { jetstream, storage, replicas } = this.#settings;
    if (jetstream === undefined) return;
    const [api, client] = [new JetStreamApi(connection), jetstream(connection)];
    const subjects = this.#subjects;
    const rejected = (reason: string) => this.#inbox.rejected(reason);
    const history = new NatsHistory(api, client, { subjects, storage, replicas, self: this.#inbox.self, rejected });
    this.#keeper = { history, presence: natsPresence(api, client, { subjects, replicas }) };
  }

  #hear(connection: NatsConnection, topic: string): NatsSubscription {
    return connection.subscribe(this.#subjects.topic(topic), {
      callback: (error, message) => {
        if (error === null) this.#inbox.take(topic, message.data);
        else this.#inbox.rejected(`${topic}: NATS does not let us hear it: ${error.message}`);
      },
    });
  }

  /** One question for all that is published in one turn. */
  #flushed(connection: NatsConnection): Promise<void> {
    if (this.#flush === undefined) {
      this.#flush = Promise.resolve().then(() => {
        this.#flush = undefined;
        return connection.flush();
      });
    }
    return this.#flush;
  }
}

const NOT_KEPT: Receipt = Object.freeze({ position: undefined, isDuplicate: false });
