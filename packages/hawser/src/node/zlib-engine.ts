/**
 * The DEFLATE engine on Node's own zlib, through its public, synchronous one-shot functions.
 *
 * Between messages a connection keeps its sliding windows as plaintext and no zlib stream: the window goes in as a preset
 * dictionary, which gives bytes that a stream without end understands. A live pair of zlib streams costs over 100 KiB for a
 * connection, however small its windows. This file knows nothing of thresholds and context takeover.
 */

import { constants as bufferConstants } from "node:buffer";
import { deflateRawSync, inflateRawSync, type ZlibOptions, constants as zlibConstants } from "node:zlib";
import type {
  DeflateEngine,
  Deflater,
  DeflaterOptions,
  DeflateStrategy,
  InflateFault,
  Inflater,
  InflaterOptions,
} from "../deflate/engine.ts";
import { SlidingWindow } from "../deflate/sliding-window.ts";

/** zlib's defaults. */
const DEFAULT_LEVEL = 6;
const DEFAULT_MEM_LEVEL = 8;

/**
 * zlib cannot deflate into a window of 8 bits. With 9 bits it never reaches back further than 512 - 262 = 250 bytes, since
 * it always keeps its longest match and a few bytes in reserve (`MIN_LOOKAHEAD`); so what it makes fits a window of 256.
 */
const MIN_DEFLATE_WINDOW_BITS = 9;

/** zlib's output is taken in pieces of at most so many bytes, so that a bomb is noticed before much of it is inflated. */
const MAX_CHUNK_SIZE = 65_536;
const MIN_CHUNK_SIZE = 512;

/** The octets that a sender strips from a message's end (RFC 7692, section 7.2.1): an empty stored block less its header. */
const TAIL = [0x00, 0x00, 0xff, 0xff] as const;

/** An empty stored block with BFINAL set. */
const FINAL_BLOCK = [0x01, 0x00, 0x00, 0xff, 0xff] as const;

/**
 * How often inflation may begin anew in one message, because a block had BFINAL set. Each time costs some 20 µs for as
 * little as two bytes, so this is what bounds the time. Senders set BFINAL at the end of a message or fragment, if at all.
 */
const MAX_FINAL_BLOCKS = 1_024;

const STRATEGIES = {
  default: zlibConstants.Z_DEFAULT_STRATEGY,
  filtered: zlibConstants.Z_FILTERED,
  huffmanOnly: zlibConstants.Z_HUFFMAN_ONLY,
  rle: zlibConstants.Z_RLE,
  fixed: zlibConstants.Z_FIXED,
} as const satisfies Record<DeflateStrategy, number>;

/** The engine on `node:zlib`. It has no state: any number of connections may use it. */
export const zlibEngine: DeflateEngine = {
  createDeflater: (options) => new ZlibDeflater(options),
  createInflater: (options) => new ZlibInflater(options),
};

class ZlibDeflater implements Deflater {
  readonly #options: DeflaterOptions;
  readonly #window: SlidingWindow;

  constructor(options: DeflaterOptions) {
    this.#options = options;
    this.#window = new SlidingWindow(options.windowBits);
  }

  get heldBytes(): number {
    return this.#window.heldBytes;
  }

