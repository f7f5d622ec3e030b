/**
 * Blocks (RFC 1951, section 3.2.3): the tokens of a portion in whichever of the three kinds takes the fewest bits.
 */

import {
  DISTANCES,
  distanceExtra,
  END_OF_BLOCK,
  FIRST_LENGTH,
  FIXED_DISTANCE_BITS,
  FIXED_DISTANCES,
  FIXED_LITERAL_LENGTHS,
  fixedLength,
  LENGTH_BASE,
  LENGTH_EXTRA,
  LITERAL_LENGTHS,
} from "./alphabets";
import { bitsToByte, heldBits, heldCount, nextByte, putBack, putBits, putBytes } from "./bit-writer";
import {
  buildDynamicCodes,
  DYNAMIC_DISTANCE_CODES,
  DYNAMIC_LITERAL_LENGTH_CODES,
  putDynamicHeader,
} from "./dynamic-header";
import { listUsed, setCodes, usedCount, usedSymbol } from "./huffman-code";
import { DISTANCE_COUNTS, distanceSymbol, LENGTH_SYMBOLS, LITERAL_LENGTH_COUNTS, TOKENS, tokensEnd } from "./tokens";

const STORED_BLOCK: u32 = 0;
const FIXED_BLOCK: u32 = 1;
const DYNAMIC_BLOCK: u32 = 2;
const HEADER_BITS: u32 = 3;
const STORED_LENGTH_BITS: u32 = 32;

/** With fewer bits than this in the fixed code, describing another costs more than it saves. */
const WORTH_A_CODE: u32 = 250;

/** Bits of a dynamic block's header, but for those that grow with the symbols in use. */
const HEADER_ESTIMATE: u32 = 102;

const FIXED_LITERAL_LENGTH_CODES: usize = memory.data(1_152, 16);
const FIXED_DISTANCE_CODES: usize = memory.data(128, 16);
const LITERAL_LENGTHS_USED: usize = memory.data(1_168, 16);
const DISTANCES_USED: usize = memory.data(144, 16);

let literalLengthsUsed: u32 = 0;
let distancesUsed: u32 = 0;
let isFixedOnly: bool = false;

export function prepareBlocks(): void {
  // Counts and lengths of all symbols, for once, in memory that is used otherwise later
  for (let symbol: u32 = 0; symbol < FIXED_LITERAL_LENGTHS; symbol++) {
    store<u32>(LITERAL_LENGTHS_USED + (symbol << 2), symbol);
    store<u8>(TOKENS + symbol, fixedLength(symbol) as u8);
  }
  setCodes(LITERAL_LENGTHS_USED, FIXED_LITERAL_LENGTHS, TOKENS, FIXED_LITERAL_LENGTH_CODES);
  for (let symbol: u32 = 0; symbol < FIXED_DISTANCES; symbol++) {
    store<u32>(DISTANCES_USED + (symbol << 2), symbol);
    store<u8>(TOKENS + symbol, FIXED_DISTANCE_BITS as u8);
  }
  setCodes(DISTANCES_USED, FIXED_DISTANCES, TOKENS, FIXED_DISTANCE_CODES);
}

export function configureBlocks(fixedOnly: bool): void {
  isFixedOnly = fixedOnly;
}

/** Writes the tokens, which stand for `length` bytes from `start` on. */
export function putBlock(start: usize, length: u32): void {
  literalLengthsUsed = listUsed(LITERAL_LENGTH_COUNTS, LITERAL_LENGTHS, LITERAL_LENGTHS_USED);
  distancesUsed = listUsed(DISTANCE_COUNTS, DISTANCES, DISTANCES_USED);
  const extra = extraBits();
  const fixed = HEADER_BITS + fixedBits() + extra;
  let least = fixed;
  if (!isFixedOnly && fixed > WORTH_A_CODE && extra + estimatedBits() < fixed) {
    least = min<u32>(
      fixed,
      extra + buildDynamicCodes(LITERAL_LENGTHS_USED, literalLengthsUsed, DISTANCES_USED, distancesUsed),
    );
  }
  if (HEADER_BITS + 7 + STORED_LENGTH_BITS + (length << 3) < least) putStored(start, length);
  else if (least < fixed) putDynamic();
  else putFixed();
}

function extraBits(): u32 {
  let bits: u32 = 0;
  for (let at: i32 = (literalLengthsUsed as i32) - 1; at >= 0; at--) {
    const symbol = usedSymbol(LITERAL_LENGTHS_USED, at);
    if (symbol < FIRST_LENGTH) break;
    bits += usedCount(LITERAL_LENGTHS_USED, at) * (load<u8>(LENGTH_EXTRA + symbol - FIRST_LENGTH) as u32);
  }
  for (let at: u32 = 0; at < distancesUsed; at++) {
    bits += usedCount(DISTANCES_USED, at) * distanceExtra(usedSymbol(DISTANCES_USED, at));
  }
  return bits;
}

