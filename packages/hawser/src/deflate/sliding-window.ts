/**
 * The LZ77 sliding window of one direction of a connection: the last bytes of its plaintext (RFC 1951, section 2).
 *
 * This is all that a connection keeps between compressed messages. The file knows nothing of DEFLATE; the bytes serve an
 * engine as a preset dictionary.
 */

/**
 * Memory is taken in steps of so many bytes. Most connections never fill their window, and doubling would leave them with
 * up to twice what they use; copying at most 32 KiB once in 512 bytes costs less than compressing them.
 */
const GROWTH_STEP = 512;

const EMPTY = new Uint8Array(0);

export class SlidingWindow {
  readonly #size: number;
  #memory: Uint8Array = EMPTY;
  #length = 0;

  /** @param windowBits base-2 logarithm of the most bytes to keep, 8 to 15 */
  constructor(windowBits: number) {
    this.#size = 1 << windowBits;
  }

  /** The plaintext, oldest byte first, as a view that is valid until the next call of `append` or `reset`. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** Bytes of memory taken, never more than the window's size. */
  get heldBytes(): number {
    return this.#memory.length;
  }

  /** Adds plaintext and forgets what falls out of the window. Copies; `bytes` stays the caller's. */
  append(bytes: Uint8Array): void {
    const added = bytes.length > this.#size ? bytes.subarray(bytes.length - this.#size) : bytes;
    const kept = Math.min(this.#length, this.#size - added.length);
    if (kept + added.length > this.#memory.length) this.#grow(kept + added.length);
    this.#memory.copyWithin(0, this.#length - kept, this.#length);
    this.#memory.set(added, kept);
    this.#length = kept + added.length;
  }

  /** Forgets the plaintext and gives the memory back. */
  reset(): void {
    this.#memory = EMPTY;
    this.#length = 0;
  }

  #grow(needed: number): void {
    const steps = Math.ceil(needed / GROWTH_STEP);
    const memory = new Uint8Array(Math.min(this.#size, steps * GROWTH_STEP));
    memory.set(this.bytes);
    this.#memory = memory;
  }
}
