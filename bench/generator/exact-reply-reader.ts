/**
 * Counts uncompressed echoes without parsing them: the bytes of the stream are known beforehand, so each chunk is compared
 * with its place in them, and the count follows from the position.
 */
import { type ReplyReader, WrongEcho } from "./reply-reader.ts";

/** The stream that correct replies make: all frames in turn, again and again. Shared by all connections. */
export class ExpectedStream {
  readonly frameLength: number;
  readonly cycleLength: number;
  /** A cycle, and as much again as the longest chunk needs. */
  readonly bytes: Buffer;

  /** @param frames the server's replies, all of one length. */
  constructor(frames: readonly Buffer[], longestChunk: number) {
    this.frameLength = frames[0]!.length;
    this.cycleLength = this.frameLength * frames.length;
    const repeats = 1 + Math.ceil(longestChunk / this.cycleLength);
    const cycle = Buffer.concat(frames);
    this.bytes = Buffer.concat(Array.from({ length: repeats }, () => cycle));
  }
}

export class ExactReplyReader implements ReplyReader {
  readonly #expected: ExpectedStream;
  #position = 0;

  constructor(expected: ExpectedStream) {
    this.#expected = expected;
  }

  read(chunk: Buffer): number {
    const { bytes, cycleLength, frameLength } = this.#expected;
    const start = this.#position % cycleLength;
    if (chunk.compare(bytes, start, start + chunk.length) !== 0) {
      throw new WrongEcho(
        `the echo differs from what was sent, within reply ${Math.floor(this.#position / frameLength)}`,
      );
    }
    const before = Math.floor(this.#position / frameLength);
    this.#position += chunk.length;
    return Math.floor(this.#position / frameLength) - before;
  }
}
