/**
 * The topics of one server, as its connections and the application use them.
 */

import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { Backplane, BackplanePresence } from "../pubsub/backplane.ts";
import { checkSince, isPresenceRecord } from "../pubsub/checks.ts";
import type { Position, Publication, StoredPublication } from "../pubsub/publication.ts";
import { checkTopic } from "../pubsub/topic-name.ts";
import { type TopicMessages, TopicQueue } from "../pubsub/topic-queue.ts";
import { BackplaneLink, type BackplaneMetrics, type LinkHost } from "./backplane-link.ts";
import { SESSION } from "./connection.ts";
import type { Data } from "./data.ts";
import { diagnostics } from "./diagnostics.ts";
import { ignore } from "./ignore.ts";
import type { Logger } from "./logger.ts";
import { checkCount, checkLimit } from "./option-checks.ts";
import { ServerCounters } from "./server-counters.ts";
import type { TimingWheel } from "./timing-wheel.ts";
import type { Subscriber, Topic } from "./topic.ts";
import { TopicCounts } from "./topic-counts.ts";
import {
  type PublishOptions,
  type PublishResult,
  SUBSCRIBE_OPTIONS,
  type SubscribeOptions,
  type Subscription,
  subscriptionAt,
  type TopicHost,
} from "./topic-host.ts";
import type { PresenceMember, TopicMessage, TopicSettings } from "./topic-options.ts";
import { presenceRecord } from "./topic-presence.ts";
import { TopicPublisher } from "./topic-publisher.ts";
import { type RecoveryHost, recover } from "./topic-recovery.ts";
import { memberOf, TopicTable } from "./topic-table.ts";

/** What a server's topics are made of. */
export interface TopicsParts {
  /** From a topic's name to what it goes by. */
  readonly settingsOf: (topic: string) => TopicSettings;
  readonly backplane: Backplane | undefined;
  readonly wheel: TimingWheel;
  readonly logger: Logger;
  /** Where publications are counted, if anybody asks. */
  readonly counters?: ServerCounters;
}

export interface ReadOptions {
  /** Aborting it ends the iteration. */
  readonly signal?: AbortSignal;
  /**
   * Messages that wait to be taken; when there are more, the oldest goes, and `dropped` counts it.
   *
   * @default 1_000
   */
  readonly maxQueue?: number;
}

export interface HistoryOptions {
  /** What follows this; by default the latest. */
  readonly since?: { readonly epoch: string; readonly offset: number };
  /**
   * Without `since`: at most so many.
   *
   * @default all that are kept
   */
  readonly last?: number;
}

/** What is kept of a topic. */
export interface TopicHistory {
  /** Of the latest publication; the offset is 0 if there was none. What `since` takes, to subscribe without a gap. */
  readonly epoch: string;
  readonly offset: number;
  /** In order. Bytes must not be changed. */
  readonly messages: readonly TopicMessage[];
  /** With `since`: whether nothing is missing; if something is, there are no messages. */
  readonly isComplete: boolean;
}

/** Some seconds of a busy topic. */
const MAX_QUEUE = 1_000;

export class ServerTopics implements TopicHost, LinkHost, RecoveryHost {
  readonly #link: BackplaneLink;
  readonly #table: TopicTable;
  readonly #publisher: TopicPublisher;
  /** The topics there are, and how many connections each has. */
  readonly counts: ReadonlyMap<string, number>;
  readonly #counters: ServerCounters;
  #hasEnded = false;

