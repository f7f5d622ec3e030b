/**
 * How a message is inflated with Node's zlib, whoever runs it: the order of its runs, and what their results mean.
 *
 * zlib stops after a block with BFINAL set, so a message may take several runs. This file decides what each is given and
 * whether the message was whole; the runs themselves are synchronous (`zlib-engine.ts`) or not (`zlib-pool.ts`).
 */

import { join, joinAll } from "../bytes/copy.ts";
import type { InflateFault } from "../deflate/engine.ts";
import { endsWithTail, TAIL } from "../deflate/message-tail.ts";
import { SlidingWindow } from "../deflate/sliding-window.ts";

/** An empty stored block with BFINAL set. */
const FINAL_BLOCK = [0x01, 0x00, 0x00, 0xff, 0xff] as const;

/**
 * How often inflation may begin anew in one message, because a block had BFINAL set. Each time costs some 20 µs for as
 * little as two bytes, so this is what bounds the time. Senders set BFINAL at the end of a message or fragment, if at all.
 */
const MAX_FINAL_BLOCKS = 1_024;

/** One run of zlib that is to be made. */
export interface Run {
  readonly input: Uint8Array;
  /** The plaintext before it. */
  readonly window: Uint8Array;
  /** Bytes that it may come to. */
  readonly maxSize: number;
}

/** What a run made of its input: zlib stops at the end of a block with BFINAL set. */
export interface Stretch {
  readonly plaintext: Uint8Array;
  readonly consumed: number;
}

/** Asks for runs and returns the message. */
export type Inflation = Generator<Run, Uint8Array | InflateFault, Stretch | InflateFault>;

/**
 * Inflates a message's DEFLATE data (with or without its last octets `00 00 ff ff`) against `window`, which stays as it is.
 *
 * Every message is inflated up to a final block that is appended here, so that zlib itself tells whether the message ended
 * where a block ends. A message that was cut elsewhere is INVALID, unless its last bits and the octets after it happen to
 * form a block's end: then it is DEFLATE data that no receiver could tell from any other.
 *
 * One leniency is zlib's: a distance beyond the window is accepted when it stays inside the piece of output that zlib is
 * working on. It reaches this message's own plaintext and nothing else.
 */
export function* inflation(payload: Uint8Array, window: Uint8Array, windowBits: number, maxSize: number): Inflation {
  // Not a block at all, strictly speaking, but there is one way only to understand it
  if (payload.length === 0) return new Uint8Array(0);
  const input = terminated(payload);
  const pieces: Uint8Array[] = [];
  let consumed = 0;
  let size = 0;
  let known = window;
  for (let finalBlocks = 0; finalBlocks <= MAX_FINAL_BLOCKS; finalBlocks++) {
    const stretch = yield { input: input.subarray(consumed), window: known, maxSize: maxSize - size };
    if (typeof stretch === "string") return stretch;
    consumed += stretch.consumed;
    size += stretch.plaintext.length;
    pieces.push(stretch.plaintext);
    if (consumed >= payload.length) {
      return isWhole(consumed, payload.length, input.length) ? whole(pieces, size) : "INVALID";
    }
    known = windowAfter(known, stretch.plaintext, windowBits);
  }
  return "INVALID";
}

/** What a run made, or why it failed; `result` is what zlib gives with the option `info`. */
export function stretchOf(result: unknown, { maxSize }: Run): Stretch | InflateFault {
  // Which is documented, and not declared
  const { buffer, engine } = result as {
    readonly buffer: Buffer<ArrayBuffer>;
    readonly engine: { readonly bytesWritten: number };
  };
  // zlib knows no limit of zero bytes
  if (buffer.length > maxSize) return "TOO_BIG";
  return { plaintext: compact(buffer), consumed: engine.bytesWritten };
}

/** Which fault zlib's error reports; anything that is not about the input is thrown again, being our own bug. */
export function faultOf(error: unknown): InflateFault {
  const code = String((error as NodeJS.ErrnoException).code);
  if (code === "ERR_BUFFER_TOO_LARGE") return "TOO_BIG";
  if (code.startsWith("Z_")) return "INVALID";
  throw error;
}

/**
 * RFC 7692, 7.2.3.4 has senders put an empty block after a final one. Some do not, and end with the final block. In between,
 * the message's last block took octets for its own that were appended here: it had been cut.
 */
function isWhole(consumed: number, payloadLength: number, inputLength: number): boolean {
  return consumed === inputLength || consumed === payloadLength;
}

/** The message's data up to a byte boundary after its last block, and a final block after that. */
function terminated(payload: Uint8Array): Uint8Array {
  return join(payload, Uint8Array.from(endsWithTail(payload) ? FINAL_BLOCK : [...TAIL, ...FINAL_BLOCK]));
}

function windowAfter(window: Uint8Array, plaintext: Uint8Array, windowBits: number): Uint8Array {
  const sliding = new SlidingWindow(windowBits);
  sliding.append(window);
  sliding.append(plaintext);
  return sliding.bytes;
}

/** The bytes in memory of exactly their size: a short message must not keep the whole piece of output alive. */
function compact(buffer: Buffer<ArrayBuffer>): Uint8Array {
  return buffer.length === buffer.buffer.byteLength ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer);
}

function whole(pieces: readonly Uint8Array[], size: number): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : joinAll(pieces, size);
}
