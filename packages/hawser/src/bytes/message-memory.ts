/**
 * Memory for received messages: those of like size share a run of it, since memory of its own costs a small message more than
 * everything else that is done for it.
 *
 * Nothing is handed out twice, so a message is its receiver's for good. What shares a run is freed together; so runs are short.
 */

import { copyBytes } from "./copy.ts";

/** V8 keeps arrays up to this length on its own heap, where they cost next to nothing. */
const LARGEST_ON_HEAP = 64;
/** Messages up to 2 to the power of these share the shortest and the longest runs. */
const SHORTEST = 11;
const LONGEST = 15;
/** A run holds so many of its largest messages: a message that is kept keeps at most eight times its size, or 8 KiB. */
const MESSAGES_IN_RUN = 4;

/** Copies bytes from `start` to `end`, to keep. */
export type KeepBytes = (bytes: Uint8Array, start: number, end: number) => Uint8Array<ArrayBuffer>;

class Run {
  readonly #size: number;
  readonly #allocate: (size: number) => ArrayBuffer;
  #memory: ArrayBuffer = new ArrayBuffer(0);
  #used = 0;

  constructor(size: number, allocate: (size: number) => ArrayBuffer) {
    this.#size = size;
    this.#allocate = allocate;
  }

  keep(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
    const length = end - start;
    if (this.#used + length > this.#memory.byteLength) this.#renew();
    const kept = new Uint8Array(this.#memory, this.#used, length);
    // Eight-byte boundaries, so that a message can be viewed as numbers of any size
    this.#used += (length + 7) & ~7;
    kept.set(bytes.subarray(start, end));
    return kept;
  }

  #renew(): void {
    this.#memory = this.#allocate(this.#size);
    this.#used = 0;
  }
}

/**
 * Makes a {@link KeepBytes} whose results may share memory with other messages, in their `buffer`. `allocate` makes that: zeroed,
 * and such that nobody can take it away from the others.
 */
export function createMessageMemory(allocate: (size: number) => ArrayBuffer): KeepBytes {
  // By the number of bits of their messages' lengths
  const runs = Array.from({ length: LONGEST + 1 }, (_value, bits) => new Run(MESSAGES_IN_RUN << bits, allocate));
  return (bytes, start, end) => {
    const length = end - start;
    if (length <= LARGEST_ON_HEAP || length > 1 << LONGEST) return copyBytes(bytes, start, end);
    const bits = Math.max(SHORTEST, 32 - Math.clz32(length - 1));
    return runs[bits]!.keep(bytes, start, end);
  };
}
