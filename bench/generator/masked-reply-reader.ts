/**
 * Counts a client's echoes: each has a masking key of its own, so every one is taken apart, unmasked and compared.
 *
 * Each reply must be one unfragmented, masked frame.
 */
import { type ReplyReader, WrongEcho } from "./reply-reader.ts";

const MASK_SIZE = 4;

export class MaskedReplyReader implements ReplyReader {
  readonly #payloads: readonly Uint8Array[];
  readonly #header: Buffer;
  readonly #frameLength: number;
  #replies = 0;
  /** A frame that the last chunk broke off. */
  #partial: Buffer = Buffer.alloc(0);

  /**
   * @param frames what a server would have sent, header and all, of one length: a client's differ by their mask.
   * @param payloads the same frames' contents.
   */
  constructor(frames: readonly Buffer[], payloads: readonly Uint8Array[]) {
    this.#payloads = payloads;
    this.#header = Buffer.from(frames[0]!.subarray(0, frames[0]!.length - payloads[0]!.length));
    this.#header[1]! |= 0x80;
    this.#frameLength = frames[0]!.length + MASK_SIZE;
  }

  read(chunk: Buffer): number {
    const before = this.#replies;
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    let at = 0;
    for (; bytes.length - at >= this.#frameLength; at += this.#frameLength) this.#checkFrame(bytes, at);
    this.#partial = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
    return this.#replies - before;
  }

  #checkFrame(bytes: Buffer, at: number): void {
    const headerLength = this.#header.length;
    if (bytes.compare(this.#header, 0, headerLength, at, at + headerLength) !== 0) {
      const found = bytes.subarray(at, at + headerLength).toString("hex");
      throw new WrongEcho(`reply ${this.#replies} begins with ${found}, expected ${this.#header.toString("hex")}`);
    }
    const payload = this.#payloads[this.#replies % this.#payloads.length]!;
    const mask = at + headerLength;
    const start = mask + MASK_SIZE;
    for (let index = 0; index < payload.length; index++) {
      if ((bytes[start + index]! ^ bytes[mask + (index & 3)]!) !== payload[index]) {
        throw new WrongEcho(`reply ${this.#replies} differs from what was sent`);
      }
    }
    this.#replies++;
  }
}
