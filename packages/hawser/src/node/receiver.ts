/**
 * Taking messages out of a connection: whole, one after the other, or piece by piece.
 *
 * One caller at a time: a second one gets a {@link ConcurrencyError}.
 */

import type { Message } from "../protocol/message-assembler.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { ConcurrencyError } from "./errors.ts";
import { ignore } from "./ignore.ts";
import { type Delivery, Piece, type Waiter } from "./inbox.ts";
import { MessageIterator } from "./message-iterator.ts";
import type { Session } from "./session.ts";

/** How a message is received. */
export interface RecvOptions {
  /** Aborting it ends the wait with the signal's reason; no message is lost. */
  readonly signal?: AbortSignal | undefined;
}

const RECV_OPTIONS = ["signal"] as const satisfies readonly (keyof RecvOptions)[];

export class Receiver {
  readonly #session: Session;
  /** Whether a message is being received piece by piece, and somebody takes the pieces. */
  #isStreaming = false;

  constructor(session: Session) {
    this.#session = session;
  }

  recv(options: RecvOptions | undefined): Promise<Message> {
    if (options) refuseUnknownOptions("Cannot receive", options, RECV_OPTIONS);
    const concurrent = this.#concurrentCall();
    if (concurrent !== undefined) return Promise.reject(concurrent);
    return this.#next(options?.signal) as Promise<Message>;
  }

  /** The messages until the connection is closed; the iteration throws if it did not close normally. */
  messages(): MessageIterator {
    return new MessageIterator(this.#session, () => this.#concurrentCall());
  }

  /** The pieces of one message. Leaving the iteration early drops the rest of it. */
  async *pieces(): AsyncGenerator<Message, void, void> {
    const concurrent = this.#concurrentCall();
    if (concurrent !== undefined) throw concurrent;
    this.#isStreaming = true;
    let isComplete = false;
    try {
      if (this.#session.inbox.isEmpty) this.#session.protocol.streamMessage();
      while (!isComplete) {
        const delivery = await this.#next(undefined);
        const { content, isLast } = delivery instanceof Piece ? delivery : { content: delivery, isLast: true };
        isComplete = isLast;
        if (content !== undefined) yield content;
      }
    } finally {
      this.#isStreaming = false;
      if (!isComplete) this.#dropPieces();
    }
  }

  /** Drops the rest of a message that nobody wants any more: what is there, and what will come. */
  #dropPieces(): void {
    this.#session.inbox.dropPieces();
    this.#session.regulate();
  }

  #next(signal: AbortSignal | undefined): Promise<Delivery> {
    const { inbox } = this.#session;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const delivery = inbox.poll();
    if (delivery !== undefined) {
      this.#session.regulate();
      return Promise.resolve(delivery);
    }
    const received = new Promise<Delivery>((resolve, reject) => {
      const waiter = { resolve, reject };
      inbox.wait(signal === undefined ? waiter : untilAborted(signal, waiter, () => inbox.stopWaiting()));
    });
    received.catch(ignore);
    this.#session.regulate();
    return received;
  }

  #concurrentCall(): ConcurrencyError | undefined {
    if (this.#session.isConsumed)
      return new ConcurrencyError("Cannot receive: messages go to the handler's message hook");
    if (!this.#isStreaming && !this.#session.inbox.isAwaited) return undefined;
    return new ConcurrencyError("Cannot receive: another call is already receiving on this connection");
  }
}

/** A waiter that gives up, and calls `stopWaiting`, once the signal is aborted. */
function untilAborted(signal: AbortSignal, { resolve, reject }: Waiter, stopWaiting: () => void): Waiter {
  const abort = () => {
    stopWaiting();
    reject(signal.reason);
  };
  const settle = () => signal.removeEventListener("abort", abort);
  signal.addEventListener("abort", abort, { once: true });
  return {
    resolve: (delivery) => {
      settle();
      resolve(delivery);
    },
    reject: (reason) => {
      settle();
      reject(reason);
    },
  };
}
