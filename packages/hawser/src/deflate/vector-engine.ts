/**
 * The DEFLATE engine of this library: a codec in WebAssembly and a store of windows, both shared by all connections of a
 * thread. A connection keeps two windows, and no memory of the codec's.
 */

import { type Codec, instantiateCodec, MAX_PORTION } from "./codec.ts";
import { type Effort, effortOf } from "./effort.ts";
import type { DeflateEngine, Deflater, DeflaterOptions, InflateFault, Inflater, InflaterOptions } from "./engine.ts";
import { StoredWindow } from "./stored-window.ts";
import { isStoreAvailable, WindowStore } from "./window-store.ts";

/** An engine with memory of its own, of which a thread needs one; `undefined` where WebAssembly or its vectors are missing. */
export function createVectorEngine({ portion = MAX_PORTION } = {}): DeflateEngine | undefined {
  const codec = isStoreAvailable() ? instantiateCodec(portion) : undefined;
  if (codec === undefined) return undefined;
  const store = new WindowStore();
  return {
    createDeflater: (options) => new VectorDeflater(options, codec, store),
    createInflater: (options) => new VectorInflater(options, codec, store),
  };
}

class VectorDeflater implements Deflater {
  readonly #codec: Codec;
  readonly #window: StoredWindow;
  readonly #effort: Effort;

  constructor(options: DeflaterOptions, codec: Codec, store: WindowStore) {
    this.#codec = codec;
    this.#window = new StoredWindow(options.windowBits, store);
    this.#effort = effortOf(options);
  }

  get heldBytes(): number {
    return this.#window.heldBytes;
  }

  deflate(payload: Uint8Array): Uint8Array {
    return this.#codec.deflate(this.#window, this.#effort, payload);
  }

  append(payload: Uint8Array): void {
    this.#window.append(payload);
  }

  reset(): void {
    this.#window.reset();
  }
}

class VectorInflater implements Inflater {
  readonly #codec: Codec;
  readonly #window: StoredWindow;
  readonly #windowBits: number;

  constructor({ windowBits }: InflaterOptions, codec: Codec, store: WindowStore) {
    this.#codec = codec;
    this.#window = new StoredWindow(windowBits, store);
    this.#windowBits = windowBits;
  }

  get heldBytes(): number {
    return this.#window.heldBytes;
  }

  inflate(payload: Uint8Array, maxSize: number): Uint8Array | InflateFault {
    // Not a block at all, strictly speaking, but there is one way only to understand it
    if (payload.length === 0) return new Uint8Array(0);
    const message = this.#codec.inflate(this.#window, this.#windowBits, payload, maxSize);
    if (typeof message !== "string") this.#window.append(message);
    return message;
  }

  reset(): void {
    this.#window.reset();
  }
}
