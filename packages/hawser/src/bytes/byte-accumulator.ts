/**
 * Bytes gathered from pieces into one run of memory.
 *
 * Memory follows what has arrived, never what was announced: it grows by a factor of {@link GROWTH} at most, and not
 * beyond the announced total. A peer that announces a megabyte and sends three bytes holds 48.
 */

/** Large, so that few copies are made; what was announced bounds it in practice. */
const GROWTH = 16;

export class ByteAccumulator {
  #bytes: Uint8Array<ArrayBuffer> = EMPTY;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has been gathered; valid until the next call. */
  get view(): Uint8Array<ArrayBuffer> {
    // A view of a small array has the engine take memory for it outside of its heap: twenty times the price of the array
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }

  /**
   * Adds `source` from `start` to `end`. `total` is the length that is expected in the end, as far as it is known: at
   * least what will then be held.
   */
  append(source: Uint8Array, start: number, end: number, total: number): void {
    const needed = this.#length + (end - start);
    if (needed > this.#bytes.length) this.#grow(needed, total);
    this.#bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), this.#length);
    this.#length = needed;
  }

  /** Begins with bytes that are nobody else's; nothing has been gathered yet. */
  begin(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  /** Hands out what has been gathered, to keep, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
    this.#bytes = EMPTY;
    this.#length = 0;
    return taken;
  }

  #grow(needed: number, total: number): void {
    const grown = new Uint8Array(Math.max(needed, Math.min(total, needed * GROWTH)));
    if (this.#length > 0) grown.set(this.view);
    this.#bytes = grown;
  }
}

const EMPTY: Uint8Array<ArrayBuffer> = new Uint8Array(0);
