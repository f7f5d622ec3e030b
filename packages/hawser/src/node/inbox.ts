/**
 * Messages that were received and not yet consumed, and the limits at which reading stops.
 *
 * Knows neither frames nor sockets. While it is full, a bounded number of further frames is still taken in, so that the
 * pings and the Close frame behind them are heard: a slow application does not lose its connection.
 */

import type { Message } from "../protocol/message-assembler.ts";

export interface InboxLimits {
  /** Frames at which the inbox is full, and at which reading resumes. */
  readonly maxQueue: { readonly high: number; readonly low: number };
  /** Bytes at which the inbox is full; reading resumes at a quarter. */
  readonly readLimit: number;
}

/** What is taken in although the inbox is full, on the lookout for control frames. */
const SIDE_PATH = { frames: 1_024, bytes: 65_536 } as const;

/** A piece of a message that is being streamed; without content it only ends it. */
export class Piece {
  readonly content: Message | undefined;
  readonly isLast: boolean;

  constructor(content: Message | undefined, isLast: boolean) {
    this.content = content;
    this.isLast = isLast;
  }
}

/** A whole message, or a piece of one. */
export type Delivery = Message | Piece;

/** Somebody who waits for what comes next. */
export interface Waiter {
  readonly resolve: (delivery: Delivery) => void;
  readonly reject: (reason: unknown) => void;
}

export class Inbox {
  readonly #limits: InboxLimits;
  #queue: (Delivery | undefined)[] = [];
  /** Index of the first delivery in the queue that is still there. */
  #head = 0;
  #bytes = 0;
  #waiter: Waiter | undefined;
  #endReason: unknown;
  #hasEnded = false;
  /** Whether the pieces that come belong to a message that nobody wants. */
  #isDropping = false;

  constructor(limits: InboxLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#head === this.#queue.length;
  }

  get isAwaited(): boolean {
    return this.#waiter !== undefined;
  }

  /** Whether reading must stop. `heldBytes`: what has been read of a message that is not complete. */
  isOverfull(heldBytes: number): boolean {
    // Somebody waits for a message, which is read to its end however large it is
    if (this.isAwaited) return false;
    const { maxQueue, readLimit } = this.#limits;
    return this.#count() >= maxQueue.high + SIDE_PATH.frames || this.#bytes + heldBytes >= readLimit + SIDE_PATH.bytes;
  }

  /** Whether reading may go on after it stopped. */
  hasRoom(heldBytes: number): boolean {
    if (this.isAwaited) return true;
    const { maxQueue, readLimit } = this.#limits;
    return this.#count() <= maxQueue.low && this.#bytes + heldBytes <= readLimit / 4;
  }

  put(delivery: Delivery): void {
    if (this.#isDropping && delivery instanceof Piece) {
      this.#isDropping = !delivery.isLast;
      return;
    }
    const waiter = this.#waiter;
    if (waiter !== undefined) {
      this.#waiter = undefined;
      waiter.resolve(delivery);
      return;
    }
    this.#queue.push(delivery);
    this.#bytes += sizeOf(delivery);
  }

  /** What comes next, if it is there. */
  poll(): Delivery | undefined {
    if (this.isEmpty) return undefined;
    const delivery = this.#queue[this.#head]!;
    this.#queue[this.#head] = undefined;
    this.#head++;
    this.#bytes -= sizeOf(delivery);
    if (this.isEmpty) this.#clear();
    else if (this.#head > 64 && this.#head * 2 > this.#queue.length) this.#compact();
    return delivery;
  }

  /** Waits for what comes next. Only while {@link isEmpty}, and one caller at a time. */
  wait(waiter: Waiter): void {
    if (this.#hasEnded) waiter.reject(this.#endReason);
    else this.#waiter = waiter;
  }

  /** The waiting caller gives up; what it waited for stays for the next one. */
  stopWaiting(): void {
    this.#waiter = undefined;
  }

  /** Drops the pieces of a message to its end, those that are there and those that will come. */
  dropPieces(): void {
    this.#isDropping = true;
    while (this.#isDropping) {
      const piece = this.poll();
      if (piece === undefined) return;
      this.#isDropping = piece instanceof Piece && !piece.isLast;
    }
  }

  /** Nothing more will come: callers get `reason` once the queue is empty. */
  finish(reason: unknown): void {
    this.#hasEnded = true;
    this.#endReason = reason;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.reject(reason);
  }

  #count(): number {
    return this.#queue.length - this.#head;
  }

  #clear(): void {
    this.#queue = [];
    this.#head = 0;
  }

  #compact(): void {
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }
}

function sizeOf(delivery: Delivery): number {
  if (delivery instanceof Piece) return delivery.content?.length ?? 0;
  return delivery.length;
}
