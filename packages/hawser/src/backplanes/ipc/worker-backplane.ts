/**
 * A worker's backplane: everything is asked of the primary, which has the engine.
 */

import { randomUUID } from "node:crypto";
import {
  type Backplane,
  BackplaneError,
  type BackplanePresence,
  type BackplaneReceiver,
  type HistoryLimits,
  type HistoryPage,
  type HistoryRequest,
  type Receipt,
  type TopicInterest,
} from "../../pubsub/backplane.ts";
import type { Publication } from "../../pubsub/publication.ts";
import { Inbox } from "../inbox.ts";
import {
  type Args,
  type FromPrimary,
  type FromWorker,
  pack,
  type Reply,
  type Subject,
  unpack,
  unpackPage,
  unpackReceipt,
  unwrap,
} from "./messages.ts";
import { type IpcChannel, Outgoing } from "./outgoing.ts";

export interface IpcBackplaneOptions {
  /**
   * The channel to the primary.
   *
   * @default process
   */
  readonly channel?: IpcChannel;
}

/**
 * A backplane between the processes that one primary has forked, with `node:cluster` or `child_process.fork`. The primary calls
 * `serveIpcBackplane`; the engine is its memory, and ends with it.
 */
export function ipcBackplane({ channel = process }: IpcBackplaneOptions = {}): Backplane {
  return new IpcBackplane(channel);
}

/** Milliseconds after which a primary that does not answer is greeted again: it may not have begun to serve. */
const GREETING_INTERVAL = 1_000;

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (error: BackplaneError) => void;
}

class IpcBackplane implements Backplane {
  readonly name = "ipc";
  readonly keepsHistory = true;
  readonly presence: BackplanePresence;
  readonly #channel: IpcChannel;
  readonly #outgoing: Outgoing<FromWorker>;
  readonly #inbox: Inbox = new Inbox(randomUUID());
  readonly #topics: Set<string> = new Set();
  readonly #asked: Map<number, Asked> = new Map();
  #lastNumber = 0;
  #isUp = false;
  /** Whether the receiver was told that the primary is away. */
  #isLost = false;
  #timer: NodeJS.Timeout | undefined;
  /** Ends `start()`: the primary has answered, or not in time. */
  #begin: () => void = () => {};

  constructor(channel: IpcChannel) {
    this.#channel = channel;
    this.#outgoing = new Outgoing(channel);
    this.presence = {
      keep: async (...args) => void (await this.#ask("keep", args)),
      remove: async (...args) => void (await this.#ask("remove", args)),
      list: (topic) => this.#ask("list", [topic]),
      count: (topic) => this.#ask("count", [topic]),
    };
  }

  async start(receiver: BackplaneReceiver): Promise<void> {
    if (this.#channel.send === undefined) {
      throw new TypeError(
        "Cannot start: the ipc backplane needs a process that node:cluster or child_process.fork started",
      );
    }
    this.#inbox.open(receiver);
    this.#channel.on("message", this.#heard);
    this.#channel.on("disconnect", this.#ended);
    await new Promise<void>((resolve) => {
      this.#begin = resolve;
      this.#greet();
    });
    if (!this.#isUp) this.#lose("the primary does not answer; it must call serveIpcBackplane()");
  }

  async subscribe(interests: readonly TopicInterest[]): Promise<void> {
    const topics = interests.map(({ topic }) => topic);
    for (const topic of topics) this.#topics.add(topic);
    await this.#tell("subscribe", topics);
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#topics.delete(topic);
    await this.#tell("unsubscribe", topics);
  }

  async publish(publication: Publication, history: HistoryLimits | undefined): Promise<Receipt> {
    return unpackReceipt(await this.#ask("publish", [pack(publication), history ?? null]));
  }

  async history(topic: string, limits: HistoryLimits, request: HistoryRequest): Promise<HistoryPage> {
    return unpackPage(await this.#ask("history", [topic, limits, request]));
  }

  async close(): Promise<void> {
    if (this.#inbox.isClosed) return;
    this.#inbox.close();
    clearTimeout(this.#timer);
    this.#channel.off("message", this.#heard);
    this.#channel.off("disconnect", this.#ended);
    this.#outgoing.say({ type: "bye", id: this.#inbox.self });
    this.#isUp = false;
    this.#rejectAll();
    this.#begin();
  }

  /** A primary that is away is told when it is back. */
  async #tell(subject: "subscribe" | "unsubscribe", topics: readonly string[]): Promise<void> {
    if (!this.#isUp) return;
    await this.#ask(subject, [topics]).catch((error: unknown) => {
      if (this.#isUp) throw error;
    });
  }

  async #ask<Of extends Subject>(subject: Of, args: Args<Of>): Promise<Reply<Of>> {
    if (!this.#isUp) throw new BackplaneError("DISCONNECTED", "Cannot ask the primary: it is away");
    const number = ++this.#lastNumber;
    this.#outgoing.say({ type: "question", id: this.#inbox.self, number, subject, args });
    return new Promise((resolve, reject) => this.#asked.set(number, { resolve, reject }));
  }

  #greet(): void {
    this.#outgoing.say({ type: "hello", id: this.#inbox.self });
    this.#timer = setTimeout(() => {
      this.#begin();
      this.#greet();
    }, GREETING_INTERVAL);
    this.#timer.unref();
  }

  readonly #heard = (message: unknown): void => {
    for (const one of unwrap<FromPrimary>(message)) if (one.id === this.#inbox.self) this.#take(one);
  };

  readonly #ended = (): void => {
    clearTimeout(this.#timer);
    if (this.#isUp) this.#lose("the primary has ended");
    this.#begin();
  };

  #take(message: FromPrimary): void {
    switch (message.type) {
      case "welcome":
        this.#welcome();
        return;
      case "gone":
        this.#lose("the primary serves no backplane any more");
        this.#greet();
        return;
      case "gap":
        this.#inbox.gap(undefined);
        return;
      case "received":
        this.#inbox.received(unpack(message.publication), message.position ?? undefined);
        return;
      default:
        this.#takeAnswer(message);
    }
  }

  #takeAnswer(message: FromPrimary & { readonly type: "answer" | "refusal" }): void {
    const asked = this.#asked.get(message.number);
    this.#asked.delete(message.number);
    if (message.type === "answer") asked?.resolve(message.value as never);
    else asked?.reject(new BackplaneError("FAILED", `The primary refused: ${message.reason}`));
  }

  /** The primary is there, and knows nothing of us. */
  #welcome(): void {
    if (this.#isUp) return;
    clearTimeout(this.#timer);
    this.#isUp = true;
    const subscribed = this.#tell("subscribe", [...this.#topics]);
    if (this.#isLost) subscribed.then(() => this.#regain()).catch(() => {});
    this.#isLost = false;
    this.#begin();
  }

  #regain(): void {
    if (this.#isUp) this.#inbox.regained();
  }

  #lose(reason: string): void {
    this.#isUp = false;
    this.#isLost = true;
    this.#rejectAll();
    this.#inbox.lost(new Error(reason));
  }

  #rejectAll(): void {
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject } of asked) reject(new BackplaneError("FAILED", "The primary ended before it answered"));
  }
}
