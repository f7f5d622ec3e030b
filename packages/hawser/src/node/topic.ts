/**
 * One topic as this process has it: who is subscribed to it here, and what that takes.
 *
 * There is one as long as somebody is.
 */

import type { Position } from "../pubsub/publication.ts";
import type { TopicFeed } from "../pubsub/topic-feed.ts";
import type { TopicQueue } from "../pubsub/topic-queue.ts";
import type { BroadcastResult } from "./broadcast.ts";
import { Conflation } from "./conflation.ts";
import type { Connection } from "./connection.ts";
import type { TopicSettings } from "./topic-options.ts";
import type { TopicPresence } from "./topic-presence.ts";

/** A connection that may be subscribed to topics. */
export interface Subscriber extends Connection {
  /** Its topics, in the order in which it subscribed; `undefined` if it never did. */
  subscriptions: Topic[] | undefined;
}

/** A publication of this process, until it is delivered in it. */
export interface OwnDelivery {
  readonly except: ReadonlySet<Connection>;
  /** Once it is delivered. */
  result: BroadcastResult | undefined;
}

export class Topic {
  readonly name: string;
  readonly settings: TopicSettings;
  /** Who gets what is published. The same object all along: a broadcast knows an audience by it. */
  readonly connections: Set<Subscriber> = new Set();
  /** Puts publications in order, if the topic has a history. */
  feed: TopicFeed<OwnDelivery> | undefined;
  presence: TopicPresence | undefined;
  /** Resolves when others' publications reach this process, as far as the engine is there. */
  ready: Promise<void> = READY;
  /** Iterations of the application's own. Another list whenever one comes or goes. */
  readers: readonly TopicQueue[] = NO_READERS;
  #conflation: Conflation | undefined;
  /** Who is getting what it missed first, each with a token of that very attempt. */
  #joining: Map<Subscriber, object> | undefined;

  constructor(name: string, settings: TopicSettings) {
    this.name = name;
    this.settings = settings;
  }

  get isUnused(): boolean {
    return this.connections.size === 0 && this.readers.length === 0 && (this.#joining?.size ?? 0) === 0;
  }

  /** Where the topic stands in this process. */
  get position(): Position | undefined {
    return this.feed?.position;
  }

  /** What is kept for those who are behind. */
  get conflation(): Conflation {
    this.#conflation ??= new Conflation();
    return this.#conflation;
  }

  has(ws: Subscriber): boolean {
    return this.connections.has(ws) || this.isRecovering(ws);
  }

  /** Whether it has begun to join and not joined yet. */
  isRecovering(ws: Subscriber): boolean {
    return this.#joining?.has(ws) ?? false;
  }

  /** From now on it gets what is published. */
  join(ws: Subscriber): void {
    this.#joining?.delete(ws);
    this.connections.add(ws);
  }

  /** It gets nothing until it joins. The result names this attempt. */
  beginJoining(ws: Subscriber): object {
    this.remove(ws);
    this.#joining ??= new Map();
    const attempt = {};
    this.#joining.set(ws, attempt);
    return attempt;
  }

  /** Whether nothing has come between: the end of the subscription, or of the connection, or another attempt. */
  isJoining(ws: Subscriber, attempt: object): boolean {
    return this.#joining?.get(ws) === attempt;
  }

  remove(ws: Subscriber): void {
    this.connections.delete(ws);
    this.#joining?.delete(ws);
    this.#conflation?.forget(ws);
  }
}

const READY: Promise<void> = Promise.resolve();
const NO_READERS: readonly TopicQueue[] = [];
