/**
 * One setting on many connections in turn, as a server works: between two messages of a connection come those of all the
 * others, so that nothing of it is in the processor's cache any more.
 */

import type { PerMessageDeflateOptions } from "hawser";
import { collectGarbage, cpuMicroseconds } from "./cpu.ts";
import { agreeOn, decode, type ExtensionPair, encode, heldBytes } from "./extension-pair.ts";

export interface RoundRobinResult {
  /** CPU time to compress a message (µs). */
  readonly deflate: number;
  /** CPU time to decompress a message (µs). */
  readonly inflate: number;
  /** Bytes of windows that the server holds for a connection, both directions, if the library says so. */
  readonly heldBytes: number | undefined;
}

/** Windows are filled in pieces of so many bytes: larger ones may be compressed in another way than messages are. */
const FILLING_PIECE = 4_096;

/** Messages of a connection in a round. */
const LEAST_STEPS = 2;
const MOST_STEPS = 100;

export class RoundRobin {
  readonly #messages: readonly Uint8Array[];
  readonly #pairs: readonly ExtensionPair[];
  #sent = 0;

  /** Opens the connections and fills their windows. */
  constructor(compression: PerMessageDeflateOptions, messages: readonly Uint8Array[], connections: number) {
    this.#messages = messages;
    this.#pairs = Array.from({ length: connections }, () => agreeOn(compression));
    const keepsContext = compression.serverNoContextTakeover !== true;
    const filling = keepsContext ? fillingFor(messages, 1 << (compression.serverMaxWindowBits ?? 15)) : [];
    for (const pair of this.#pairs) fill(pair, filling);
  }

  /**
   * Each connection's next messages, both ways.
   *
   * @param leastTime CPU time of compressing in µs, after which the round ends
   */
  run(leastTime: number): RoundRobinResult {
    collectGarbage();
    let [deflate, inflate, steps] = [0, 0, 0];
    while (steps < LEAST_STEPS || (deflate < leastTime && steps < MOST_STEPS)) {
      const payloads = this.#pairs.map(({ client }, index) => encode(client, this.#next(index))?.slice());
      deflate += timed(() => this.#deflateEach());
      inflate += timed(() => this.#inflateEach(payloads));
      this.#sent += 1;
      steps += 1;
    }
    const messages = steps * this.#pairs.length;
    return { deflate: deflate / messages, inflate: inflate / messages, heldBytes: this.#heldBytes() };
  }

  /** Neighbours are at different places of the corpus, so that not all have the same message in hand. */
  #next(connection: number): Uint8Array {
    return this.#messages[(connection * 7 + this.#sent) % this.#messages.length]!;
  }

  #deflateEach(): void {
    this.#pairs.forEach(({ server }, index) => {
      encode(server, this.#next(index));
    });
  }

  #inflateEach(payloads: readonly (Uint8Array | undefined)[]): void {
    this.#pairs.forEach(({ server }, index) => {
      const payload = payloads[index];
      if (payload !== undefined) decode(server, payload, this.#next(index).length);
    });
  }

  #heldBytes(): number | undefined {
    const held = this.#pairs.map(({ server }) => heldBytes(server));
    if (held.includes(undefined)) return undefined;
    return held.reduce<number>((sum, bytes) => sum + bytes!, 0) / this.#pairs.length;
  }
}

function timed(work: () => void): number {
  const start = cpuMicroseconds();
  work();
  return cpuMicroseconds() - start;
}

/** The corpus's own text, at least a window of it. */
function fillingFor(messages: readonly Uint8Array[], windowSize: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let index = 0; size < windowSize; index++) {
    const message = messages[index % messages.length]!.subarray(0, windowSize - size);
    pieces.push(message);
    size += message.length;
  }
  const text = Buffer.concat(pieces);
  const count = Math.ceil(text.length / FILLING_PIECE);
  return Array.from({ length: count }, (_, index) => text.subarray(index * FILLING_PIECE, (index + 1) * FILLING_PIECE));
}

function fill({ server, client }: ExtensionPair, pieces: readonly Uint8Array[]): void {
  for (const piece of pieces) {
    encode(server, piece);
    const payload = encode(client, piece)?.slice();
    if (payload !== undefined) decode(server, payload, piece.length);
  }
}
