/**
 * Where strings of the window's older part are: of every so many-th string, one for each quarter of the window.
 *
 * A bucket has four slots. A string goes into the slot of the quarter that it is in, over the one before it with the same hash:
 * so entering is a single store, and what a bucket has is spread over the window. All that repeats often is in there somewhere,
 * and a string between two that are entered is found by the ones behind it.
 *
 * Entries are guesses, as those of the other strings are.
 */

import { hashOf } from "./string-hash";

let buckets: usize = 0;
let hashShift: u32 = 32;
/** Base-2 logarithm of a quarter of the window. */
let quarterBits: u32 = 13;

/** @param at where there is memory for eight bytes for each of the buckets */
export function beginFarStrings(at: usize, bucketBits: u32, windowBits: u32): void {
  buckets = at;
  hashShift = 32 - bucketBits;
  quarterBits = windowBits - 2;
}

/** The newest quarter's slot is the one of the lowest bits, once it is rotated there. */
function slotOf(position: u32): u32 {
  return ~(position >>> quarterBits) & 3;
}

/** Enters the strings at every `step`-th address; `position` is the first one's in the stream. */
export function enterFarStrings(from: usize, to: usize, position: u32, step: u32): void {
  const shift = hashShift;
  const quarter: u32 = 1 << quarterBits;
  let next = position;
  for (let at = from; at < to; ) {
    const slots = buckets + (slotOf(next) << 1);
    const stop = min<usize>(to, at + (quarter - (next & (quarter - 1))));
    for (; at + 3 * step < stop; at += 4 * step, next += 4 * step) {
      store<u16>(slots + (hashOf(load<u32>(at), shift) << 3), next as u16);
      store<u16>(slots + (hashOf(load<u32>(at + step), shift) << 3), (next + step) as u16);
      store<u16>(slots + (hashOf(load<u32>(at + 2 * step), shift) << 3), (next + 2 * step) as u16);
      store<u16>(slots + (hashOf(load<u32>(at + 3 * step), shift) << 3), (next + 3 * step) as u16);
    }
    for (; at < stop; at += step, next += step) {
      store<u16>(slots + (hashOf(load<u32>(at), shift) << 3), next as u16);
    }
  }
}

/** Four positions, of 16 bits each, of strings with the hash of `word`; newest first as seen from `position`. */
export function farStrings(word: u32, position: u32): u64 {
  return rotr<u64>(load<u64>(buckets + (hashOf(word, hashShift) << 3)), (slotOf(position) << 4) as u64);
}
