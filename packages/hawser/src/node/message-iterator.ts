/**
 * The messages of a connection for `for await`, one promise each: an async generator would make three.
 */

import type { Message } from "../protocol/message-assembler.ts";
import { type ConcurrencyError, ConnectionClosedOK } from "./errors.ts";
import { ignore } from "./ignore.ts";
import type { Delivery } from "./inbox.ts";
import type { Session } from "./session.ts";

type Result = IteratorResult<Message, void>;

const OVER: Result = Object.freeze({ done: true, value: undefined });

export class MessageIterator implements AsyncIterableIterator<Message, void, void> {
  readonly #session: Session;
  readonly #concurrentCall: () => ConcurrencyError | undefined;
  #isOver = false;
  /** Ends the wait that is under way. */
  #endWait: (() => void) | undefined;

  /** `concurrentCall`: why nothing can be received now, if nothing can. */
  constructor(session: Session, concurrentCall: () => ConcurrencyError | undefined) {
    this.#session = session;
    this.#concurrentCall = concurrentCall;
  }

  next(): Promise<Result> {
    if (this.#isOver) return Promise.resolve(OVER);
    const concurrent = this.#concurrentCall();
    if (concurrent !== undefined) return Promise.reject(concurrent);
    const session = this.#session;
    const delivery = session.inbox.poll();
    const result = delivery === undefined ? this.#wait() : Promise.resolve(resultOf(delivery));
    session.regulate();
    return result;
  }

  /** Takes no further message. One that is waited for stays for the next who receives. */
  return(): Promise<Result> {
    this.#isOver = true;
    const endWait = this.#endWait;
    this.#endWait = undefined;
    endWait?.();
    return Promise.resolve(OVER);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wait(): Promise<Result> {
    const { inbox } = this.#session;
    const result = new Promise<Result>((resolve, reject) => {
      this.#endWait = () => {
        inbox.stopWaiting();
        resolve(OVER);
      };
      inbox.wait({
        resolve: (delivery) => {
          this.#endWait = undefined;
          resolve(resultOf(delivery));
        },
        reject: (reason) => {
          this.#endWait = undefined;
          this.#isOver = true;
          if (reason instanceof ConnectionClosedOK) resolve(OVER);
          else reject(reason);
        },
      });
    });
    result.catch(ignore);
    return result;
  }
}

/** Only a caller that streams is delivered pieces. */
function resultOf(delivery: Delivery): Result {
  return { done: false, value: delivery as Message };
}
