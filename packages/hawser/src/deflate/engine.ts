/**
 * A DEFLATE engine for streams of messages, as permessage-deflate sees one (RFC 7692, section 7.2; RFC 1951).
 *
 * Synchronous, so that the order of calls is the order of the sliding windows. An implementation keeps, for each direction,
 * the sliding window's plaintext at most; working memory belongs to the engine, not to a connection. Large messages may be
 * coded by a {@link DeflatePool} instead, which is not synchronous; its callers see to the order.
 */

/** What zlib calls a strategy. */
export type DeflateStrategy = "default" | "filtered" | "huffmanOnly" | "rle" | "fixed";

export interface DeflaterOptions {
  /** Base-2 logarithm of the LZ77 sliding window, 8 to 15. No distance beyond it is ever emitted. */
  readonly windowBits: number;
  /** Effort, 1 (fastest) to 9 (smallest). @default 6 */
  readonly level?: number;
  /** Memory that the search may use, 1 to 9, with the meaning it has in zlib. @default 8 */
  readonly memLevel?: number;
  /** @default "default" */
  readonly strategy?: DeflateStrategy;
}

export interface InflaterOptions {
  /** Base-2 logarithm of the LZ77 sliding window that the peer may use, 8 to 15. */
  readonly windowBits: number;
}

export interface Deflater {
  /**
   * Compresses against the window, and leaves the window as it is: what is sent must be followed by {@link append}, what is
   * not sent leaves no trace. The result is the caller's to keep; it ends on a byte boundary with an empty stored block, its last octets being
   * `00 00 ff ff`.
   *
   * @param reach the latest bytes of the window that the result may refer to, if not all: whoever has at least these in its
   *   window can inflate it. 0: it refers to nothing but itself.
   */
  deflate(payload: Uint8Array, reach?: number): Uint8Array;
  /**
   * Adds the plaintext of a compressed message that was sent to the window. Where memory for it cannot be had, the window is
   * forgotten: a sender may do without.
   */
  append(payload: Uint8Array): void;
  /** The window's plaintext, oldest byte first, in memory of its own. */
  copyWindow(): Uint8Array;
  /** Forgets the window: the next message is compressed without context. The last call of a deflater that is done with. */
  reset(): void;
  /** Bytes that this deflater holds between calls. */
  readonly heldBytes: number;
}

/** Why a payload could not be inflated: the result would exceed the limit, or it is not DEFLATE data within the window. */
export type InflateFault = "TOO_BIG" | "INVALID";

export interface Inflater {
  /**
   * Decompresses a message's DEFLATE data (with or without its last octets `00 00 ff ff`) against the window, and adds the
   * plaintext to the window. Stops as soon as the result would exceed `maxSize` bytes. Never throws for what `payload` holds;
   * a fault leaves the window as it was.
   */
  inflate(payload: Uint8Array, maxSize: number): Uint8Array | InflateFault;
  /** Adds the plaintext of a message that was inflated elsewhere to the window. */
  append(payload: Uint8Array): void;
  /** The window's plaintext, oldest byte first, in memory of its own. */
  copyWindow(): Uint8Array;
  /** Forgets the window: the next message comes without context. The last call of an inflater that is done with. */
  reset(): void;
  /** Bytes that this inflater holds between calls. */
  readonly heldBytes: number;
}

/**
 * Codes messages outside of the thread that asks for it: worth its way for large ones. What it makes and refuses is as if a
 * {@link Deflater} or {@link Inflater} with that window had made or refused it. It knows no connection: whoever asks keeps the
 * windows, adds the plaintext once it is sent or received, and changes neither the payload nor the window meanwhile.
 */
export interface DeflatePool {
  /** Compresses against `window`; as {@link Deflater.deflate}. Rejects only where memory is short. */
  deflate(payload: Uint8Array, window: Uint8Array, options: DeflaterOptions): Promise<Uint8Array>;
  /** Decompresses against `window`; as {@link Inflater.inflate}. Rejects only where memory is short. */
  inflate(
    payload: Uint8Array,
    window: Uint8Array,
    windowBits: number,
    maxSize: number,
  ): Promise<Uint8Array | InflateFault>;
}

/** Makes deflaters and inflaters. Shared by all connections of a thread. */
export interface DeflateEngine {
  /** @param companion the other direction of the same connection: an engine may put both windows away together */
  createDeflater(options: DeflaterOptions, companion?: Inflater): Deflater;
  createInflater(options: InflaterOptions, companion?: Deflater): Inflater;
  /** For large messages. */
  readonly pool?: DeflatePool;
  /**
   * Whether there is memory for another connection, of whose windows `bytes` must stay whole: a sender may always use less of
   * its window than was agreed, a receiver may not. Or for what several connections are to have in common. Without it there
   * always is.
   */
  admits?(bytes: number): boolean;
  /** Plaintext that is part of several connections' windows takes so many bytes more of memory; less, if negative. */
  holdShared?(bytes: number): void;
  /** A server declined an offer because the connection was not admitted. */
  declined?(): void;
}
