/**
 * Which topics this process wants to hear of an engine: what is asked for in one turn is asked for in one call, and a topic
 * that nobody wants any more is kept for a moment, since connections that come back would ask for it again.
 */

import { whenAnswered } from "./answer.ts";
import type { Backplane, HistoryLimits, TopicInterest } from "./backplane.ts";

/** Milliseconds for which a topic is still heard after its last subscriber left: longer than a page takes to reload. */
export const LINGER = 2_000;

/** Topics that nobody wants any more: with so many, they are given up at once. */
const MAX_IDLE = 1_000;

export interface InterestHost {
  /** Calls `callback` once after `delay` milliseconds. The result is for `cancel`. */
  schedule(callback: () => void, delay: number): unknown;
  cancel(scheduled: unknown): void;
  /** The engine refused, which leaves the topics unheard. Must not throw. */
  interestFailed(error: unknown): void;
}

export class Interest {
  readonly #backplane: Pick<Backplane, "subscribe" | "unsubscribe">;
  readonly #host: InterestHost;
  /** Topics that the engine was asked for. */
  readonly #heard: Set<string> = new Set();
  readonly #idle: Set<string> = new Set();
  #wanted: TopicInterest[] = [];
  /** The call that will ask for those wanted. */
  #next: Promise<void> | undefined;
  /** Calls follow one another: an engine must not see them cross. */
  #last: Promise<void> = Promise.resolve();
  #timer: unknown;

  constructor(backplane: Pick<Backplane, "subscribe" | "unsubscribe">, host: InterestHost) {
    this.#backplane = backplane;
    this.#host = host;
  }

  /** Resolves once the topic is heard, or the engine has refused. */
  add(topic: string, history: HistoryLimits | undefined): Promise<void> {
    this.#idle.delete(topic);
    if (this.#heard.has(topic)) return this.#last;
    this.#heard.add(topic);
    this.#wanted.push({ topic, history });
    this.#next ??= this.#enqueue(() => this.#subscribe());
    return this.#next;
  }

  /** The topic is heard for a while yet. */
  delete(topic: string): void {
    this.#idle.add(topic);
    if (this.#idle.size > MAX_IDLE) this.#giveUp();
    else this.#timer ??= this.#host.schedule(() => this.#giveUp(), LINGER);
  }

  close(): void {
    if (this.#timer !== undefined) this.#host.cancel(this.#timer);
    this.#timer = undefined;
  }

  #giveUp(): void {
    this.close();
    void this.#enqueue(() => this.#unsubscribe());
  }

  #subscribe(): Promise<void> | undefined {
    const interests = this.#wanted;
    this.#wanted = [];
    this.#next = undefined;
    return this.#ask(() => this.#backplane.subscribe(interests), interests);
  }

  #unsubscribe(): Promise<void> | undefined {
    const topics = [...this.#idle];
    this.#idle.clear();
    if (topics.length === 0) return undefined;
    for (const topic of topics) this.#heard.delete(topic);
    return this.#ask(() => this.#backplane.unsubscribe(topics), []);
  }

  #ask(call: () => void | Promise<void>, interests: readonly TopicInterest[]): Promise<void> | undefined {
    const failed = (error: unknown) => {
      // The next who wants one of them asks again
      for (const { topic } of interests) this.#heard.delete(topic);
      this.#host.interestFailed(error);
    };
    return whenAnswered<void>(call, () => {}, failed);
  }

  #enqueue(call: () => Promise<void> | undefined): Promise<void> {
    this.#last = this.#last.then(call);
    return this.#last;
  }
}
