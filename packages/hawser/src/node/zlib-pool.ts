/**
 * Large messages through Node's zlib on its thread pool, so that the event loop goes on meanwhile.
 *
 * The public one-shot functions, with the window as a preset dictionary as in `zlib-engine.ts`, and exactly as strict.
 */

import { deflateRaw, inflateRaw, type ZlibOptions } from "node:zlib";
import type { DeflatePool, DeflaterOptions, InflateFault } from "../deflate/engine.ts";
import { Limiter } from "./limiter.ts";
import { runInflate } from "./zlib-engine.ts";
import { faultOf, inflation, type Run, type Stretch, stretchOf } from "./zlib-inflation.ts";
import { chunkSizeFor, deflateSettings, inflateSettings, MIN_CHUNK_SIZE } from "./zlib-settings.ts";

/** Output is taken in pieces of at most so many bytes. Each piece is a way to the pool and back, and some 20 µs of this thread. */
const MAX_CHUNK_SIZE = 1_048_576;

/** A run that took less input than this was not worth the way to the pool, and nor is the one after it. */
const MIN_POOLED_INPUT = 16_384;

/** zlib's memory lasts as long as the message here: less of it makes large messages larger, and saves nothing. */
const MIN_MEM_LEVEL = 8;

/** libuv's own default. */
const DEFAULT_POOL_SIZE = 4;

/** One thread fewer than there are: the others' files and host names must not wait behind messages. */
const MAX_AT_ONCE = Math.max(1, (Number(process.env["UV_THREADPOOL_SIZE"]) || DEFAULT_POOL_SIZE) - 1);

/** The pool is the process's, and so is the limit for it. */
const limiter = new Limiter(MAX_AT_ONCE);

export const zlibPool: DeflatePool = {
  deflate: (payload, window, options) => limiter.run(() => deflateInPool(payload, window, options)),
  inflate: (payload, window, windowBits, maxSize) =>
    limiter.run(() => inflateInPool(payload, window, windowBits, maxSize)),
};

async function deflateInPool(payload: Uint8Array, window: Uint8Array, options: DeflaterOptions): Promise<Uint8Array> {
  const memLevel = Math.max(options.memLevel ?? MIN_MEM_LEVEL, MIN_MEM_LEVEL);
  const settings = deflateSettings({ ...options, memLevel }, window, payload.length, MAX_CHUNK_SIZE);
  const compressed = await new Promise<Buffer>((resolve, reject) => {
    deflateRaw(payload, settings, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
  return new Uint8Array(compressed.buffer, compressed.byteOffset, compressed.length);
}

async function inflateInPool(
  payload: Uint8Array,
  window: Uint8Array,
  windowBits: number,
  maxSize: number,
): Promise<Uint8Array | InflateFault> {
  const runs = inflation(payload, window, windowBits, maxSize);
  let next = runs.next();
  let isPooled = true;
  while (!next.done) {
    const stretch: Stretch | InflateFault = isPooled
      ? await runInPool(next.value, windowBits)
      : runInflate(next.value, windowBits);
    isPooled = typeof stretch !== "string" && stretch.consumed >= MIN_POOLED_INPUT;
    next = runs.next(stretch);
  }
  return next.value;
}

function runInPool(run: Run, windowBits: number): Promise<Stretch | InflateFault> {
  const { input, window, maxSize } = run;
  // Most messages shrink to no less than an eighth
  const chunkSize = Math.min(chunkSizeFor(input.length * 8, MAX_CHUNK_SIZE), Math.max(maxSize, MIN_CHUNK_SIZE));
  const settings: ZlibOptions = inflateSettings(windowBits, window, maxSize, chunkSize);
  return new Promise((resolve, reject) => {
    inflateRaw(input, settings, (error, result) => {
      try {
        resolve(error === null ? stretchOf(result, run) : faultOf(error));
      } catch (ownFault) {
        reject(ownFault);
      }
    });
  });
}
