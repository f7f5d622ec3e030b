/**
 * The publications of a topic for `for await`: a bounded queue, whose oldest goes when it is full.
 */

import type { Payload } from "./publication.ts";

type Result = IteratorResult<Payload, void>;

/**
 * An iteration of a topic. It ends when its signal is aborted, `return()` is called (by leaving the loop) or the server closes.
 */
export interface TopicMessages extends AsyncIterableIterator<Payload, void, void> {
  /** How many messages went because the queue was full. */
  readonly dropped: number;
}

export class TopicQueue implements TopicMessages {
  readonly #maxQueue: number;
  readonly #ended: (queue: TopicQueue) => void;
  #queue: Payload[] = [];
  #waiters: ((result: Result) => void)[] = [];
  #hasEnded = false;
  #dropped = 0;

  /** `ended` is called once, when nothing more will be taken. */
  constructor(maxQueue: number, ended: (queue: TopicQueue) => void) {
    this.#maxQueue = maxQueue;
    this.#ended = ended;
  }

  get dropped(): number {
    return this.#dropped;
  }

  put(payload: Payload): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter({ done: false, value: payload });
      return;
    }
    if (this.#queue.length >= this.#maxQueue) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#queue.push(payload);
  }

  /** No more comes; what waits is still handed out. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const waiter of this.#waiters) waiter(OVER);
    this.#waiters = [];
    this.#ended(this);
  }

  next(): Promise<Result> {
    const value = this.#queue.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#hasEnded) return Promise.resolve(OVER);
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  return(): Promise<Result> {
    this.#queue = [];
    this.end();
    return Promise.resolve(OVER);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const OVER: Result = { done: true, value: undefined };
