/**
 * What a connection, and the application, ask of a server's topics.
 */

import type { BroadcastResult } from "./broadcast.ts";
import type { Connection } from "./connection.ts";
import type { Data } from "./data.ts";
import type { Subscriber } from "./topic.ts";

export interface PublishOptions {
  /** Whether an extension may compress the message. By default the extension decides. */
  readonly compress?: boolean;
  /** Connections of this process that do not get the message. */
  readonly except?: Connection | Iterable<Connection>;
}

export const PUBLISH_OPTIONS = ["compress", "except"] as const satisfies readonly (keyof PublishOptions)[];

/** What became of a publication, among the subscribers in this process. */
export interface PublishResult extends BroadcastResult {}

/** A server's topics, as its connections use them. */
export interface TopicHost {
  subscribe(ws: Subscriber, topic: string): Promise<void>;
  unsubscribe(ws: Subscriber, topic: string): boolean;
  publish(topic: string, data: Data, options: PublishOptions | undefined, sender: Subscriber): PublishResult;
}
