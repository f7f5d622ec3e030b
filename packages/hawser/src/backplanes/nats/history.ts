/**
 * Histories in JetStream: one stream for all topics of an application, one subject for each.
 *
 * A stream counts over all subjects; the offset of a topic stands in the envelope. Whoever publishes says which message of the
 * subject is the latest, and the stream takes the next one only if that is so: who came second reads again and tries again. The
 * publications of a topic therefore take a round trip each, one after another; different topics do not wait for each other.
 */

import { randomUUID } from "node:crypto";
import type { HistoryLimits, HistoryPage, HistoryRequest, Receipt } from "../../pubsub/backplane.ts";
import { type Position, type Publication, type StoredPublication, stored } from "../../pubsub/publication.ts";
import { KeyWindow } from "../../pubsub/recent-keys.ts";
import { decodeWire, encodeWire } from "../../pubsub/wire-form.ts";
import { ANSWER_TIMEOUT, type JetStreamClient } from "./client.ts";
import { ErrorCode, type JetStreamApi, type Reading, type StoredMessage } from "./jetstream-api.ts";
import { Streams } from "./streams.ts";
import type { NatsSubjects } from "./subjects.ts";

export interface HistorySettings {
  readonly subjects: NatsSubjects;
  readonly storage: "file" | "memory";
  readonly replicas: number;
  /** Names this process. */
  readonly self: string;
  rejected(reason: string): void;
}

/** The latest of a topic, as far as known. */
interface Tail extends Position {
  /** In the stream; 0 if there is nothing. */
  readonly sequence: number;
}

/** Topics whose latest is remembered. */
const MAX_TAILS = 10_000;

/** How often others may come first. */
const MAX_ATTEMPTS = 100;

/** Milliseconds for which the latest of a topic is kept at least: without it, a quiet topic would begin another epoch. */
const TAIL_AGE = 86_400_000;

const NANOSECONDS = 1_000_000;

export class NatsHistory {
  readonly #api: JetStreamApi;
  readonly #client: JetStreamClient;
  readonly #settings: HistorySettings;
  readonly #streams: Streams;
  /** In the order of their last use. */
  readonly #tails: Map<string, Tail> = new Map();
  /** Publications of a topic follow one another. */
  readonly #queues: Map<string, Promise<unknown>> = new Map();

  constructor(api: JetStreamApi, client: JetStreamClient, settings: HistorySettings) {
    this.#api = api;
    this.#client = client;
    this.#settings = settings;
    this.#streams = new Streams(api);
  }

  publish(publication: Publication, limits: HistoryLimits): Promise<Receipt> {
    return this.#inTurn(publication.topic, () => this.#publishNow(publication, limits));
  }

