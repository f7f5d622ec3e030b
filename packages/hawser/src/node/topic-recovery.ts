/**
 * What a subscriber missed, sent to it in order and no faster than it takes it, before it joins those who get what is published.
 */

import type { HistoryPage } from "../pubsub/backplane.ts";
import type { Position, StoredPublication } from "../pubsub/publication.ts";
import type { TopicFeed } from "../pubsub/topic-feed.ts";
import { SESSION } from "./connection.ts";
import type { OwnDelivery, Subscriber, Topic } from "./topic.ts";
import { type Subscription, subscriptionAt } from "./topic-host.ts";

/** How a recovery sees its server. */
export interface RecoveryHost {
  /** Sends one subscriber what another one got when it was published. */
  sendTo(ws: Subscriber, topic: Topic, publication: StoredPublication): void;
  /** Whether something after `since` may be missing in the history, which reaches to `latest`. */
  isBroken(topic: string, since: Position, latest: Position): boolean;
}

/** Questions to the engine, each of which a subscriber's slowness or a publisher's haste may cost; then it is given up. */
const MAX_PAGES = 1_000;

/**
 * Recovers a subscriber, which has begun to join, and lets it join. Resolves with what became of it, and where the topic stood at
 * that very moment; `undefined` if the subscription ended meanwhile. Does not reject.
 */
export function recover(
  host: RecoveryHost,
  topic: Topic,
  ws: Subscriber,
  since: Position,
  attempt: object,
): Promise<Subscription | undefined> {
  return new Recovery(host, topic, ws, since, attempt).run();
}

class Recovery {
  readonly #host: RecoveryHost;
  readonly #topic: Topic;
  readonly #feed: TopicFeed<OwnDelivery>;
  readonly #ws: Subscriber;
  readonly #attempt: object;
  /** Up to where the subscriber has everything. */
  #at: Position;

  constructor(host: RecoveryHost, topic: Topic, ws: Subscriber, since: Position, attempt: object) {
    this.#host = host;
    this.#topic = topic;
    this.#feed = topic.feed!;
    this.#ws = ws;
    this.#at = since;
    this.#attempt = attempt;
  }

  async run(): Promise<Subscription | undefined> {
    await this.#topic.ready;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await this.#nextPage();
      if (page === undefined || !page.isComplete || this.#isBroken(page)) break;
      await this.#send(page);
      const { position } = this.#feed;
      if (position === undefined || !this.#isWanted()) break;
      if (position.epoch === this.#at.epoch && position.offset === this.#at.offset) {
        // While it was sent what it missed, something may have been published that has no place
        return this.#join(!this.#isBroken(this.#at));
      }
      // The engine is further than this process has heard
      if (position.epoch !== this.#at.epoch || position.offset < this.#at.offset) await this.#feed.catchUp();
    }
    return this.#join(false);
  }

  /** Nothing may wait between the last look at where the topic stands and this. */
  #join(recovered: boolean): Subscription | undefined {
    if (!this.#isWanted()) return undefined;
    this.#topic.join(this.#ws);
    return subscriptionAt(this.#topic.position, recovered);
  }

  #isWanted(): boolean {
    return this.#topic.isJoining(this.#ws, this.#attempt);
  }

  /** `undefined`: the engine did not answer. */
  async #nextPage(): Promise<HistoryPage | undefined> {
    try {
      return await this.#feed.pageAfter(this.#at);
    } catch {
      return undefined;
    }
  }

  #isBroken(latest: Position): boolean {
    return this.#host.isBroken(this.#topic.name, this.#at, latest);
  }

  async #send(page: HistoryPage): Promise<void> {
    const session = this.#ws[SESSION];
    for (const publication of page.publications) {
      // Its end is noticed by whoever waits for the subscriber
      if (session.isOutputFull()) await session.outbox.untilRoom().catch(() => undefined);
      if (!this.#isWanted()) return;
      this.#host.sendTo(this.#ws, this.#topic, publication);
      this.#at = { epoch: publication.epoch, offset: publication.offset };
    }
  }
}
