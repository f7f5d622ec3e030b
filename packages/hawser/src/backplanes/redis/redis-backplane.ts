/**
 * A backplane over Redis or Valkey: pub/sub for what happens now, streams for histories, sorted sets for presence.
 */

import { randomUUID } from "node:crypto";
import type {
  Backplane,
  BackplanePresence,
  BackplaneReceiver,
  HistoryLimits,
  HistoryPage,
  HistoryRequest,
  Receipt,
  TopicInterest,
} from "../../pubsub/backplane.ts";
import type { Publication } from "../../pubsub/publication.ts";
import { encodeWire } from "../../pubsub/wire-form.ts";
import { bufferOf } from "../buffer-of.ts";
import { Inbox } from "../inbox.ts";
import type { ConnectionEvents, RedisArgument, RedisConnection } from "./connection.ts";
import { RedisHistory } from "./history.ts";
import { type IoredisClient, openIoredis } from "./ioredis.ts";
import { RedisLink } from "./link.ts";
import { RedisNames } from "./names.ts";
import { type NodeRedisClient, openNodeRedis } from "./node-redis.ts";
import { redisPresence } from "./presence.ts";
import type { Script } from "./scripts.ts";
import { type RedisBackplaneOptions, type RedisSettings, resolveOptions } from "./settings.ts";

/** A client of the package `redis` or `ioredis`, of which connections are made with its own `duplicate()`. */
export type RedisClient = NodeRedisClient | IoredisClient;

/**
 * A backplane over Redis 6.2 or Valkey.
 *
 * The client is the pattern for two connections, made with its `duplicate()`: one for commands, one for subscriptions. It is not
 * used itself, need not be connected, and stays as it is. The connections are opened again, with growing delays, whenever they end.
 *
 * @param client made with `createClient()` of `redis`, or `new Redis()` of `ioredis`
 * @throws {TypeError} for a client or an option that can't be used
 */
export function redisBackplane(client: RedisClient, options: RedisBackplaneOptions = {}): Backplane {
  const settings = resolveOptions(options);
  if (typeof client?.duplicate !== "function") {
    throw new TypeError(`${REFUSAL}: client must be a client of redis or ioredis, got ${String(client)}`);
  }
  if (isCluster(client)) throw new TypeError(`${REFUSAL}: client must be that of one server, got a cluster's`);
  return new RedisBackplane(opener(client, settings.isSharded), settings);
}

const REFUSAL = "Cannot make a Redis backplane";

/** Those of a whole cluster answer to the same names, and mean something else. */
function isCluster(client: object): boolean {
  return "masters" in client || ("isCluster" in client && client.isCluster === true);
}

type Open = (events: ConnectionEvents, signal: AbortSignal) => Promise<RedisConnection>;

function opener(client: RedisClient, isSharded: boolean): Open {
  if ("callBuffer" in client) return (events, signal) => openIoredis(client, isSharded, events, signal);
  return (events, signal) => openNodeRedis(client, isSharded, events, signal);
}

class RedisBackplane implements Backplane {
  readonly name = "redis";
  readonly keepsHistory = true;
  readonly presence: BackplanePresence;
  readonly #inbox: Inbox = new Inbox(randomUUID());
  readonly #names: RedisNames;
  readonly #command: "PUBLISH" | "SPUBLISH";
  readonly #link: RedisLink;
  readonly #history: RedisHistory;
  /** The topics that are heard, by channel. */
  readonly #topics: Map<string, string> = new Map();

  constructor(open: Open, { prefix, isSharded, partitions }: RedisSettings) {
    const names = new RedisNames(prefix, isSharded, partitions);
    this.#names = names;
    this.#command = isSharded ? "SPUBLISH" : "PUBLISH";
    const { self } = this.#inbox;
    const batches = (channels: readonly string[]) => (isSharded ? byPartition(names, channels) : inBatches(channels));
    this.#link = new RedisLink(
      { open, probe: names.probe(self), publish: this.#command, batches },
      {
        message: (channel, payload) => this.#take(channel, payload),
        lost: (cause) => this.#inbox.lost(cause),
        regained: () => this.#inbox.regained(),
      },
    );
    const evaluate = this.#evaluate.bind(this);
    this.#history = new RedisHistory({
      names,
      evaluate,
      publishCommand: this.#command,
      self,
      createEpoch: randomUUID,
      rejected: (reason) => this.#inbox.rejected(reason),
    });
    this.presence = redisPresence(names, evaluate);
  }

  async start(receiver: BackplaneReceiver): Promise<void> {
    this.#inbox.open(receiver);
    await this.#link.start();
  }

  async subscribe(interests: readonly TopicInterest[]): Promise<void> {
    const channels = interests.map(({ topic }) => {
      const channel = this.#names.channel(topic);
      this.#topics.set(channel, topic);
      return channel;
    });
    await this.#link.subscribe(channels);
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    const channels = topics.map((topic) => this.#names.channel(topic));
    for (const channel of channels) this.#topics.delete(channel);
    await this.#link.unsubscribe(channels);
  }

  async publish(publication: Publication, history: HistoryLimits | undefined): Promise<Receipt> {
    if (history !== undefined) return this.#history.publish(publication, history);
    const wire = bufferOf(encodeWire(publication, this.#inbox.self));
    await this.#link.run([this.#command, this.#names.channel(publication.topic), wire]);
    return NOT_KEPT;
  }

  async history(topic: string, limits: HistoryLimits, request: HistoryRequest): Promise<HistoryPage> {
    return this.#history.page(topic, limits, request);
  }

  async close(): Promise<void> {
    this.#inbox.close();
    this.#link.close();
  }

  #take(channel: string, payload: Uint8Array): void {
    const topic = this.#topics.get(channel);
    if (topic !== undefined) this.#inbox.take(topic, payload);
  }

  /** By its hash, which a server that was started again does not know. */
  async #evaluate(script: Script, keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown> {
    const rest = [`${keys.length}`, ...keys, ...args];
    try {
      return await this.#link.run(["EVALSHA", script.sha, ...rest]);
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      if (!(cause instanceof Error) || !cause.message.startsWith("NOSCRIPT")) throw error;
    }
    return this.#link.run(["EVAL", script.source, ...rest]);
  }
}

const NOT_KEPT: Receipt = Object.freeze({ position: undefined, isDuplicate: false });

/** Channels in one SUBSCRIBE. */
const BATCH = 1_000;

function inBatches(channels: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(channels.length / BATCH);
  return Array.from({ length: count }, (_, index) => channels.slice(index * BATCH, (index + 1) * BATCH));
}

/** Those of one SSUBSCRIBE must be in one slot. */
function byPartition(names: RedisNames, channels: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const channel of channels) {
    const partition = names.partition(channel);
    const group = groups.get(partition);
    if (group === undefined) groups.set(partition, [channel]);
    else group.push(channel);
  }
  return [...groups.values()].flatMap(inBatches);
}