  constructor({ settingsOf, backplane, wheel, logger, counters = new ServerCounters() }: TopicsParts) {
    this.#counters = counters;
    this.#link = new BackplaneLink(backplane, wheel.clock, logger, this);
    this.#table = new TopicTable({ settingsOf, link: this.#link, wheel, logger, counters });
    this.#publisher = new TopicPublisher(this.#table, this.#link, wheel.clock);
    this.counts = new TopicCounts(this.#table.all);
  }

  /** Whether the engine is there, or none is needed. */
  get isConnected(): boolean {
    return this.#link.isConnected;
  }

  get metrics(): BackplaneMetrics | undefined {
    return this.#link.metrics;
  }

  /** Rejects if the backplane can't be used. */
  start(): Promise<void> {
    return this.#link.start();
  }

  /** Ends all iterations, and those that may yet begin. */
  endReaders(): void {
    this.#hasEnded = true;
    for (const { readers } of [...this.#table.all.values()]) for (const reader of readers) reader.end();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  subscribe(ws: Subscriber, name: string, options: SubscribeOptions = {}): Promise<Subscription> {
    checkTopic("subscribe", name);
    refuseUnknownOptions("Cannot subscribe", options, SUBSCRIBE_OPTIONS);
    const since = checkSince("subscribe", options.since);
    const member = options.presence === undefined ? undefined : presenceRecord(ws.id, options.presence);
    if (member !== undefined) this.#presenceOf("subscribe with presence", name);
    // What ended is never removed again
    if (ws.state === "closed") return ws[SESSION].rejectOnceClosed();
    const topic = this.#table.open(name);
    if (!topic.has(ws)) ws.subscriptions = added(ws.subscriptions, topic);
    const subscription = since && topic.feed ? this.#recover(topic, ws, since) : this.#join(topic, ws);
    if (member !== undefined) topic.presence?.join(member);
    subscription.catch(ignore);
    return subscription;
  }

  /** Whether it was subscribed. */
  unsubscribe(ws: Subscriber, name: string): boolean {
    checkTopic("unsubscribe", name);
    const topic = this.#table.get(name);
    if (topic === undefined || !topic.has(ws)) return false;
    const subscriptions = ws.subscriptions!;
    subscriptions.splice(subscriptions.indexOf(topic), 1);
    this.#remove(topic, ws);
    return true;
  }

  /** A connection has ended, and with it its subscriptions. */
  leave(ws: Subscriber): void {
    const { subscriptions } = ws;
    ws.subscriptions = undefined;
    for (const topic of subscriptions ?? []) this.#remove(topic, ws);
  }

  publish(topic: string, data: Data, options?: PublishOptions, sender?: Subscriber): PublishResult {
    const result = this.#publisher.publish(topic, data, options, sender);
    this.#counters.published++;
    if (diagnostics.publish.hasSubscribers) {
      const { sent, skipped, failed } = result;
      diagnostics.publish.publish({ topic, sent, skipped, failed });
    }
    return result;
  }

  /** The messages of a topic, for the application itself. */
  read(name: string, options: ReadOptions = {}): TopicMessages {
    checkTopic("subscribe", name);
    refuseUnknownOptions("Cannot subscribe", options, ["signal", "maxQueue"]);
    const maxQueue = checkCount("subscribe", "maxQueue", options.maxQueue ?? MAX_QUEUE);
    const { signal } = options;
    const topic = this.#table.open(name);
    const abort = () => queue.end();
    const queue = new TopicQueue(maxQueue, () => {
      signal?.removeEventListener("abort", abort);
      topic.readers = topic.readers.filter((reader) => reader !== queue);
      this.#table.closeIfUnused(topic);
    });
    topic.readers = [...topic.readers, queue];
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted || this.#hasEnded) abort();
    return queue;
  }

  /** What is kept of a topic. */
  async history(name: string, options: HistoryOptions = {}): Promise<TopicHistory> {
    const action = "read the history";
    checkTopic(action, name);
    refuseUnknownOptions(`Cannot ${action}`, options, ["since", "last"]);
    const since = checkSince(action, options.since);
    const wanted = checkLimit(action, "last", options.last ?? Number.POSITIVE_INFINITY, 0);
    const limits = this.#table.settingsOf(name).history;
    if (limits === undefined) throw new TypeError(`Cannot ${action}: the topic ${JSON.stringify(name)} has none`);
    // No engine's protocol has a word for all of them
    const last = Math.min(wanted, limits.maxCount);
    const page = await this.#link.engine.history(name, limits, since === undefined ? { last } : { since });
    const messages = page.publications.map(({ data, epoch, offset }) => ({ topic: name, data, epoch, offset }));
    return { epoch: page.epoch, offset: page.offset, messages, isComplete: page.isComplete };
  }

  /** The members of a topic, in all processes. */
  async present(name: string): Promise<readonly PresenceMember[]> {
    const records = await this.#presenceOf("tell who is present", name).list(name);
    return records.filter(isPresenceRecord).map(memberOf);
  }

  async countPresent(name: string): Promise<number> {
    return this.#presenceOf("tell who is present", name).count(name);
  }

  // What the link tells

  received(publication: Publication, position: Position | undefined): void {
    this.#publisher.received(publication, position);
  }

  confirmed(duration: number): void {
    this.#counters.publishLags.observe(duration / 1000);
  }

  gap(topics: readonly string[] | undefined): void {
    for (const name of topics ?? this.#table.all.keys()) {
      const topic = this.#table.get(name);
      void topic?.feed?.catchUp();
      topic?.presence?.repeat();
    }
  }

  // What a recovery asks

  sendTo(ws: Subscriber, topic: Topic, publication: StoredPublication): void {
    this.#table.sendTo(ws, topic, publication);
  }

  isBroken(topic: string, since: Position, latest: Position): boolean {
    return this.#publisher.gaps.isBroken(topic, since, latest);
  }

  #join(topic: Topic, ws: Subscriber): Promise<Subscription> {
    // Whoever is getting what it missed goes on doing so
    if (!topic.isRecovering(ws)) topic.join(ws);
    const { position } = topic;
    // Where the topic does not know yet where it stands, it begins for this one too
    return topic.ready.then(() => subscriptionAt(position ?? topic.feed?.beginning, false));
  }

  async #recover(topic: Topic, ws: Subscriber, since: Position): Promise<Subscription> {
    const subscription = await recover(this, topic, ws, since, topic.beginJoining(ws));
    this.#counters.recoveries.count(recoveryOf(subscription));
    return subscription ?? subscriptionAt(topic.position, false);
  }

  #remove(topic: Topic, ws: Subscriber): void {
    topic.remove(ws);
    if (topic.presence !== undefined) topic.presence.leave(ws.id);
    this.#table.closeIfUnused(topic);
  }

  #presenceOf(action: string, name: string): BackplanePresence {
    checkTopic(action, name);
    if (this.#table.settingsOf(name).presence !== undefined) return this.#link.engine.presence!;
    throw new TypeError(`Cannot ${action}: the topic ${JSON.stringify(name)} has no presence`);
  }
}

function recoveryOf(subscription: Subscription | undefined): "recovered" | "incomplete" | "ended" {
  if (subscription === undefined) return "ended";
  return subscription.recovered ? "recovered" : "incomplete";
}

/** Beyond so many, a list grows as arrays do: by half and sixteen. */
const EXACT = 8;

/** Most connections have few topics: what is pushed onto a short array takes room for sixteen more. */
function added(topics: Topic[] | undefined, topic: Topic): Topic[] {
  if (topics === undefined) return [topic];
  if (topics.length < EXACT) return topics.concat(topic);
  topics.push(topic);
  return topics;
}
