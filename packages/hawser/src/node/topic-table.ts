/**
 * The topics there are in this process, each made when it gets its first subscriber and gone with its last: what the engine is
 * asked for, put in order, and handed over.
 */

import type { BackplanePresence, HistoryLimits, PresenceRecord } from "../pubsub/backplane.ts";
import type { Position, Publication, StoredPublication } from "../pubsub/publication.ts";
import { type FeedHost, TopicFeed } from "../pubsub/topic-feed.ts";
import type { BackplaneLink } from "./backplane-link.ts";
import { type BroadcastResult, NOBODY } from "./broadcast.ts";
import type { Connection } from "./connection.ts";
import type { Data } from "./data.ts";
import type { Logger } from "./logger.ts";
import type { ServerCounters } from "./server-counters.ts";
import type { TimingWheel } from "./timing-wheel.ts";
import { type OwnDelivery, type Subscriber, Topic } from "./topic.ts";
import { deliver, handOver, sendTo } from "./topic-delivery.ts";
import type { PresenceSettings, TopicSettings } from "./topic-options.ts";
import { type PresenceHost, TopicPresence } from "./topic-presence.ts";

/** What the topics of a server share. */
export interface TopicTableParts {
  readonly settingsOf: (topic: string) => TopicSettings;
  readonly link: BackplaneLink;
  readonly wheel: TimingWheel;
  readonly logger: Logger;
  readonly counters: Pick<ServerCounters, "delivered">;
}

/**
 * Publications of a topic held for those who come back, where the engine is not in this process: after a restart of a router,
 * hundreds do at once.
 */
const RECENT = 256;

/** Milliseconds, at least, after which an engine is asked again for a history that was not to be had. */
const HISTORY_RETRY = 1_000;

export class TopicTable {
  readonly #parts: TopicTableParts;
  readonly #topics: Map<string, Topic> = new Map();
  /** Whose history is to be asked for again. */
  readonly #unanswered: Set<Topic> = new Set();

  constructor(parts: TopicTableParts) {
    this.#parts = parts;
  }

  get all(): ReadonlyMap<string, Topic> {
    return this.#topics;
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  /**
   * What a topic goes by, whether it is there or not.
   *
   * @throws {TypeError} if it needs an engine that can do more.
   */
  settingsOf(name: string): TopicSettings {
    const there = this.#topics.get(name);
    if (there !== undefined) return there.settings;
    const settings = this.#parts.settingsOf(name);
    const { link } = this.#parts;
    if (settings.history !== undefined && !link.engine.keepsHistory) throw unable(name, "history", link.engine.name);
    if (settings.presence !== undefined && !link.engine.presence) throw unable(name, "presence", link.engine.name);
    return settings;
  }

  /** The topic, made if need be. Somebody must subscribe, or it must be closed again. */
  open(name: string): Topic {
    const existing = this.#topics.get(name);
    if (existing !== undefined) return existing;
    const topic = new Topic(name, this.settingsOf(name));
    this.#topics.set(name, topic);
    const { history, presence } = topic.settings;
    if (history !== undefined) topic.feed = this.#feedOf(topic, history);
    topic.ready = this.#begin(topic);
    if (presence !== undefined) topic.presence = this.#presenceOf(topic, presence);
    return topic;
  }

  /** To be called when a subscriber has left. */
  closeIfUnused(topic: Topic): void {
    if (!topic.isUnused || this.#topics.get(topic.name) !== topic) return;
    topic.presence?.end();
    this.#topics.delete(topic.name);
    this.#parts.link.unhear(topic.name);
  }

  /** Hands a publication over. Whatever the application's `format` throws is logged, and nobody gets the message. */
  handOver(
    topic: Topic,
    publication: Publication,
    position: Position | undefined,
    except: ReadonlySet<Connection>,
  ): BroadcastResult {
    try {
      const result = handOver(topic, publication, position, except);
      this.#parts.counters.delivered += result.sent;
      return result;
    } catch (error) {
      this.#failed(topic, error, "the option format failed");
      return { sent: 0, skipped: 0, failed: topic.connections.size };
    }
  }

  /** Sends one subscriber what others got when it was published. */
  sendTo(ws: Subscriber, topic: Topic, publication: StoredPublication): void {
    try {
      sendTo(ws, topic, publication, publication);
    } catch (error) {
      this.#failed(topic, error, "the option format failed");
    }
  }

  #begin(topic: Topic): Promise<void> {
    const { link } = this.#parts;
    const { feed, name, settings } = topic;
    // A topic without history asks nothing of an engine that has nobody else to tell
    if (!link.isShared && feed === undefined) return topic.ready;
    const heard = link.hear(name, settings.history);
    if (link.isShared) return heard.then(() => feed?.catchUp());
    feed?.catchUp();
    return topic.ready;
  }

  #feedOf(topic: Topic, limits: HistoryLimits): TopicFeed<OwnDelivery> {
    const { link, logger } = this.#parts;
    const host: FeedHost<OwnDelivery> = {
      history: (request) => link.engine.history(topic.name, limits, request),
      deliver: (publication, own) => {
        const result = this.handOver(topic, publication, publication, own?.except ?? NOBODY);
        if (own !== undefined) own.result = result;
      },
      lost: (position) => this.#lost(topic, position),
      historyFailed: (error) => {
        logger.debug({ topic: topic.name, err: error }, "a topic's history was not to be had");
        this.#askAgainLater(topic);
      },
    };
    return new TopicFeed(host, link.isShared ? Math.min(RECENT, limits.maxCount) : 0);
  }

