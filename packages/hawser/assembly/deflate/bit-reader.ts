/**
 * Compressed bytes as a stream of bits, least significant first (RFC 1951, section 3.1.1).
 *
 * All there is to know is a position. Eight bytes are loaded there whether they are needed or not, so what lies behind the
 * input may be looked at; {@link isOverrun} tells when bits were consumed that are not the input's.
 */

import { COMPRESSED } from "./areas";

/** What a sender strips from a message's end: an empty stored block less its header (RFC 7692, section 7.2.1). */
const TAIL: u32 = 0xffff0000;
const TAIL_SIZE: u32 = 4;

/** Bits, from the area's beginning. */
let position: u32 = 0;
/** Bytes, from the area's beginning. */
let inputLength: u32 = 0;

export function beginReading(): void {
  position = 0;
  inputLength = 0;
}

/** Moves what was not read to the beginning of the area, and returns how many bytes it is: more input goes behind it. */
export function keepUnread(): u32 {
  const read = position >> 3;
  const unread = inputLength - read;
  memory.copy(COMPRESSED, COMPRESSED + read, unread);
  position &= 7;
  inputLength = unread;
  return unread;
}

/** So many bytes are in the area. The last ones are followed by the tail if the sender stripped it. */
export function setInput(length: u32, isStripped: bool): void {
  inputLength = length;
  if (isStripped) {
    store<u32>(COMPRESSED + length, TAIL);
    inputLength += TAIL_SIZE;
  }
  v128.store(COMPRESSED + inputLength, i64x2.splat(0));
}

export function getInputLength(): u32 {
  return inputLength;
}

export function getPosition(): u32 {
  return position;
}

export function setPosition(bits: u32): void {
  position = bits;
}

/** At least 57 bits from a position on. */
export function bitsAt(bits: u32): u64 {
  return load<u64>(COMPRESSED + (bits >> 3)) >> (bits & 7);
}

export function readBits(count: u32): u32 {
  const value = (bitsAt(position) as u32) & ((1 << count) - 1);
  position += count;
  return value;
}

/** Skips to a byte boundary, and returns how many bytes come before it. */
export function alignToByte(): u32 {
  position = (position + 7) & ~7;
  return position >> 3;
}

export function skipBytes(count: u32): void {
  position += count << 3;
}

export function isOverrun(): bool {
  return position > inputLength << 3;
}

/** Whole bytes, or one less. */
export function unreadBytes(): u32 {
  return isOverrun() ? 0 : inputLength - ((position + 7) >> 3);
}
