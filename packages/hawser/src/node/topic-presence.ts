/**
 * Who is present in one topic, as this process sees it: it says again and again that its own members are there, and tells its
 * subscribers who came and who went.
 *
 * What others tell may be lost, and a process that was killed tells nothing: so each time it also asks the engine who is there.
 */

import { whenAnswered } from "../pubsub/answer.ts";
import type { BackplanePresence, PresenceRecord } from "../pubsub/backplane.ts";
import { isPresenceRecord, MAX_MEMBER_DATA_LENGTH } from "../pubsub/checks.ts";
import type { Timed, TimingWheel } from "./timing-wheel.ts";
import type { PresenceSettings } from "./topic-options.ts";

export interface PresenceHost {
  /** The engine's. */
  readonly store: BackplanePresence;
  readonly wheel: TimingWheel;
  /** Tells other processes. */
  tell(type: "join" | "leave", record: PresenceRecord): void;
  /** Tells the subscribers in this process. Must not throw. */
  announce(type: "join" | "leave", record: PresenceRecord): void;
  /** The engine did not answer: the next heartbeat tries again. */
  presenceFailed(error: unknown): void;
}

/**
 * Members that may come or go between two questions to the engine, as others tell: what is beyond is learnt from the engine, since
 * anybody may have written it.
 */
const MAX_HEARD = 10_000;

/** How often it is said that members are there, in their time to live. */
const HEARTBEATS = 3;

export class TopicPresence implements Timed {
  readonly #topic: string;
  readonly #settings: PresenceSettings;
  readonly #host: PresenceHost;
  /** Members of this process. */
  readonly #own: Map<string, PresenceRecord> = new Map();
  /** Members of all processes, as far as this one knows, and those of its own. */
  readonly #known: Map<string, PresenceRecord> = new Map();
  /** Who came or went since the engine was asked: its answer may not know. */
  readonly #changed: Set<string> = new Set();
  /** How often the engine was asked. */
  #questions = 0;
  #hasBegun = false;
  #hasEnded = false;

  deadline: number;
  slot = -1;
  slotIndex = 0;

  constructor(topic: string, settings: PresenceSettings, host: PresenceHost) {
    this.#topic = topic;
    this.#settings = settings;
    this.#host = host;
    this.deadline = host.wheel.clock.now() + settings.ttl / HEARTBEATS;
    host.wheel.schedule(this);
    this.#compare();
  }

  /** A connection of this process is a member from now on. */
  join(record: PresenceRecord): void {
    this.#own.set(record.id, record);
    this.#keep([record], () => this.#host.tell("join", record));
    this.#came(record);
  }

  /** It is not any more, if it was. */
  leave(id: string): void {
    const record = this.#own.get(id);
    if (record === undefined) return;
    this.#own.delete(id);
    this.#ask(
      () => this.#host.store.remove(this.#topic, [id]),
      () => this.#host.tell("leave", record),
    );
    this.#went(id);
  }

  /** Another process says so. Never trusted: members of this process come and go here alone. */
  heard(type: "join" | "leave", record: PresenceRecord): void {
    if (this.#own.has(record.id)) return;
    if (this.#changed.size >= MAX_HEARD && !this.#changed.has(record.id)) return;
    if (type === "join") this.#came(record);
    else this.#went(record.id);
  }

  /** The engine may know less than it was told. */
  repeat(): void {
    this.#keep([...this.#own.values()]);
    this.#compare();
  }

  handleTimeout(now: number): void {
    this.deadline = now + this.#settings.ttl / HEARTBEATS;
    this.repeat();
  }

  /** Nobody is subscribed any more. */
  end(): void {
    this.#host.wheel.remove(this);
    for (const id of [...this.#own.keys()]) this.leave(id);
    this.#hasEnded = true;
  }

  #came(record: PresenceRecord): void {
    this.#changed.add(record.id);
    if (this.#known.has(record.id)) return;
    this.#known.set(record.id, record);
    this.#host.announce("join", record);
  }

  #went(id: string): void {
    this.#changed.add(id);
    const record = this.#known.get(id);
    if (record === undefined) return;
    this.#known.delete(id);
    this.#host.announce("leave", record);
  }

  #keep(records: readonly PresenceRecord[], tell = () => {}): void {
    if (records.length > 0) this.#ask(() => this.#host.store.keep(this.#topic, records, this.#settings.ttl), tell);
  }

  /** `tell`: once the engine knows, so that whoever hears of it and asks who is there is told the same; or if it did not answer. */
  #ask(call: () => void | Promise<void>, tell: () => void): void {
    whenAnswered<void>(call, tell, (error) => {
      this.#host.presenceFailed(error);
      tell();
    });
  }

  /** Announces what the engine knows better. Those who are there at the beginning did not just come. */
  #compare(): void {
    const question = ++this.#questions;
    this.#changed.clear();
    whenAnswered(
      () => this.#host.store.list(this.#topic),
      (records) => {
        // Who came or went since an earlier question is not noted any more
        if (question === this.#questions) this.#take(records.filter(isPresenceRecord));
      },
      (error) => this.#host.presenceFailed(error),
    );
  }

  #take(records: readonly PresenceRecord[]): void {
    if (this.#hasEnded) return;
    const isBeginning = !this.#hasBegun;
    this.#hasBegun = true;
    const listed = new Set(records.map(({ id }) => id));
    for (const id of [...this.#known.keys()]) if (!listed.has(id) && this.#isSettled(id)) this.#went(id);
    for (const record of records) {
      if (!this.#isSettled(record.id)) continue;
      if (isBeginning) this.#known.set(record.id, record);
      else this.#came(record);
    }
  }

  #isSettled(id: string): boolean {
    return !this.#own.has(id) && !this.#changed.has(id);
  }
}

/**
 * A member as an engine keeps it.
 *
 * @throws {TypeError} if `data` is nothing that JSON can say, or too long.
 */
export function presenceRecord(id: string, data: unknown): PresenceRecord {
  const text = JSON.stringify(data);
  if (text === undefined) {
    throw new TypeError(`Cannot subscribe: presence must be something that JSON can say, got ${typeof data}`);
  }
  if (text.length <= MAX_MEMBER_DATA_LENGTH) return { id, data: text };
  throw new TypeError(
    `Cannot subscribe: presence must have at most ${MAX_MEMBER_DATA_LENGTH} characters as JSON, got ${text.length}`,
  );
}
