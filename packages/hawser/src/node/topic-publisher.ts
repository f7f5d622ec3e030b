/**
 * Publications of a server, on their way to the subscribers here and to the engine, and those that come from it.
 */

import { copyBytes } from "../bytes/copy.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { HistoryLimits, Receipt } from "../pubsub/backplane.ts";
import { isPresenceRecord } from "../pubsub/checks.ts";
import { type Position, type Publication, stored } from "../pubsub/publication.ts";
import { checkKey, RecentKeys } from "../pubsub/recent-keys.ts";
import { checkTopic } from "../pubsub/topic-name.ts";
import type { BackplaneLink } from "./backplane-link.ts";
import { type BroadcastResult, exceptions, NOBODY } from "./broadcast.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { Data } from "./data.ts";
import { GapMarks } from "./gap-marks.ts";
import { ignore } from "./ignore.ts";
import type { OwnDelivery, Subscriber } from "./topic.ts";
import { checkMessage, NO_RECEIVERS } from "./topic-delivery.ts";
import { PUBLISH_OPTIONS, type PublishOptions, type PublishResult } from "./topic-host.ts";
import type { TopicSettings } from "./topic-options.ts";
import type { TopicTable } from "./topic-table.ts";

/** A publication whose key is known. */
interface Known {
  /** Whether others may not have it: then it is passed on to them when it is published again. */
  hasFailed: boolean;
}

export class TopicPublisher {
  readonly #table: TopicTable;
  readonly #link: BackplaneLink;
  readonly #clock: Clock;
  /** Those of topics without history; engines know the others. */
  readonly #keys: RecentKeys<Known> = new RecentKeys();
  /** What was published here while the engine was away. */
  readonly gaps: GapMarks = new GapMarks();

  constructor(table: TopicTable, link: BackplaneLink, clock: Clock) {
    this.#table = table;
    this.#link = link;
    this.#clock = clock;
  }

  publish(topic: string, data: Data, options: PublishOptions = {}, sender?: Subscriber): PublishResult {
    checkTopic("publish", topic);
    refuseUnknownOptions("Cannot publish", options, PUBLISH_OPTIONS);
    const key = checkKey("publish", options.idempotencyKey);
    const message = checkMessage(data);
    const settings = this.#table.settingsOf(topic);
    const except = excepted(options.except, sender);
    const isKept = this.#link.isShared || this.#keepsMessages(topic, settings);
    const kept = isKept && typeof message !== "string" ? copyBytes(message) : message;
    const publication = { topic, kind: "message", data: kept, key, compress: options.compress } as const;
    if (settings.history !== undefined) return this.#publishStored(publication, settings.history, except);
    const known = key === undefined ? undefined : this.#known(topic, key);
    if (known !== undefined && !known.hasFailed) return DUPLICATE;
    const note = { hasFailed: false };
    if (key !== undefined) this.#keys.add(topic, key, note, this.#clock.now());
    // Those here had it the first time
    const result = known === undefined ? this.#handOver(publication, undefined, except) : NO_RECEIVERS;
    return this.#link.isShared ? this.#publishToOthers(publication, result, note) : result;
  }

  /** Somebody else published. */
  received(publication: Publication, position: Position | undefined): void {
    const { topic: name, kind, key } = publication;
    const topic = this.#table.get(name);
    if (topic === undefined) return;
    if (kind !== "message") this.#heardOfMember(publication);
    else if (topic.feed !== undefined && position !== undefined) topic.feed.accept(stored(publication, position));
    else if (key === undefined || this.#isNew(name, key)) this.#handOver(publication, position, NOBODY);
  }

  /** Whether a message is held for longer than this call: then it must be ours. */
  #keepsMessages(topic: string, { history, slowSubscriber }: TopicSettings): boolean {
    if (history !== undefined || slowSubscriber === "conflate") return true;
    return (this.#table.get(topic)?.readers.length ?? 0) > 0;
  }

  #handOver(
    publication: Publication,
    position: Position | undefined,
    except: ReadonlySet<Connection>,
  ): BroadcastResult {
    const topic = this.#table.get(publication.topic);
    return topic === undefined ? NO_RECEIVERS : this.#table.handOver(topic, publication, position, except);
  }

  #known(topic: string, key: string): Known | undefined {
    return this.#keys.get(topic, key, this.#clock.now());
  }

  #isNew(topic: string, key: string): boolean {
    if (this.#known(topic, key) !== undefined) return false;
    this.#keys.add(topic, key, { hasFailed: false }, this.#clock.now());
    return true;
  }

  /** After those here have it: they need not wait for an engine. */
  #publishToOthers(publication: Publication, result: BroadcastResult, note: Known): PublishResult {
    const { isConnected } = this.#link;
    const answer = isConnected ? this.#link.publish(publication, undefined) : this.#link.refuse();
    if (!(answer instanceof Promise)) return result;
    const confirmed = answer.then(
      (receipt) => confirmation(receipt, result),
      (error: unknown) => {
        note.hasFailed = true;
        throw error;
      },
    );
    return { ...result, confirmed: handled(confirmed) };
  }

  /** The engine says where it stands first. Without one, those here get it without a place in the history. */
  #publishStored(publication: Publication, history: HistoryLimits, except: ReadonlySet<Connection>): PublishResult {
    const { topic, key } = publication;
    if (!this.#link.isConnected) {
      if (key !== undefined && !this.#isNew(topic, key)) return DUPLICATE;
      this.gaps.mark(topic);
      return { ...this.#handOver(publication, undefined, except), confirmed: this.#link.refuse() };
    }
    const answer = this.#link.publish(publication, history);
    if (!(answer instanceof Promise)) return this.#deliverStored(publication, answer, except);
    const confirmed = handled(answer.then((receipt) => this.#deliverStored(publication, receipt, except)));
    return { ...NO_RECEIVERS, confirmed };
  }

  #deliverStored(publication: Publication, receipt: Receipt, except: ReadonlySet<Connection>): PublishResult {
    const { position } = receipt;
    if (receipt.isDuplicate) return confirmation(receipt, NO_RECEIVERS);
    const feed = this.#table.get(publication.topic)?.feed;
    if (position === undefined || feed === undefined) {
      return confirmation(receipt, this.#handOver(publication, position, except));
    }
    const own: OwnDelivery = { except, result: undefined };
    feed.accept(stored(publication, position), own);
    // Others' publications may have to come first, which are on their way
    return confirmation(receipt, own.result ?? NO_RECEIVERS);
  }

  #heardOfMember({ topic, kind, data }: Publication): void {
    const record = parse(data);
    if (kind === "message" || !isPresenceRecord(record)) {
      this.#link.rejected(`a publication of the kind ${JSON.stringify(kind)} must be a member's id and data`);
    } else this.#table.get(topic)?.presence?.heard(kind, record);
  }
}

const DUPLICATE: PublishResult = Object.freeze({ ...NO_RECEIVERS, isDuplicate: true });

function confirmation({ position, isDuplicate }: Receipt, { sent, skipped, failed }: BroadcastResult): PublishResult {
  return {
    sent,
    skipped,
    failed,
    ...(position === undefined ? {} : { epoch: position.epoch, offset: position.offset }),
    ...(isDuplicate ? { isDuplicate } : {}),
  };
}

function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(ignore);
  return promise;
}

function excepted(except: PublishOptions["except"], sender: Subscriber | undefined): ReadonlySet<Connection> {
  return sender === undefined ? exceptions(except) : new Set([...exceptions(except), sender]);
}

function parse(data: string | Uint8Array): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
