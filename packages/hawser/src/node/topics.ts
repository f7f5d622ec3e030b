/**
 * The topics of one server: joins its connections with who is subscribed to what.
 */

import { copyBytes } from "../bytes/copy.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { checkTopic } from "../pubsub/topic-name.ts";
import { type BroadcastOptions, exceptions } from "./broadcast.ts";
import { SESSION } from "./connection.ts";
import { type Data, toBytes } from "./data.ts";
import { type Subscriber, Topic } from "./topic.ts";
import { TopicCounts } from "./topic-counts.ts";
import { deliver } from "./topic-delivery.ts";
import { PUBLISH_OPTIONS, type PublishOptions, type PublishResult, type TopicHost } from "./topic-host.ts";
import type { TopicSettings } from "./topic-options.ts";

export class ServerTopics implements TopicHost {
  readonly #settingsOf: (topic: string) => TopicSettings;
  readonly #topics: Map<string, Topic> = new Map();
  /** The topics there are, and how many connections each has. */
  readonly counts: ReadonlyMap<string, number> = new TopicCounts(this.#topics);

  /** `settingsOf`: from a topic's name to what it goes by. */
  constructor(settingsOf: (topic: string) => TopicSettings) {
    this.#settingsOf = settingsOf;
  }

  subscribe(ws: Subscriber, name: string): Promise<void> {
    checkTopic("subscribe", name);
    // What ended is never removed again
    if (ws.state === "closed") return ws[SESSION].rejectOnceClosed();
    const topic = this.#topic(name);
    if (!topic.has(ws)) {
      topic.connections.add(ws);
      ws.subscriptions ??= [];
      ws.subscriptions.push(topic);
    }
    return SUBSCRIBED;
  }

  /** Whether it was subscribed. */
  unsubscribe(ws: Subscriber, name: string): boolean {
    checkTopic("unsubscribe", name);
    const topic = this.#topics.get(name);
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

  publish(name: string, data: Data, options: PublishOptions = {}, sender?: Subscriber): PublishResult {
    checkTopic("publish", name);
    refuseUnknownOptions("Cannot publish", options, PUBLISH_OPTIONS);
    const message = checkMessage(data);
    const topic = this.#topics.get(name);
    if (topic === undefined) return { sent: 0, skipped: 0, failed: 0 };
    return deliver(topic, keepsMessages(topic) ? ownCopy(message) : message, broadcastOptions(options, sender));
  }

  #topic(name: string): Topic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = new Topic(name, this.#settingsOf(name));
      this.#topics.set(name, topic);
    }
    return topic;
  }

  #remove(topic: Topic, ws: Subscriber): void {
    topic.remove(ws);
    if (topic.isUnused) this.#topics.delete(topic.name);
  }
}

/** Text, or bytes without a copy. */
function checkMessage(data: Data): string | Uint8Array {
  return typeof data === "string" ? data : toBytes("publish", data);
}

/** Whether messages are held for longer than the call that publishes them. */
function keepsMessages({ settings }: Topic): boolean {
  return settings.slowSubscriber === "conflate";
}

function ownCopy(message: string | Uint8Array): string | Uint8Array {
  return typeof message === "string" ? message : copyBytes(message);
}

const SUBSCRIBED: Promise<void> = Promise.resolve();

function broadcastOptions({ compress, except }: PublishOptions, sender: Subscriber | undefined): BroadcastOptions {
  const excepted = sender === undefined ? except : [...exceptions(except), sender];
  return {
    ...(compress === undefined ? {} : { compress }),
    ...(excepted === undefined ? {} : { except: excepted }),
  };
}
