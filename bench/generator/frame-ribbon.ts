import { offsetsOf } from "./offsets.ts";

/**
 * Frames laid one after another and repeated, so that any run of them is one slice of one buffer: nothing is built, copied
 * or joined while the clock runs.
 */
export class FrameRibbon {
  readonly #bytes: Buffer;
  /** Where each frame begins, and the last one ends. */
  readonly #offsets: readonly number[];
  readonly #count: number;
  readonly #singles: readonly Buffer[];

  /**
   * @param frames at least one; they are repeated in this order.
   * @param longestRun the most frames that {@link slice} will be asked for.
   */
  constructor(frames: readonly Buffer[], longestRun: number) {
    const laid = Array.from({ length: frames.length + longestRun }, (_, index) => frames[index % frames.length]!);
    this.#bytes = Buffer.concat(laid);
    this.#count = frames.length;
    this.#offsets = offsetsOf(laid);
    this.#singles = frames.map((_, index) => this.#cut(index, 1));
  }

  /** The frames number `first` to `first + count - 1` of the endless repetition. */
  slice(first: number, count: number): Buffer {
    const index = first % this.#count;
    return count === 1 ? this.#singles[index]! : this.#cut(index, count);
  }

  #cut(index: number, count: number): Buffer {
    return this.#bytes.subarray(this.#offsets[index], this.#offsets[index + count]);
  }
}