function fixedBits(): u32 {
  let bits: u32 = 0;
  for (let at: u32 = 0; at < literalLengthsUsed; at++) {
    bits += usedCount(LITERAL_LENGTHS_USED, at) * fixedLength(usedSymbol(LITERAL_LENGTHS_USED, at));
  }
  for (let at: u32 = 0; at < distancesUsed; at++) bits += usedCount(DISTANCES_USED, at) * FIXED_DISTANCE_BITS;
  return bits;
}

/**
 * A little less than a dynamic block would take: the entropy, and what its header has. On messages of eight kinds it was 5 to
 * 40 bits too low, so a code is seldom built in vain.
 */
function estimatedBits(): u32 {
  const entropy = entropyOf(LITERAL_LENGTHS_USED, literalLengthsUsed) + entropyOf(DISTANCES_USED, distancesUsed);
  return (entropy >>> 5) + HEADER_ESTIMATE + literalLengthsUsed * 4 + distancesUsed * 3;
}

/** In 32nds of a bit. */
function entropyOf(used: usize, size: u32): u32 {
  let total: u32 = 0;
  let bits: u32 = 0;
  for (let at: u32 = 0; at < size; at++) {
    const count = usedCount(used, at);
    total += count;
    bits += count * binaryLogarithm(count);
  }
  return total * binaryLogarithm(total) - bits;
}

/** In 32nds, too low by up to 3: the exponent and the fraction of a floating-point number, as they stand in its bits. */
function binaryLogarithm(value: u32): u32 {
  return value === 0 ? 0 : (reinterpret<u32>(value as f32) - 0x3f800000) >>> 18;
}

function putStored(start: usize, length: u32): void {
  putBits(STORED_BLOCK << 1, HEADER_BITS);
  putBits(0, bitsToByte());
  putBits(length | ((length ^ 0xffff) << 16), STORED_LENGTH_BITS);
  putBytes(start, length);
}

/** The empty stored block that ends a message: on a byte boundary, its last octets being 00 00 ff ff. */
export function putMessageEnd(): void {
  putBits(STORED_BLOCK << 1, HEADER_BITS);
  putBits(0, bitsToByte());
  putBits(0xffff0000, STORED_LENGTH_BITS);
}

function putFixed(): void {
  putBits(FIXED_BLOCK << 1, HEADER_BITS);
  putTokens(FIXED_LITERAL_LENGTH_CODES, FIXED_DISTANCE_CODES);
}

function putDynamic(): void {
  putBits(DYNAMIC_BLOCK << 1, HEADER_BITS);
  putDynamicHeader();
  putTokens(DYNAMIC_LITERAL_LENGTH_CODES, DYNAMIC_DISTANCE_CODES);
}

/** The symbols and the end of the block. Bits are written 32 at a time. */
function putTokens(literalLengthCodes: usize, distanceCodes: usize): void {
  let held = heldBits();
  let count = heldCount();
  let next = nextByte();
  const end = tokensEnd();
  for (let at = TOKENS; at < end; at += 4) {
    const token = load<u32>(at);
    if (token < END_OF_BLOCK) {
      const code = load<u32>(literalLengthCodes + (token << 2));
      held |= ((code & 0xffff) as u64) << count;
      count += code >>> 16;
    } else {
      // At most 31 bits of before, and 20: the distance's 28 have no room any more
      const length = token >>> 16;
      const symbol: u32 = load<u8>(LENGTH_SYMBOLS + length);
      const code = load<u32>(literalLengthCodes + ((FIRST_LENGTH + symbol) << 2));
      held |= ((code & 0xffff) as u64) << count;
      count += code >>> 16;
      held |= ((length - (load<u16>(LENGTH_BASE + (symbol << 1)) as u32)) as u64) << count;
      count += load<u8>(LENGTH_EXTRA + symbol);
      if (count >= 32) {
        store<u32>(next, held as u32);
        next += 4;
        held >>= 32;
        count -= 32;
      }
      const distance = distanceBits(token & 0xffff, distanceCodes);
      held |= (distance & 0xffffffff) << count;
      count += (distance >> 32) as u32;
    }
    if (count >= 32) {
      store<u32>(next, held as u32);
      next += 4;
      held >>= 32;
      count -= 32;
    }
  }
  putBack(held, count, next);
  const code = load<u32>(literalLengthCodes + (END_OF_BLOCK << 2));
  putBits(code & 0xffff, code >>> 16);
}

/** A distance's code with its extra bits, as their number << 32 | the bits. */
function distanceBits(distance: u32, codes: usize): u64 {
  const symbol = distanceSymbol(distance);
  const code = load<u32>(codes + (symbol << 2));
  const extra = distanceExtra(symbol);
  const length = code >>> 16;
  // What a distance is beyond its symbol's least one is what its low bits are: these are powers of two, plus one
  const more = (distance - 1) & ((1 << extra) - 1);
  return (((length + extra) as u64) << 32) | (((code & 0xffff) | (more << length)) as u64);
}
