/**
 * Messages under way on one connection: keeps a window of them full, counts what comes back, knows when all has.
 *
 * It builds nothing while the clock runs: frames come from a {@link FrameRibbon}, replies go to a {@link ReplyReader}. It
 * does not know which side of the connection it is on.
 */
import { type Deferred, deferred } from "./deferred.ts";
import type { FrameRibbon } from "./frame-ribbon.ts";
import type { Totals } from "./load.ts";
import type { ReplyReader } from "./reply-reader.ts";

export interface ExchangeOptions {
  readonly ribbon: FrameRibbon;
  readonly reader: ReplyReader;
  /** Added to by every connection of the run. */
  readonly totals: Totals;
  write(bytes: Buffer): void;
}

export class Exchange {
  readonly #options: ExchangeOptions;
  #sent = 0;
  #received = 0;
  /** Messages to have been sent when the current run is over. */
  #target = 0;
  #done: Deferred | undefined;
  #failure: Error | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /**
   * Sends `messages` messages, `window` under way at a time, and resolves when all have come back. Rejects when the
   * connection fails or a reply is wrong. `Infinity` goes on until {@link stop}.
   */
  run({ messages, window }: { readonly messages: number; readonly window: number }): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#target = this.#sent + messages;
    this.#done = deferred();
    const first = Math.min(window, messages);
    if (first > 0) this.#send(first);
    else this.#settleIfDone();
    return this.#done.promise;
  }

  /** Sends no more; the current run resolves when what is under way has come back. */
  stop(): void {
    this.#target = this.#sent;
    this.#settleIfDone();
  }

  /** The next bytes of the replies. Throws for a wrong or surplus one. */
  receive(chunk: Buffer): void {
    const { totals, reader } = this.#options;
    const replies = reader.read(chunk);
    totals.bytes += chunk.length;
    if (replies === 0) return;
    totals.messages += replies;
    this.#received += replies;
    if (this.#received > this.#sent) throw new Error("more replies came than messages were sent");
    const due = Math.min(replies, this.#target - this.#sent);
    if (due > 0) this.#send(due);
    else this.#settleIfDone();
  }

  /** The connection is gone: the current run rejects, and so does any other. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#done?.reject(this.#failure);
  }

  #send(count: number): void {
    this.#options.write(this.#options.ribbon.slice(this.#sent, count));
    this.#sent += count;
  }

  #settleIfDone(): void {
    if (this.#received === this.#sent && this.#sent === this.#target) this.#done?.resolve();
  }
}