  /** An engine that is away says when it is back; one that is there was busy, or a question got lost. */
  #askAgainLater(topic: Topic): void {
    const { link, wheel } = this.#parts;
    if (!link.isConnected || this.#unanswered.has(topic)) return;
    this.#unanswered.add(topic);
    const again = () => {
      this.#unanswered.delete(topic);
      if (this.#topics.get(topic.name) === topic) void topic.feed?.catchUp();
    };
    // At random, so that a busy engine is not asked for all at once
    wheel.clock.schedule(again, HISTORY_RETRY * (1 + Math.random()));
  }

  #lost(topic: Topic, { epoch, offset }: Position): void {
    this.#parts.logger.warn({ topic: topic.name, epoch, offset }, "publications of a topic were lost");
    this.#tell(topic, "lost", () => topic.settings.lost?.({ topic: topic.name, epoch, offset }));
  }

  #presenceOf(topic: Topic, settings: PresenceSettings): TopicPresence {
    const { link, wheel, logger } = this.#parts;
    const host: PresenceHost = {
      store: link.engine.presence as BackplanePresence,
      wheel,
      tell: (type, record) => this.#tellOthers(topic, type, record),
      announce: (type, record) => {
        const announce = () => settings.announce?.({ type, topic: topic.name, member: memberOf(record) });
        this.#tell(topic, "presence.announce", announce);
      },
      presenceFailed: (error) => logger.debug({ topic: topic.name, err: error }, "presence was not to be had"),
    };
    return new TopicPresence(topic.name, settings, host);
  }

  #tellOthers({ name }: Topic, kind: "join" | "leave", record: PresenceRecord): void {
    const { link } = this.#parts;
    if (!link.isShared) return;
    const data = JSON.stringify({ id: record.id, data: record.data });
    void link.publish({ topic: name, kind, data, key: undefined, compress: undefined }, undefined);
  }

  /** Sends the topic's connections what a function of the application's says, if it says something. */
  #tell(topic: Topic, option: string, say: () => Data | undefined): void {
    try {
      const message = say();
      if (message !== undefined) deliver(topic, message, {});
    } catch (error) {
      this.#failed(topic, error, `the option ${option} failed`);
    }
  }

  #failed({ name }: Topic, error: unknown, message: string): void {
    this.#parts.logger.error({ topic: name, err: error }, message);
  }
}

/** What others are told of a member. Its data may have been written by anybody who writes to the engine. */
export function memberOf({ id, data }: PresenceRecord): { readonly id: string; readonly data: unknown } {
  try {
    return { id, data: JSON.parse(data) };
  } catch {
    return { id, data: undefined };
  }
}

function unable(topic: string, feature: string, engine: string): TypeError {
  return new TypeError(
    `Cannot use the topic ${JSON.stringify(topic)}: ${feature} needs a backplane that keeps it, and ${engine} does not`,
  );
}
