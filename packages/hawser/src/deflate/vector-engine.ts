/**
 * The DEFLATE engine of this library: a codec in WebAssembly, shared by all connections of a thread, and a space for the
 * windows of some of them. A connection keeps two windows, and no memory of the codec's.
 * A deflater or inflater is its window, and what the codec needs to know: so an idle connection has few objects.
 */

import { copyBytes } from "../bytes/copy.ts";
import type { KeepBytes } from "../bytes/message-memory.ts";
import { type Codec, type CodecWindow, instantiateCodec, MAX_PORTION } from "./codec.ts";
import { ConnectionWindow } from "./connection-window.ts";
import { type Effort, effortOf } from "./effort.ts";
import type { DeflateEngine, Deflater, DeflaterOptions, InflateFault, Inflater, InflaterOptions } from "./engine.ts";
import { NOBODY } from "./hot-windows.ts";
import { WindowSpace, type WindowSpaceOptions } from "./window-space.ts";
import { isStoreAvailable } from "./window-store.ts";

/** How messages and compressed bytes are worked on and kept. */
export interface CodecOptions {
  /** Bytes of a message that are worked on at a time. @default 32_768, which is the most */
  readonly portion?: number;
  /** Makes messages and compressed bytes, for their receiver to keep. @default in memory of their own */
  readonly keep?: KeepBytes;
}

/** A codec, of which a thread needs one; `undefined` where WebAssembly, its vectors or memory for windows are missing. */
export function createVectorCodec({ portion = MAX_PORTION, keep = copyBytes }: CodecOptions = {}): Codec | undefined {
  return isStoreAvailable() ? instantiateCodec(portion, keep) : undefined;
}

/** An engine with a codec and memory of its own, or `undefined` where there is none. */
export function createVectorEngine(
  options: CodecOptions & Omit<WindowSpaceOptions, "codec"> = {},
): VectorEngine | undefined {
  const codec = createVectorCodec(options);
  return codec && new VectorEngine({ ...options, codec });
}

export class VectorEngine implements DeflateEngine {
  /** Where the windows are. */
  readonly space: WindowSpace;

  constructor(options: WindowSpaceOptions) {
    this.space = new WindowSpace(options);
  }

  createDeflater(options: DeflaterOptions, companion?: Inflater): Deflater {
    return new VectorDeflater(options, this.space, companion);
  }

  createInflater(options: InflaterOptions, companion?: Deflater): Inflater {
    return new VectorInflater(options, this.space, companion);
  }

  admits(bytes: number): boolean {
    return this.space.admits(bytes);
  }

  holdShared(bytes: number): void {
    this.space.holdShared(bytes);
  }

  declined(): void {
    this.space.declined();
  }
}

/** What the codec gets for a window without plaintext. */
const NOTHING: CodecWindow = { id: NOBODY, length: 0, position: 0, copyTo() {} };

class VectorDeflater extends ConnectionWindow implements Deflater {
  readonly #effort: Effort;

  constructor(options: DeflaterOptions, space: WindowSpace, companion: Inflater | undefined) {
    super(space, companion instanceof ConnectionWindow ? companion : undefined);
    this.#effort = effortOf(options);
  }

  get windowBits(): number {
    return this.#effort.windowBits;
  }

  get isSending(): boolean {
    return true;
  }

  deflate(payload: Uint8Array, reach?: number): Uint8Array {
    // Not within the codec's call: thawing the window takes the codec
    const window = this.stored() ?? NOTHING;
    return this.keeper.codec.deflate(window, this.#effort, payload, reach);
  }

  override append(payload: Uint8Array): void {
    try {
      super.append(payload);
    } catch (error) {
      // Without these bytes, those before them must not be referred to
      this.reset();
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

class VectorInflater extends ConnectionWindow implements Inflater {
  readonly windowBits: number;

  constructor({ windowBits }: InflaterOptions, space: WindowSpace, companion: Deflater | undefined) {
    super(space, companion instanceof ConnectionWindow ? companion : undefined);
    this.windowBits = windowBits;
  }

  get isSending(): boolean {
    return false;
  }

  inflate(payload: Uint8Array, maxSize: number): Uint8Array | InflateFault {
    // Not a block at all, strictly speaking, but there is one way only to understand it
    if (payload.length === 0) return new Uint8Array(0);
    // Not within the codec's call: thawing the window takes the codec
    const window = this.stored() ?? NOTHING;
    const message = this.keeper.codec.inflate(window, this.windowBits, payload, maxSize);
    if (typeof message !== "string") this.append(message);
    return message;
  }
}
