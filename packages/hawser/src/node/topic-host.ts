/**
 * What a connection, and the application, ask of a server's topics, and what they are told.
 */

import type { Position } from "../pubsub/publication.ts";
import type { BroadcastResult } from "./broadcast.ts";
import type { Connection } from "./connection.ts";
import type { Data } from "./data.ts";
import type { Subscriber } from "./topic.ts";

export interface SubscribeOptions {
  /**
   * What was got last, in a topic with a history: what was missed is sent first, in order. From the result of an earlier
   * subscription, or from a message that tells its offset.
   */
  readonly since?: { readonly epoch: string; readonly offset: number };
  /**
   * What the others are told of this connection, in a topic with presence: it is a member as long as it is subscribed. Anything
   * that JSON can say in at most 4,096 characters.
   */
  readonly presence?: unknown;
}

export const SUBSCRIBE_OPTIONS = ["since", "presence"] as const satisfies readonly (keyof SubscribeOptions)[];

/** A subscription, once others' publications reach it. */
export interface Subscription {
  /** Whether everything after `since` was sent. `false` if nothing was asked for. */
  readonly recovered: boolean;
  /** Where the topic stood when live messages began: the next one has the offset after it. `undefined` without a history. */
  readonly epoch: string | undefined;
  readonly offset: number | undefined;
}

/** A subscription that begins after `position`. */
export function subscriptionAt(position: Position | undefined, recovered: boolean): Subscription {
  return { recovered, epoch: position?.epoch, offset: position?.offset };
}

export interface PublishOptions {
  /** Whether an extension may compress the message. By default the extension decides. */
  readonly compress?: boolean;
  /** Connections of this process that do not get the message. */
  readonly except?: Connection | Iterable<Connection>;
  /**
   * Names the publication: a second one with the same key on the same topic goes to nobody, for two minutes and as long as not
   * 10,000 others came since. 1 to 255 characters.
   */
  readonly idempotencyKey?: string;
}

export const PUBLISH_OPTIONS = [
  "compress",
  "except",
  "idempotencyKey",
] as const satisfies readonly (keyof PublishOptions)[];

/** What became of a publication, among the subscribers in this process. */
export interface PublishResult extends BroadcastResult {
  /** Where it stands in the history of its topic, if that has one and the engine has told. */
  readonly epoch?: string;
  readonly offset?: number;
  /** A publication with this key was seen before: this one went to nobody. */
  readonly isDuplicate?: true;
  /**
   * With a backplane that does not answer at once: resolves when the engine has the publication, with the result as it is then.
   * Rejects with a `BackplaneError` if the engine does not have it, or may not; nobody has to handle that.
   */
  readonly confirmed?: Promise<PublishResult>;
}

/** A server's topics, as its connections use them. */
export interface TopicHost {
  subscribe(ws: Subscriber, topic: string, options: SubscribeOptions | undefined): Promise<Subscription>;
  unsubscribe(ws: Subscriber, topic: string): boolean;
  publish(topic: string, data: Data, options: PublishOptions | undefined, sender: Subscriber): PublishResult;
}
