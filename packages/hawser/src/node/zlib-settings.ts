/**
 * What Node's zlib is told for one message, synchronous or not.
 */

import { constants as bufferConstants } from "node:buffer";
import { type ZlibOptions, constants as zlibConstants } from "node:zlib";
import type { DeflaterOptions, DeflateStrategy } from "../deflate/engine.ts";

/** zlib's defaults. */
const DEFAULT_LEVEL = 6;
const DEFAULT_MEM_LEVEL = 8;

/**
 * zlib cannot deflate into a window of 8 bits. With 9 bits it never reaches back further than 512 - 262 = 250 bytes, since
 * it always keeps its longest match and a few bytes in reserve (`MIN_LOOKAHEAD`); so what it makes fits a window of 256.
 */
const MIN_DEFLATE_WINDOW_BITS = 9;

/** Of the pieces that zlib's output is taken in. */
export const MIN_CHUNK_SIZE = 512;

const STRATEGIES = {
  default: zlibConstants.Z_DEFAULT_STRATEGY,
  filtered: zlibConstants.Z_FILTERED,
  huffmanOnly: zlibConstants.Z_HUFFMAN_ONLY,
  rle: zlibConstants.Z_RLE,
  fixed: zlibConstants.Z_FIXED,
} as const satisfies Record<DeflateStrategy, number>;

/**
 * To compress `size` bytes against `window`. Output is taken in pieces of at most `maxChunkSize` bytes; below it, in a single
 * one even if the data does not shrink, so that nothing is concatenated.
 */
export function deflateSettings(
  { windowBits, level = DEFAULT_LEVEL, memLevel = DEFAULT_MEM_LEVEL, strategy = "default" }: DeflaterOptions,
  window: Uint8Array,
  size: number,
  maxChunkSize: number,
): ZlibOptions {
  return {
    windowBits: Math.max(windowBits, MIN_DEFLATE_WINDOW_BITS),
    level,
    memLevel,
    strategy: STRATEGIES[strategy],
    finishFlush: zlibConstants.Z_SYNC_FLUSH,
    chunkSize: chunkSizeFor(size + (size >> 3), maxChunkSize),
    ...dictionaryOf(window),
  };
}

/** To decompress into at most `maxSize` bytes, but for one that zlib allows in place of none. */
export function inflateSettings(
  windowBits: number,
  window: Uint8Array,
  maxSize: number,
  chunkSize: number,
): ZlibOptions & { readonly info: true } {
  return {
    windowBits,
    maxOutputLength: Math.min(Math.max(maxSize, 1), bufferConstants.MAX_LENGTH),
    chunkSize,
    // Adds the engine to the result, and with it the bytes consumed
    info: true,
    ...dictionaryOf(window),
  };
}

export function chunkSizeFor(expected: number, maxChunkSize: number): number {
  return Math.min(Math.max(expected, MIN_CHUNK_SIZE), maxChunkSize);
}

/** zlib refuses an empty dictionary. */
function dictionaryOf(window: Uint8Array): { readonly dictionary?: Uint8Array } {
  return window.length === 0 ? {} : { dictionary: window };
}
