/**
 * Bits into the area of compressed bytes, least significant first (RFC 1951, section 3.1.1).
 */

import { COMPRESSED } from "./areas";

let held: u64 = 0;
/** Fewer than 32 between two calls. */
let count: u32 = 0;
let next: usize = COMPRESSED;

export function beginWriting(): void {
  held = 0;
  count = 0;
  next = COMPRESSED;
}

/** Goes on at the area's beginning: the whole bytes were taken. */
export function continueWriting(): void {
  next = COMPRESSED;
}

/** Up to 32 bits. */
export function putBits(bits: u32, bitCount: u32): void {
  held |= (bits as u64) << count;
  count += bitCount;
  if (count < 32) return;
  store<u32>(next, held as u32);
  next += 4;
  held >>= 32;
  count -= 32;
}

/** Writes the whole bytes out, and returns how many there are in the area. */
export function writtenBytes(): u32 {
  store<u32>(next, held as u32);
  next += count >> 3;
  held >>= count & ~7;
  count &= 7;
  return (next - COMPRESSED) as u32;
}

/** Bits that a byte boundary is away. */
export function bitsToByte(): u32 {
  return -count & 7;
}

/** Copies bytes; the writer is at a byte boundary. */
export function putBytes(from: usize, length: u32): void {
  writtenBytes();
  memory.copy(next, from, length);
  next += length;
}

// A loop that writes on its own takes these three, and puts them back.

export function heldBits(): u64 {
  return held;
}

export function heldCount(): u32 {
  return count;
}

export function nextByte(): usize {
  return next;
}

export function putBack(bits: u64, bitCount: u32, at: usize): void {
  held = bits;
  count = bitCount;
  next = at;
}
