/**
 * The codes of a dynamic block, and its header (RFC 1951, section 3.2.7).
 */

import {
  CODE_LENGTH_ORDER,
  CODE_LENGTHS,
  DISTANCES,
  FIRST_LENGTH,
  LITERAL_LENGTHS,
  MAX_CODE_BITS,
  MAX_CODE_LENGTH_BITS,
  REPEAT_PREVIOUS,
  REPEAT_ZERO,
  REPEAT_ZERO_LONG,
  repeatExtra,
} from "./alphabets";
import { putBits } from "./bit-writer";
import { listUsed, setCodes, setLengths, usedCount, usedSymbol } from "./huffman-code";

export const DYNAMIC_LITERAL_LENGTH_CODES: usize = memory.data(1_152, 16);
export const DYNAMIC_DISTANCE_CODES: usize = memory.data(128, 16);
const CODE_LENGTH_CODES: usize = memory.data(128, 16);

/** The lengths of the literal/length code; those of the distance code are moved behind the last of them. */
const LENGTHS: usize = memory.data(352, 16);
const DISTANCE_LENGTHS: usize = memory.data(64, 16);
const CODE_LENGTH_LENGTHS: usize = memory.data(32, 16);
const CODE_LENGTH_COUNTS: usize = memory.data(96, 16);
const CODE_LENGTHS_USED: usize = memory.data(128, 16);

/** The header's symbols: each with its extra bits << 8. */
const HEADER: usize = memory.data(704, 16);
let headerEnd: usize = HEADER;

let literalLengths: u32 = 0;
let distances: u32 = 0;
let codeLengths: u32 = 0;
let codeLengthsUsed: u32 = 0;

/** Builds the codes, and returns how many bits the block takes but for its symbols' extra bits. */
export function buildDynamicCodes(
  literalLengthsUsed: usize,
  literalLengthCount: u32,
  distancesUsed: usize,
  distanceCount: u32,
): u32 {
  memory.fill(LENGTHS, 0, 352);
  memory.fill(DISTANCE_LENGTHS, 0, 64);
  setLengths(literalLengthsUsed, literalLengthCount, MAX_CODE_BITS, LENGTHS);
  setLengths(distancesUsed, distanceCount, MAX_CODE_BITS, DISTANCE_LENGTHS);
  setCodes(literalLengthsUsed, literalLengthCount, LENGTHS, DYNAMIC_LITERAL_LENGTH_CODES);
  setCodes(distancesUsed, distanceCount, DISTANCE_LENGTHS, DYNAMIC_DISTANCE_CODES);
  const symbolBits =
    codedBits(literalLengthsUsed, literalLengthCount, LENGTHS) +
    codedBits(distancesUsed, distanceCount, DISTANCE_LENGTHS);
  literalLengths = max<u32>(usedSymbol(literalLengthsUsed, literalLengthCount - 1) + 1, FIRST_LENGTH);
  distances = distanceCount === 0 ? 1 : usedSymbol(distancesUsed, distanceCount - 1) + 1;
  memory.copy(LENGTHS + literalLengths, DISTANCE_LENGTHS, DISTANCES);
  // With no distance at all one code is still described. Some inflaters want it to have a length
  if (distanceCount === 0) store<u8>(LENGTHS + literalLengths, 1);
  return symbolBits + buildHeader();
}

function codedBits(used: usize, size: u32, lengths: usize): u32 {
  let bits: u32 = 0;
  for (let at: u32 = 0; at < size; at++) {
    bits += usedCount(used, at) * (load<u8>(lengths + usedSymbol(used, at)) as u32);
  }
  return bits;
}

