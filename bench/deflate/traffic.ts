/**
 * One stream of messages for many connections: each begins at a place of its own, with a full window.
 */

import { corpus } from "@hawser/cli/corpora";

const LEAST = 400;

export class Traffic {
  readonly averageLength: number;
  readonly #messages: readonly Uint8Array[];
  readonly #windowSize: number;

  constructor(kind: string, windowBits: number) {
    this.#windowSize = 1 << windowBits;
    const sample = corpus(kind, LEAST);
    this.averageLength = sample.reduce((sum, { length }) => sum + length, 0) / LEAST;
    // More than twice a window, so that no message finds itself in it
    this.#messages = corpus(kind, Math.max(LEAST, Math.ceil((2.2 * this.#windowSize) / this.averageLength)));
  }

  message(connection: number, round: number): Uint8Array {
    const { length } = this.#messages;
    return this.#messages[(((connection * 7 + round) % length) + length) % length]!;
  }

  /** What came before a connection's first round. */
  window(connection: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let round = -1, size = 0; size < this.#windowSize; round--) {
      const piece = this.message(connection, round);
      pieces.unshift(piece);
      size += piece.length;
    }
    return Uint8Array.from(Buffer.concat(pieces).subarray(-this.#windowSize));
  }
}
