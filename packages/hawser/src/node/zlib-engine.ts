/**
 * The DEFLATE engine on Node's own zlib, through its public, synchronous one-shot functions.
 *
 * Between messages a connection keeps its sliding windows as plaintext and no zlib stream: the window goes in as a preset
 * dictionary, which gives bytes that a stream without end understands. A live pair of zlib streams costs over 100 KiB for a
 * connection, however small its windows. This file knows nothing of thresholds and context takeover.
 */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import type {
  DeflateEngine,
  Deflater,
  DeflaterOptions,
  InflateFault,
  Inflater,
  InflaterOptions,
} from "../deflate/engine.ts";
import { SlidingWindow } from "../deflate/sliding-window.ts";
import { faultOf, inflation, type Run, type Stretch, stretchOf } from "./zlib-inflation.ts";
import { chunkSizeFor, deflateSettings, inflateSettings } from "./zlib-settings.ts";

/** zlib's output is taken in pieces of at most so many bytes, so that a bomb is noticed before much of it is inflated. */
const MAX_CHUNK_SIZE = 65_536;

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
    const window = latest(this.#window.bytes, reach);
    const compressed = deflateRawSync(payload, deflateSettings(this.#options, window, payload.length, MAX_CHUNK_SIZE));
    return new Uint8Array(compressed.buffer, compressed.byteOffset, compressed.length);
  }

  append(payload: Uint8Array): void {
    try {
      this.#window.append(payload);
    } catch (error) {
      // Without these bytes, those before them must not be referred to
      this.#window.reset();
      if (!(error instanceof RangeError)) throw error;
    }
  }

  copyWindow(): Uint8Array {
    return this.#window.bytes.slice();
  }

  reset(): void {
    this.#window.reset();
  }
}

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
    const message = inflateAtOnce(payload, this.#window.bytes, this.#windowBits, maxSize);
    if (typeof message !== "string") this.#window.append(message);
    return message;
  }

  append(payload: Uint8Array): void {
    this.#window.append(payload);
  }

  copyWindow(): Uint8Array {
    return this.#window.bytes.slice();
  }

  reset(): void {
    this.#window.reset();
  }
}

function inflateAtOnce(
  payload: Uint8Array,
  window: Uint8Array,
  windowBits: number,
  maxSize: number,
): Uint8Array | InflateFault {
  const runs = inflation(payload, window, windowBits, maxSize);
  let next = runs.next();
  while (!next.done) next = runs.next(runInflate(next.value, windowBits));
  return next.value;
}

/** Makes a run now. */
export function runInflate(run: Run, windowBits: number): Stretch | InflateFault {
  const { input, window, maxSize } = run;
  const chunkSize = chunkSizeFor(input.length * 4, MAX_CHUNK_SIZE);
  try {
    return stretchOf(inflateRawSync(input, inflateSettings(windowBits, window, maxSize, chunkSize)), run);
  } catch (error) {
    return faultOf(error);
  }
}

function latest(bytes: Uint8Array, count: number): Uint8Array {
  return count >= bytes.length ? bytes : bytes.subarray(bytes.length - count);
}
