/**
 * The inner loop of inflating: the literals, lengths and distances of one block (RFC 1951, section 3.2.3).
 */

import { bitsAt, getInputLength, getPosition, setPosition } from "./bit-reader";
import { DISTANCE_ROOT, END, EXCEPTIONAL, LITERAL, LITERAL_LENGTH_ROOT, LOWER_TABLE } from "./decoding-table";
import { isReachable, plaintextEnd, plaintextFull, plaintextLimit, provide, setPlaintextEnd } from "./plaintext";
import { DONE, FULL, INVALID, NEEDS_INPUT, TOO_BIG } from "./status";

const LITERAL_LENGTH_MASK: u64 = (1 << LITERAL_LENGTH_ROOT) - 1;
const DISTANCE_MASK: u64 = (1 << DISTANCE_ROOT) - 1;

/** Bytes that one turn of the loop may read: so many must be there when it is not known what follows. */
const LOOKAHEAD: u32 = 24;

/** Decodes up to the block's end, unless the area is full or the input used up before. */
export function decodeSymbols(literalLengths: usize, distances: usize, isMoreComing: bool): u32 {
  const stop = min<usize>(plaintextFull(), plaintextLimit());
  const inputStop = (getInputLength() - (isMoreComing ? LOOKAHEAD : 0)) << 3;
  let position = getPosition();
  let out = plaintextEnd();
  let entry: u32 = 0;
  while (position <= inputStop && out <= stop) {
    let bits = bitsAt(position);
    entry = load<u32>(literalLengths + ((<usize>(bits & LITERAL_LENGTH_MASK)) << 2));
    // Two literals of the root table and a length with its extra bits are 40 bits at most
    if (entry & LITERAL) {
      store<u8>(out++, (entry >> 16) as u8);
      position += entry & 31;
      bits >>= entry & 31;
      entry = load<u32>(literalLengths + ((<usize>(bits & LITERAL_LENGTH_MASK)) << 2));
      if (entry & LITERAL) {
        store<u8>(out++, (entry >> 16) as u8);
        position += entry & 31;
        continue;
      }
    }
    if (entry & LOWER_TABLE) {
      position += entry & 31;
      bits >>= entry & 31;
      entry = lowerEntry(literalLengths, entry, bits);
    }
    position += entry & 31;
    bits >>= entry & 31;
    if (entry & (LITERAL | EXCEPTIONAL)) {
      if (entry & EXCEPTIONAL) break;
      store<u8>(out++, (entry >> 16) as u8);
      continue;
    }
    position += extraBits(entry);
    position = decodeMatch(distances, position, valueIn(entry, bits), out);
    if (position === 0) break;
    out = plaintextEnd();
  }
  setPlaintextEnd(out);
  if (position !== 0) setPosition(position);
  return outcome(entry, position, out > stop, isMoreComing);
}

/** Why the loop above came to its end. */
function outcome(entry: u32, position: u32, isFull: bool, isMoreComing: bool): u32 {
  if (plaintextEnd() > plaintextLimit()) return TOO_BIG;
  if (position === 0) return INVALID;
  if (entry & EXCEPTIONAL) return entry & END ? DONE : INVALID;
  if (isFull) return FULL;
  return isMoreComing ? NEEDS_INPUT : INVALID;
}

/** The distance that follows a length, and the copy that both ask for. Returns the position behind, or 0 if it must not be. */
function decodeMatch(distances: usize, at: u32, length: u32, out: usize): u32 {
  let position = at;
  let bits = bitsAt(position);
  let entry = load<u32>(distances + ((<usize>(bits & DISTANCE_MASK)) << 2));
  if (entry & LOWER_TABLE) {
    position += entry & 31;
    bits >>= entry & 31;
    entry = lowerEntry(distances, entry, bits);
  }
  position += entry & 31;
  bits >>= entry & 31;
  const distance = valueIn(entry, bits);
  if (entry & EXCEPTIONAL || !isReachable(distance, out)) return 0;
  provide(out - distance, length);
  copyMatch(out, distance, length);
  setPlaintextEnd(out + length);
  return position + extraBits(entry);
}

/** The entry of a code that is longer than the root table's; the bits are those behind the root's. */
function lowerEntry(table: usize, link: u32, bits: u64): u32 {
  const index = (bits as u32) & ((1 << extraBits(link)) - 1);
  return load<u32>(table + (((link >> 16) + index) << 2));
}

function extraBits(entry: u32): u32 {
  return (entry >> 8) & 15;
}

function valueIn(entry: u32, bits: u64): u32 {
  return (entry >> 16) + ((bits as u32) & ((1 << extraBits(entry)) - 1));
}

/** Sixteen bytes at a time. While a pattern is shorter than that, each step writes it once more and doubles what it copies. */
function copyMatch(out: usize, distance: u32, length: u32): void {
  const end = out + length;
  let from = out - distance;
  let at = out;
  for (let pattern = distance; pattern < 16 && at < end; pattern <<= 1) {
    v128.store(at, v128.load(from));
    at += pattern;
  }
  for (; at < end; at += 16) {
    v128.store(at, v128.load(from));
    from += 16;
  }
}