  async page(topic: string, limits: HistoryLimits, request: HistoryRequest): Promise<HistoryPage> {
    await this.#ensure(limits);
    if ("last" in request && request.last === 0) {
      const { epoch, offset } = await this.#inTurn(topic, () => this.#knownTail(topic));
      return { epoch, offset, publications: [], isComplete: true };
    }
    const { historyStream } = this.#settings.subjects;
    const subject = this.#settings.subjects.history(topic);
    const reading = await this.#api.read(historyStream, subject, { lastOnly: false });
    const tail = this.#tailOf(topic, reading.messages.at(-1));
    if (tail === undefined) return this.#emptyPage(topic, request);
    return pageOf(tail, this.#kept(topic, tail, reading, limits), request);
  }

  async #inTurn<Value>(topic: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#queues.get(topic);
    const turn = before === undefined ? work() : before.then(work, work);
    this.#queues.set(topic, turn);
    try {
      return await turn;
    } finally {
      if (this.#queues.get(topic) === turn) this.#queues.delete(topic);
    }
  }

  async #publishNow(publication: Publication, limits: HistoryLimits): Promise<Receipt> {
    const { topic } = publication;
    await this.#ensure(limits);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const tail = this.#tails.get(topic) ?? (await this.#readTail(topic)) ?? newTail();
      const receipt = await this.#append(publication, tail);
      if (receipt !== undefined) return receipt;
      await someTime(attempt);
    }
    throw new Error(`others came first ${MAX_ATTEMPTS} times`);
  }

  /** `undefined` if another publication came first. */
  async #append(publication: Publication, tail: Tail): Promise<Receipt | undefined> {
    const { subjects, self } = this.#settings;
    const { topic, key } = publication;
    const position = { epoch: tail.epoch, offset: tail.offset + 1 };
    const id = key === undefined ? {} : { msgID: subjects.messageId(topic, key) };
    // Whatever happens now, only an answer says what the latest is
    this.#tails.delete(topic);
    const options = { ...id, expect: { lastSubjectSequence: tail.sequence }, timeout: ANSWER_TIMEOUT };
    try {
      const wire = encodeWire(publication, self, position);
      const { seq, duplicate } = await this.#client.publish(subjects.history(topic), wire, options);
      if (duplicate) return { position: await this.#positionAt(topic, seq), isDuplicate: true };
      this.#remember(topic, { ...position, sequence: seq });
      return { position, isDuplicate: false };
    } catch (error) {
      if (isOvertaken(error)) return undefined;
      throw error;
    }
  }

  /** That of a topic that nothing was published to is written into the stream, so that all processes agree on its epoch. */
  async #knownTail(topic: string): Promise<Tail> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const tail = await this.#readTail(topic);
      if (tail !== undefined) return tail;
      const begun = await this.#append(beginning(topic), { ...newTail(), offset: -1 });
      if (begun?.position !== undefined) return { ...begun.position, sequence: 0 };
    }
    throw new Error("the stream does not tell where the topic stands");
  }

  async #readTail(topic: string): Promise<Tail | undefined> {
    const { subjects } = this.#settings;
    const last = await this.#api.message(subjects.historyStream, { last_by_subj: subjects.history(topic) });
    const tail = this.#tailOf(topic, last);
    if (tail !== undefined) this.#remember(topic, tail);
    return tail;
  }

  /** After something that others wrote there, another epoch begins. */
  #tailOf(topic: string, message: StoredMessage | undefined): Tail | undefined {
    if (message === undefined) return undefined;
    const position = this.#decode(topic, message)?.position;
    return { ...(position ?? newTail()), sequence: message.sequence };
  }

  async #positionAt(topic: string, seq: number): Promise<Position | undefined> {
    const message = await this.#api.message(this.#settings.subjects.historyStream, { seq });
    return message && this.#decode(topic, message)?.position;
  }

  async #emptyPage(topic: string, request: HistoryRequest): Promise<HistoryPage> {
    const tail = await this.#inTurn(topic, () => this.#knownTail(topic));
    return pageOf(tail, [], request);
  }

  /** What is within the limits and without gaps up to the latest. */
  #kept(
    topic: string,
    tail: Tail,
    { messages, now }: Reading,
    { maxCount, maxAge }: HistoryLimits,
  ): StoredPublication[] {
    const kept: StoredPublication[] = [];
    for (const message of messages.toReversed()) {
      const decoded = this.#decode(topic, message);
      const offset = tail.offset - kept.length;
      if (decoded === undefined || decoded.position.offset !== offset || decoded.position.epoch !== tail.epoch) break;
      if (offset < 1 || kept.length >= maxCount || now - message.time >= maxAge) break;
      kept.push(stored(decoded.publication, decoded.position));
    }
    return kept.reverse();
  }

  #decode(topic: string, { data }: StoredMessage) {
    const message = decodeWire(topic, data);
    if ("fault" in message) this.#settings.rejected(`${topic}: ${message.fault}`);
    else if (message.position === undefined) {
      this.#settings.rejected(
        `${topic}: what is written into a history must have an offset; publish to the topic's subject`,
      );
    } else return { publication: message.publication, position: message.position };
    return undefined;
  }

  #remember(topic: string, tail: Tail): void {
    this.#tails.delete(topic);
    this.#tails.set(topic, tail);
    if (this.#tails.size <= MAX_TAILS) return;
    for (const [oldest] of this.#tails) {
      this.#tails.delete(oldest);
      return;
    }
  }

  #ensure({ maxCount, maxAge }: HistoryLimits): Promise<void> {
    const { subjects, storage, replicas } = this.#settings;
    return this.#streams.ensure({
      name: subjects.historyStream,
      subjects: [subjects.histories],
      max_msgs_per_subject: maxCount,
      max_age: Math.ceil(Math.max(TAIL_AGE, 2 * maxAge)) * NANOSECONDS,
      storage,
      num_replicas: replicas,
      duplicate_window: KeyWindow.MAX_AGE * NANOSECONDS,
      discard: "old",
      // What the stream has taken, and nothing else, is heard
      republish: { src: subjects.histories, dest: subjects.topics },
    });
  }
}

function newTail(): Tail {
  return { epoch: randomUUID(), offset: 0, sequence: 0 };
}

/** Stands at offset 0, and is not handed on. */
function beginning(topic: string): Publication {
  return { topic, kind: "message", data: "", key: undefined, compress: undefined };
}

function pageOf({ epoch, offset }: Position, kept: readonly StoredPublication[], request: HistoryRequest): HistoryPage {
  const page = { epoch, offset };
  if ("last" in request) {
    return { ...page, publications: kept.slice(Math.max(kept.length - request.last, 0)), isComplete: true };
  }
  const missing = offset - request.since.offset;
  const isComplete = request.since.epoch === epoch && missing >= 0 && missing <= kept.length;
  return { ...page, publications: isComplete ? kept.slice(kept.length - missing) : [], isComplete };
}

function isOvertaken(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  return code === ErrorCode.WRONG_LAST_SEQUENCE || /wrong last sequence/i.test(message ?? "");
}

/** The more often others came first, the longer: at random, so that somebody is alone. */
function someTime(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(attempt, 20)));
}