function buildHeader(): u32 {
  describeLengths();
  memory.fill(CODE_LENGTH_LENGTHS, 0, 32);
  codeLengthsUsed = listUsed(CODE_LENGTH_COUNTS, CODE_LENGTHS, CODE_LENGTHS_USED);
  setLengths(CODE_LENGTHS_USED, codeLengthsUsed, MAX_CODE_LENGTH_BITS, CODE_LENGTH_LENGTHS);
  setCodes(CODE_LENGTHS_USED, codeLengthsUsed, CODE_LENGTH_LENGTHS, CODE_LENGTH_CODES);
  codeLengths = CODE_LENGTHS;
  while (codeLengths > 4 && orderedLength(codeLengths - 1) === 0) codeLengths--;
  let bits = 3 + 5 + 5 + 4 + 3 * codeLengths + codedBits(CODE_LENGTHS_USED, codeLengthsUsed, CODE_LENGTH_LENGTHS);
  for (let symbol = REPEAT_PREVIOUS; symbol <= REPEAT_ZERO_LONG; symbol++) {
    bits += load<u32>(CODE_LENGTH_COUNTS + (symbol << 2)) * repeatExtra(symbol);
  }
  return bits;
}

function orderedLength(at: u32): u32 {
  return load<u8>(CODE_LENGTH_LENGTHS + (load<u8>(CODE_LENGTH_ORDER + at) as usize));
}

/** "The code lengths for the two alphabets [...] form a single sequence": as runs. */
function describeLengths(): void {
  memory.fill(CODE_LENGTH_COUNTS, 0, 96);
  headerEnd = HEADER;
  const end = LENGTHS + literalLengths + distances;
  for (let at = LENGTHS; at < end; ) {
    const length: u32 = load<u8>(at);
    const run = min<u32>(runLength(at), (end - at) as u32);
    if (length === 0) describeZeros(run);
    else describeRun(length, run);
    at += run;
  }
}

/** How many bytes from here on are the same. Behind the last length there is another byte. */
function runLength(start: usize): u32 {
  const byte = load<u8>(start);
  const eight = (byte as u64) * (((0x01010101 as u64) << 32) | 0x01010101);
  const last = start + LITERAL_LENGTHS + DISTANCES;
  let at = start;
  let difference: u64 = 0;
  for (; difference === 0 && at < last; at += 8) difference = load<u64>(at) ^ eight;
  return ((at - start) as u32) - 8 + ((ctz(difference) >> 3) as u32);
}

function describeZeros(run: u32): void {
  let left = run;
  while (left >= 11) {
    const count = min<u32>(left, 138);
    describe(REPEAT_ZERO_LONG, count - 11);
    left -= count;
  }
  if (left >= 3) {
    describe(REPEAT_ZERO, left - 3);
    return;
  }
  for (; left > 0; left--) describe(0, 0);
}

function describeRun(length: u32, run: u32): void {
  describe(length, 0);
  let left = run - 1;
  while (left >= 3) {
    const count = min<u32>(left, 6);
    describe(REPEAT_PREVIOUS, count - 3);
    left -= count;
  }
  for (; left > 0; left--) describe(length, 0);
}

function describe(symbol: u32, extra: u32): void {
  store<u16>(headerEnd, (symbol | (extra << 8)) as u16);
  headerEnd += 2;
  const count = CODE_LENGTH_COUNTS + (symbol << 2);
  store<u32>(count, load<u32>(count) + 1);
}

/** Writes what follows the block's first three bits, up to its first symbol. */
export function putDynamicHeader(): void {
  putBits(literalLengths - 257, 5);
  putBits(distances - 1, 5);
  putBits(codeLengths - 4, 4);
  for (let at: u32 = 0; at < codeLengths; at++) putBits(orderedLength(at), 3);
  for (let at = HEADER; at < headerEnd; at += 2) {
    const entry: u32 = load<u16>(at);
    const symbol = entry & 255;
    const code = load<u32>(CODE_LENGTH_CODES + (symbol << 2));
    putBits(code & 0xffff, code >>> 16);
    if (symbol >= REPEAT_PREVIOUS) putBits(entry >>> 8, repeatExtra(symbol));
  }
}
