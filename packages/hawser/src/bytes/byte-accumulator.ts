/**
 * Bytes gathered from pieces into one run of memory.
 *
 * Memory follows what has arrived, never what was announced: it grows by a factor of {@link GROWTH} at most, and not
 * beyond the announced total. A peer that announces a megabyte and sends three bytes holds 48. What is there and still empty can
 * be lent, so that the rest of a large message is read straight into it.
 */

/** Large, so that few copies are made; what was announced bounds it in practice. */
const GROWTH = 16;

export class ByteAccumulator {
  #bytes: Uint8Array<ArrayBuffer> = EMPTY;
  #length = 0;
  /** The free part of {@link #bytes}, while somebody may write there. */
  #lent: Uint8Array | undefined;

  get length(): number {
    return this.#length;
  }

  /** What has been gathered; valid until the next call. */
  get view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Adds `source` from `start` to `end`. `total` is the length that is expected in the end, as far as it is known: at
   * least what will then be held.
   */
  append(source: Uint8Array, start: number, end: number, total: number): void {
    const needed = this.#length + (end - start);
    if (source !== this.#lent || start > 0) {
      // What was lent may be written to at any time: it is no longer ours
      if (needed > this.#bytes.length || this.#lent !== undefined) this.#grow(needed, total);
      this.#bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), this.#length);
    }
    this.#lent = undefined;
    this.#length = needed;
  }

  /**
   * Memory for the next bytes, at most `length` of them; `undefined` if there is room for less than `least`. Bytes that are
   * written to its beginning and then added, with it as the source, are not copied.
   */
  lend(length: number, least: number): Uint8Array | undefined {
    const end = Math.min(this.#length + length, this.#bytes.length);
    if (end - this.#length < least) return undefined;
    this.#lent = this.#bytes.subarray(this.#length, end);
    return this.#lent;
  }

  /** Hands out what has been gathered, to keep, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
    this.#bytes = EMPTY;
    this.#lent = undefined;
    this.#length = 0;
    return taken;
  }

  #grow(needed: number, total: number): void {
    const grown = new Uint8Array(Math.max(needed, Math.min(total, needed * GROWTH)));
    grown.set(this.view);
    this.#bytes = grown;
  }
}

const EMPTY: Uint8Array<ArrayBuffer> = new Uint8Array(0);
