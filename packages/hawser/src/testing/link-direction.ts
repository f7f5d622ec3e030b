/**
 * One direction of a link in memory: bytes that are under way, and how they arrive.
 *
 * Knows the clock and whoever receives; it does not know the two ends, nor WebSocket.
 */

import type { FakeClock } from "./fake-clock.ts";

/** How bytes travel. */
export interface LinkDirectionOptions {
  /**
   * Milliseconds of the fake clock that bytes are under way. With 0 they arrive without the clock, in a promise job.
   *
   * @default 0
   */
  readonly delay?: number;
  /**
   * The bytes that arrive at once: a number, or a function of how many are there.
   *
   * @default what was sent at once
   */
  readonly chop?: number | ((available: number) => number);
  /**
   * Bytes that the link takes although they have not been read, as kernels do; the sender's `bufferedAmount` counts what is
   * beyond.
   *
   * @default 65_536
   */
  readonly capacity?: number;
}

/** What kernels of both sides hold together, roughly. */
const DEFAULT_CAPACITY = 65_536;

/** Who receives from a direction, and who is told when its bytes were taken. */
export interface LinkReceiver {
  /** Whether it reads now. */
  readonly isReading: boolean;
  received(bytes: Uint8Array): void;
  receivedEnd(): void;
  receivedReset(): void;
}

type Item = { readonly due: number } & (
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  | { readonly type: "end" | "reset" }
);

export class LinkDirection {
  readonly #clock: FakeClock;
  readonly #drained: () => void;
  readonly #receiver: LinkReceiver;
  readonly #capacity: number;
  readonly #chop: (available: number) => number;
  #delay: number;
  #isCut = false;
  #items: Item[] = [];
  #undelivered = 0;
  #isDeliveryScheduled = false;

  /** `drained` is called when bytes that did not fit in the capacity have come to fit. */
  constructor(clock: FakeClock, options: LinkDirectionOptions, receiver: LinkReceiver, drained: () => void) {
    const { delay = 0, chop, capacity = DEFAULT_CAPACITY } = options;
    this.#clock = clock;
    this.#receiver = receiver;
    this.#drained = drained;
    this.#delay = delay;
    this.#capacity = capacity;
    this.#chop = typeof chop === "function" ? chop : () => chop ?? Number.POSITIVE_INFINITY;
  }

  /** Bytes sent that do not fit in the capacity. */
  get waiting(): number {
    return Math.max(0, this.#undelivered - this.#capacity);
  }

  /** For what is sent from now on; nothing overtakes what is under way. */
  setDelay(ms: number): void {
    this.#delay = ms;
  }

  /** Nothing arrives any more, and nobody is told: a half-open connection. */
  cut(): void {
    this.#isCut = true;
  }

  /** What was sent meanwhile arrives now, as TCP would send it again. */
  restore(): void {
    this.#isCut = false;
    this.wake();
  }

  /** Sends `bytes` by reference: a sender that changes them before they arrive has changed what arrives. */
  send(bytes: Uint8Array): void {
    this.#undelivered += bytes.length;
    this.#add({ type: "bytes", bytes, due: this.#arrival });
  }

  sendEnd(): void {
    this.#add({ type: "end", due: this.#arrival });
  }

  /** What has not arrived is lost. */
  sendReset(): void {
    this.#items = [];
    this.#undelivered = 0;
    this.#add({ type: "reset", due: this.#arrival });
  }

  /** Delivers what is there, soon. To be called when the receiver begins to read. */
  wake(): void {
    const [item] = this.#items;
    if (item === undefined || this.#isDeliveryScheduled || !this.#mayDeliver(item)) return;
    this.#isDeliveryScheduled = true;
    const wait = item.due - this.#clock.now();
    if (wait > 0) this.#clock.scheduleInput(() => this.#deliver(), wait);
    else queueMicrotask(() => this.#deliver());
  }

  get #arrival(): number {
    return Math.max(this.#items.at(-1)?.due ?? 0, this.#clock.now() + this.#delay);
  }

  #add(item: Item): void {
    this.#items.push(item);
    this.wake();
  }

  /** A reset is noticed even by one who does not read. */
  #mayDeliver(item: Item): boolean {
    return !this.#isCut && (this.#receiver.isReading || item.type === "reset");
  }

  #deliver(): void {
    this.#isDeliveryScheduled = false;
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      if (item.due > this.#clock.now() || !this.#mayDeliver(item)) break;
      this.#items.shift();
      if (item.type === "bytes") this.#deliverBytes(item.bytes, item.due);
      else if (item.type === "end") this.#receiver.receivedEnd();
      else this.#receiver.receivedReset();
    }
    this.wake();
  }

  /** One piece; the rest of the bytes is put back. */
  #deliverBytes(bytes: Uint8Array, due: number): void {
    const length = Math.min(bytes.length, Math.max(1, this.#chop(bytes.length)));
    if (length < bytes.length) this.#items.unshift({ type: "bytes", bytes: bytes.subarray(length), due });
    const hadToWait = this.waiting > 0;
    this.#undelivered -= length;
    // A copy, since receivers unmask in place
    this.#receiver.received(new Uint8Array(bytes.subarray(0, length)));
    if (hadToWait && this.waiting === 0) this.#drained();
  }
}