  deflate(payload: Uint8Array, reach = Number.POSITIVE_INFINITY): Uint8Array {
    const { windowBits, level = DEFAULT_LEVEL, memLevel = DEFAULT_MEM_LEVEL, strategy = "default" } = this.#options;
    const compressed = deflateRawSync(payload, {
      windowBits: Math.max(windowBits, MIN_DEFLATE_WINDOW_BITS),
      level,
      memLevel,
      strategy: STRATEGIES[strategy],
      finishFlush: zlibConstants.Z_SYNC_FLUSH,
      // Room for data that does not shrink: a single piece, so that nothing is concatenated
      chunkSize: chunkSizeFor(payload.length + (payload.length >> 3)),
      ...dictionaryOf(latest(this.#window.bytes, reach)),
    });
    return new Uint8Array(compressed.buffer, compressed.byteOffset, compressed.length);
  }

  append(payload: Uint8Array): void {
    this.#window.append(payload);
  }

  reset(): void {
    this.#window.reset();
  }
}

/** What one run of zlib made of its input: it stops at the end of a block with BFINAL set. */
interface Stretch {
  readonly plaintext: Uint8Array;
  readonly consumed: number;
}

/**
 * Every message is inflated up to a final block that is appended here, so that zlib itself tells whether the message ended
 * where a block ends. A message that was cut elsewhere is INVALID, unless its last bits and the octets after it happen to
 * form a block's end: then it is DEFLATE data that no receiver could tell from any other.
 *
 * One leniency is zlib's: a distance beyond the window is accepted when it stays inside the piece of output that zlib is
 * working on. It reaches this message's own plaintext and nothing else.
 */
class ZlibInflater implements Inflater {
  readonly #windowBits: number;
  readonly #window: SlidingWindow;

  constructor(options: InflaterOptions) {
    this.#windowBits = options.windowBits;
    this.#window = new SlidingWindow(options.windowBits);
  }

  get heldBytes(): number {
    return this.#window.heldBytes;
  }

  inflate(payload: Uint8Array, maxSize: number): Uint8Array | InflateFault {
    // Not a block at all, strictly speaking, but there is one way only to understand it
    if (payload.length === 0) return new Uint8Array(0);
    const input = terminated(payload);
    const first = this.#inflateStretch(input, maxSize);
    if (typeof first === "string") return first;
    if (first.consumed >= payload.length) return this.#accept(first, payload, input);
    // zlib stops after a final block, and the next stretch needs what came before it
    const before = this.#window.bytes.slice();
    const plaintext = this.#inflateStretches(first, payload, input, maxSize);
    if (typeof plaintext === "string") {
      this.#window.reset();
      this.#window.append(before);
    }
    return plaintext;
  }

  /** A stretch that goes to the message's end. */
  #accept({ plaintext, consumed }: Stretch, payload: Uint8Array, input: Uint8Array): Uint8Array | InflateFault {
    // RFC 7692, 7.2.3.4 has senders put an empty block after a final one. Some do not, and end with the final block. In
    // between, the message's last block took octets for its own that were appended here: it had been cut.
    if (consumed !== input.length && consumed !== payload.length) return "INVALID";
    this.#window.append(plaintext);
    return plaintext;
  }

  #inflateStretches(
    first: Stretch,
    payload: Uint8Array,
    input: Uint8Array,
    maxSize: number,
  ): Uint8Array | InflateFault {
    const pieces: Uint8Array[] = [];
    let { plaintext, consumed } = first;
    let size = 0;
    for (let finalBlocks = 0; finalBlocks < MAX_FINAL_BLOCKS; finalBlocks++) {
      this.#window.append(plaintext);
      pieces.push(plaintext);
      size += plaintext.length;
      const next = this.#inflateStretch(input.subarray(consumed), maxSize - size);
      if (typeof next === "string") return next;
      consumed += next.consumed;
      plaintext = next.plaintext;
      if (consumed < payload.length) continue;
      const last = this.#accept({ plaintext, consumed }, payload, input);
      return typeof last === "string" ? last : joined([...pieces, last], size + last.length);
    }
    return "INVALID";
  }

  reset(): void {
    this.#window.reset();
  }

  #inflateStretch(input: Uint8Array, maxSize: number): Stretch | InflateFault {
    const stretch = runInflate(input, {
      windowBits: this.#windowBits,
      maxOutputLength: Math.min(Math.max(maxSize, 1), bufferConstants.MAX_LENGTH),
      chunkSize: chunkSizeFor(input.length * 4),
      ...dictionaryOf(this.#window.bytes),
    });
    if (typeof stretch === "string") return stretch;
    // zlib knows no limit of zero bytes
    return stretch.plaintext.length > maxSize ? "TOO_BIG" : stretch;
  }
}

function runInflate(input: Uint8Array, options: ZlibOptions): Stretch | InflateFault {
  try {
    // The declared result does not know `info`, which is documented: it adds the engine, and with it the bytes consumed
    const result = inflateRawSync(input, { ...options, info: true }) as unknown as {
      readonly buffer: Buffer<ArrayBuffer>;
      readonly engine: { readonly bytesWritten: number };
    };
    return { plaintext: compact(result.buffer), consumed: result.engine.bytesWritten };
  } catch (error) {
    return faultOf(error);
  }
}

/** Which fault zlib's exception reports; anything that is not about the input is thrown again, being our own bug. */
function faultOf(error: unknown): InflateFault {
  const code = String((error as NodeJS.ErrnoException).code);
  if (code === "ERR_BUFFER_TOO_LARGE") return "TOO_BIG";
  if (code.startsWith("Z_")) return "INVALID";
  throw error;
}

/** The message's data up to a byte boundary after its last block, and a final block after that. */
function terminated(payload: Uint8Array): Uint8Array {
  // Stripped data never ends in 0xff: its last three bits are a block's header, zeros all
  const isStripped = !TAIL.every((octet, index) => payload[payload.length - TAIL.length + index] === octet);
  const appended = isStripped ? [...TAIL, ...FINAL_BLOCK] : FINAL_BLOCK;
  const input = new Uint8Array(payload.length + appended.length);
  input.set(payload);
  input.set(appended, payload.length);
  return input;
}

/** zlib refuses an empty dictionary. */
function dictionaryOf(bytes: Uint8Array): { readonly dictionary?: Uint8Array } {
  return bytes.length === 0 ? {} : { dictionary: bytes };
}

function latest(bytes: Uint8Array, count: number): Uint8Array {
  return count >= bytes.length ? bytes : bytes.subarray(bytes.length - count);
}

function chunkSizeFor(expected: number): number {
  return Math.min(Math.max(expected, MIN_CHUNK_SIZE), MAX_CHUNK_SIZE);
}

/** The bytes in memory of exactly their size: a short message must not keep the whole piece of output alive. */
function compact(buffer: Buffer<ArrayBuffer>): Uint8Array {
  return buffer.length === buffer.buffer.byteLength ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer);
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
