/**
 * A connection that a server accepted.
 */

import { type Agreement, Connection } from "./connection.ts";
import type { Data } from "./data.ts";
import type { PendingConnection } from "./pending-connection.ts";
import type { RosterMember } from "./roster.ts";
import type { Session } from "./session.ts";
import type { Subscriber, Topic } from "./topic.ts";
import type { PublishOptions, PublishResult, SubscribeOptions, Subscription, TopicHost } from "./topic-host.ts";
import type { Endpoints } from "./transport.ts";

export class ServerConnection<UserData = unknown> extends Connection<UserData> implements RosterMember, Subscriber {
  /** Who the client is, as `basicAuth` or `processRequest` found out. */
  readonly username: string | undefined;
  /** Whether the client used TLS, as far as we or trusted proxies know. */
  readonly isSecure: boolean;
  /** @internal */
  place = 0;
  /** When it opened, and when it began to close: whole milliseconds, which need no memory of their own. @internal */
  openedAt = 0;
  /** @internal */
  closingSince = 0;
  /** @internal */
  subscriptions: Topic[] | undefined = undefined;
  readonly #topics: TopicHost;

  /** @internal */
  constructor(
    session: Session,
    agreement: Agreement,
    endpoints: Endpoints,
    pending: PendingConnection<UserData>,
    topics: TopicHost,
  ) {
    super(session, agreement, endpoints, pending.assignedId);
    this.#topics = topics;
    this.username = pending.username;
    this.isSecure = pending.isSecure;
    this.data = pending.data;
  }

  /** The names of the topics that the connection is subscribed to now. */
  get topics(): ReadonlySet<string> {
    return new Set(this.subscriptions?.map(({ name }) => name));
  }

  /**
   * Subscribes to a topic: from now on the connection gets what is published to it. The subscription ends with the connection;
   * doing it again changes nothing, unless with `since`.
   *
   * Resolves when publications of other processes reach the connection too; those of this one do at once. With `since`, what was
   * missed is sent first, no faster than the connection takes it, and then it resolves; `recovered: false` says that some of it is
   * not kept any more, or may never have been: then nothing of it is sent, or only its beginning.
   *
   * Rejects with {@link ConnectionClosed} if the connection has ended; nobody has to handle that.
   *
   * @throws {TypeError} if `topic` is not a string of 1 to 255 characters without control characters, or for an option that is
   * not allowed.
   */
  subscribe(topic: string, options?: SubscribeOptions): Promise<Subscription> {
    return this.#topics.subscribe(this, topic, options);
  }

  /**
   * Ends a subscription. `false`: there was none.
   *
   * @throws {TypeError} if `topic` is not a string of 1 to 255 characters without control characters.
   */
  unsubscribe(topic: string): boolean {
    return this.#topics.unsubscribe(this, topic);
  }

  /**
   * Publishes a message to all subscribers of a topic but this connection, which need not be one of them. Never waits: what
   * happens to a subscriber that does not keep up is the server's option `slowConsumer`.
   *
   * @throws {TypeError} if `topic` is no topic's name, `data` is neither text nor bytes, or for an unknown option.
   */
  publish(topic: string, data: Data, options?: PublishOptions): PublishResult {
    return this.#topics.publish(topic, data, options, this);
  }
}
