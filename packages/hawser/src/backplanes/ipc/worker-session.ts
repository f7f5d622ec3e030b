/**
 * One worker's backplane, as the primary sees it: what it asks, what it hears, and which members it has.
 */

import type {
  Backplane,
  BackplanePresence,
  BackplaneReceiver,
  HistoryLimits,
  HistoryRequest,
  PresenceRecord,
} from "../../pubsub/backplane.ts";
import type { Position, Publication } from "../../pubsub/publication.ts";
import { type FromPrimary, type Packed, pack, packPage, packReceipt, type Question, unpack } from "./messages.ts";
import type { Outgoing } from "./outgoing.ts";

/** Payload that waits for one worker: with more, it gets no publications until it has taken those, and is told so. */
const MAX_WAITING = 16_777_216;

export class WorkerSession implements BackplaneReceiver {
  readonly #id: string;
  readonly #backplane: Backplane;
  readonly #outgoing: Outgoing<FromPrimary>;
  /** Members that this worker keeps, by topic and id. */
  readonly #members: Map<string, Map<string, PresenceRecord>> = new Map();
  #hasDropped = false;

  constructor(id: string, backplane: Backplane, outgoing: Outgoing<FromPrimary>) {
    this.#id = id;
    this.#backplane = backplane;
    this.#outgoing = outgoing;
    // An engine in this process is there at once
    void backplane.start(this);
  }

  get #presence(): BackplanePresence {
    return this.#backplane.presence!;
  }

  /** Answers a question; never throws. */
  async answer({ number, subject, args }: Question): Promise<void> {
    const id = this.#id;
    try {
      const value = await this.#answerTo(subject, args);
      this.#outgoing.say({ type: "answer", id, number, value: value ?? null });
    } catch (error) {
      this.#outgoing.say({ type: "refusal", id, number, reason: (error as Error)?.message ?? String(error) });
    }
  }

  /** It is gone, and its members with it: those who knew them are told. */
  end(tell: (leave: Publication) => void): void {
    for (const [topic, members] of this.#members) {
      void this.#presence.remove(topic, [...members.keys()]);
      for (const record of members.values()) {
        tell({ topic, kind: "leave", data: JSON.stringify(record), key: undefined, compress: undefined });
      }
    }
    this.#members.clear();
    void this.#backplane.close();
  }

  gone(): void {
    this.#outgoing.say({ type: "gone", id: this.#id });
    void this.#backplane.close();
  }

  /** The worker has taken all that waited for it. */
  drained(): void {
    if (!this.#hasDropped) return;
    this.#hasDropped = false;
    this.gap();
  }

  // What the engine tells

  received(publication: Publication, position: Position | undefined): void {
    if (this.#outgoing.size > MAX_WAITING) {
      this.#hasDropped = true;
      return;
    }
    const packed = pack(publication);
    const message = { type: "received", id: this.#id, publication: packed, position: position ?? null } as const;
    this.#outgoing.say(message, publication.data.length);
  }

  gap(): void {
    this.#outgoing.say({ type: "gap", id: this.#id });
  }

  connected(): void {}
  disconnected(): void {}
  rejected(): void {}

  #answerTo(subject: Question["subject"], args: readonly unknown[]): unknown {
    switch (subject) {
      case "subscribe": {
        const interests = (args[0] as readonly string[]).map((topic) => ({ topic, history: undefined }));
        return this.#backplane.subscribe(interests);
      }
      case "unsubscribe":
        return this.#backplane.unsubscribe(args[0] as readonly string[]);
      case "publish":
        return this.#publish(args[0] as Packed, (args[1] as HistoryLimits | null) ?? undefined);
      case "history":
        return this.#page(args[0] as string, args[1] as HistoryLimits, args[2] as HistoryRequest);
      case "keep":
        return this.#keep(args[0] as string, args[1] as readonly PresenceRecord[], args[2] as number);
      case "remove":
        return this.#remove(args[0] as string, args[1] as readonly string[]);
      case "list":
        return this.#presence.list(args[0] as string);
      case "count":
        return this.#presence.count(args[0] as string);
      default:
        throw new TypeError(`it knows no ${JSON.stringify(subject)}`);
    }
  }

  async #publish(packed: Packed, history: HistoryLimits | undefined): Promise<unknown> {
    return packReceipt(await this.#backplane.publish(unpack(packed), history));
  }

  async #page(topic: string, limits: HistoryLimits, request: HistoryRequest): Promise<unknown> {
    return packPage(await this.#backplane.history(topic, limits, request));
  }

  #keep(topic: string, records: readonly PresenceRecord[], ttl: number): unknown {
    let members = this.#members.get(topic);
    if (members === undefined) {
      members = new Map();
      this.#members.set(topic, members);
    }
    for (const record of records) members.set(record.id, record);
    return this.#presence.keep(topic, records, ttl);
  }

  #remove(topic: string, ids: readonly string[]): unknown {
    const members = this.#members.get(topic);
    for (const id of ids) members?.delete(id);
    if (members?.size === 0) this.#members.delete(topic);
    return this.#presence.remove(topic, ids);
  }
}
