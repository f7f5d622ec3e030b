/**
 * Tables that decode a Huffman code (RFC 1951, section 3.2.2): a root indexed by the next bits of the stream, and tables
 * below it for codes longer than that.
 *
 * An entry has the bits to consume at 0 to 4, flags and a count of extra bits (or of a lower table's index bits) at 8 to 15,
 * and a value at 16 to 31: a literal, the base of a length or distance, or the place of the lower table.
 */

import {
  CODE_LENGTHS,
  DISTANCE_BASE,
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
  MAX_CODE_BITS,
  MAX_CODE_LENGTH_BITS,
} from "./alphabets";

export const LITERAL: u32 = 0x4000;
/** Neither a literal nor a base: one of the two below, or a code that must not occur. */
export const EXCEPTIONAL: u32 = 0x8000;
export const LOWER_TABLE: u32 = 0x2000;
export const END: u32 = 0x1000;

export const LITERAL_LENGTH_ROOT: u32 = 10;
export const DISTANCE_ROOT: u32 = 8;

/** Lower tables included: complete codes of 288 and 32 symbols never need more than 1,334 and 402 entries. */
const LITERAL_LENGTH_ENTRIES: u32 = 1_536;
const DISTANCE_ENTRIES: u32 = 512;

export const LITERAL_LENGTH_TABLE: usize = memory.data(6_144, 16);
export const DISTANCE_TABLE: usize = memory.data(2_048, 16);
export const CODE_LENGTH_TABLE: usize = memory.data(512, 16);
export const FIXED_LITERAL_LENGTH_TABLE: usize = memory.data(4_096, 16);
export const FIXED_DISTANCE_TABLE: usize = memory.data(1_024, 16);

/** What the entries of each symbol are, but for the bits to consume. */
const LITERAL_LENGTH_SYMBOLS: usize = memory.data(1_152, 16);
const DISTANCE_SYMBOLS: usize = memory.data(128, 16);
const CODE_LENGTH_SYMBOLS: usize = memory.data(128, 16);

/** Code lengths that were read: literals and lengths, distances behind them. */
export const LENGTHS: usize = memory.data(512, 16);

const COUNTS: usize = memory.data(64, 16);
const STARTS: usize = memory.data(64, 16);
const SORTED: usize = memory.data(640, 16);

/** The next free entry for a lower table. */
let free: u32 = 0;

export function prepareDecoding(): void {
  for (let symbol: u32 = 0; symbol < FIXED_LITERAL_LENGTHS; symbol++) {
    store<u32>(LITERAL_LENGTH_SYMBOLS + (symbol << 2), literalLengthEntry(symbol));
    store<u8>(LENGTHS + symbol, fixedLength(symbol) as u8);
  }
  buildTable(FIXED_LITERAL_LENGTHS, 0, FIXED_LITERAL_LENGTH_TABLE, LITERAL_LENGTH_SYMBOLS, LITERAL_LENGTH_ROOT, 0);
  for (let symbol: u32 = 0; symbol < FIXED_DISTANCES; symbol++) {
    store<u32>(DISTANCE_SYMBOLS + (symbol << 2), distanceEntry(symbol));
    store<u8>(LENGTHS + symbol, FIXED_DISTANCE_BITS as u8);
  }
  buildTable(FIXED_DISTANCES, 0, FIXED_DISTANCE_TABLE, DISTANCE_SYMBOLS, DISTANCE_ROOT, 0);
  for (let symbol: u32 = 0; symbol < CODE_LENGTHS; symbol++) {
    store<u32>(CODE_LENGTH_SYMBOLS + (symbol << 2), (symbol << 16) | LITERAL);
  }
}

function literalLengthEntry(symbol: u32): u32 {
  if (symbol < END_OF_BLOCK) return (symbol << 16) | LITERAL;
  if (symbol === END_OF_BLOCK) return EXCEPTIONAL | END;
  // "Literal/length values 286-287 will never actually occur" (section 3.2.6)
  if (symbol >= LITERAL_LENGTHS) return EXCEPTIONAL;
  const at = symbol - FIRST_LENGTH;
  return ((load<u16>(LENGTH_BASE + (at << 1)) as u32) << 16) | ((load<u8>(LENGTH_EXTRA + at) as u32) << 8);
}

function distanceEntry(symbol: u32): u32 {
  if (symbol >= DISTANCES) return EXCEPTIONAL;
  return ((load<u16>(DISTANCE_BASE + (symbol << 1)) as u32) << 16) | (distanceExtra(symbol) << 8);
}

/** The three codes of a dynamic block, by the lengths at `LENGTHS`; false if they are no valid code. */
export function buildCodeLengthTable(): bool {
  return buildTable(CODE_LENGTHS, 0, CODE_LENGTH_TABLE, CODE_LENGTH_SYMBOLS, MAX_CODE_LENGTH_BITS, 0);
}

export function buildLiteralLengthTable(symbols: u32): bool {
  const entries = LITERAL_LENGTH_ENTRIES;
  return buildTable(symbols, 0, LITERAL_LENGTH_TABLE, LITERAL_LENGTH_SYMBOLS, LITERAL_LENGTH_ROOT, entries);
}

export function buildDistanceTable(symbols: u32, from: u32): bool {
  return buildTable(symbols, from, DISTANCE_TABLE, DISTANCE_SYMBOLS, DISTANCE_ROOT, DISTANCE_ENTRIES);
}

/** `entries` is how many there is room for, 0 for a code that the root decodes alone and that must be complete. */
function buildTable(symbols: u32, from: u32, table: usize, symbolEntries: usize, root: u32, entries: u32): bool {
  const lengths = LENGTHS + from;
  const unused = countLengths(lengths, symbols);
  const left = unusedCodes();
  if (left < 0) return false;
  if (left > 0) return entries > 0 && buildIncomplete(lengths, symbols, unused, table, symbolEntries, root);
  sortByLength(lengths, symbols);
  free = 1 << root;
  let at: u32 = 0;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= root; length++) {
    // What shorter codes decode to is the same whatever comes behind them
    memory.copy(table + (4 << (length - 1)), table, 4 << (length - 1));
    for (let rest = load<u32>(COUNTS + (length << 2)); rest > 0; rest--, at++) {
      store<u32>(table + (code << 2), entryOf(at, symbolEntries) | length);
      code = nextCode(code, length);
    }
  }
  for (let length = root + 1; length <= MAX_CODE_BITS; length++) {
    const count = load<u32>(COUNTS + (length << 2));
    if (count > 0) code = fillLowerTables(table, symbolEntries, root, length, at, code);
    at += count;
    if (free > entries && entries > 0) return false;
  }
  return true;
}

/** Counts the symbols of each length; returns how many have none. */
function countLengths(lengths: usize, symbols: u32): u32 {
  memory.fill(COUNTS, 0, 64);
  let used: u32 = 0;
  for (let symbol = nextUsed(lengths, 0, symbols); symbol < symbols; symbol = nextUsed(lengths, symbol + 1, symbols)) {
    const count = COUNTS + ((load<u8>(lengths + symbol) as usize) << 2);
    store<u32>(count, load<u32>(count) + 1);
    used++;
  }
  return symbols - used;
}

/** The next symbol that has a code. Most have none, so eight are passed at a time. */
function nextUsed(lengths: usize, from: u32, symbols: u32): u32 {
  let symbol = from;
  while (symbol + 8 <= symbols) {
    const eight = load<u64>(lengths + symbol);
    if (eight !== 0) return symbol + ((ctz(eight) >> 3) as u32);
    symbol += 8;
  }
  while (symbol < symbols && load<u8>(lengths + symbol) === 0) symbol++;
  return symbol;
}

/** Codes of 15 bits that no symbol has: 0 for a complete code, negative if lengths ask for more codes than there are. */
function unusedCodes(): i32 {
  let left: i32 = 1;
  for (let length: u32 = 1; length <= MAX_CODE_BITS; length++) {
    left = (left << 1) - (load<u32>(COUNTS + (length << 2)) as i32);
    if (left < 0) return left;
  }
  return left;
}

/**
 * "If only one distance code is used, it is encoded using one bit [...]; in this case there is a single code length of one,
 * with one unused code. One distance code of zero bits means that there are no distance codes used at all" (section 3.2.7).
 * The same is taken for an end of block alone, as others do.
 */
function buildIncomplete(
  lengths: usize,
  symbols: u32,
  unused: u32,
  table: usize,
  symbolEntries: usize,
  root: u32,
): bool {
  const used = symbols - unused;
  if (used > 1 || load<u32>(COUNTS + 4) !== used) return false;
  for (let at: u32 = 0; at < (<u32>1) << root; at++) store<u32>(table + (at << 2), EXCEPTIONAL | 1);
  if (used === 0) return true;
  sortByLength(lengths, symbols);
  const entry = entryOf(0, symbolEntries) | 1;
  for (let at: u32 = 0; at < (<u32>1) << root; at += 2) store<u32>(table + (at << 2), entry);
  return true;
}

function sortByLength(lengths: usize, symbols: u32): void {
  let start: u32 = 0;
  for (let length: u32 = 1; length <= MAX_CODE_BITS; length++) {
    store<u32>(STARTS + (length << 2), start);
    start += load<u32>(COUNTS + (length << 2));
  }
  for (let symbol = nextUsed(lengths, 0, symbols); symbol < symbols; symbol = nextUsed(lengths, symbol + 1, symbols)) {
    const length: u32 = load<u8>(lengths + symbol);
    const next = load<u32>(STARTS + (length << 2));
    store<u32>(STARTS + (length << 2), next + 1);
    store<u16>(SORTED + (next << 1), symbol as u16);
  }
}

function entryOf(at: u32, symbolEntries: usize): u32 {
  return load<u32>(symbolEntries + ((load<u16>(SORTED + (at << 1)) as usize) << 2));
}

/** Codes are sent from their most significant bit on, so they are counted up in reverse. */
function nextCode(code: u32, length: u32): u32 {
  const zeros = ~code & ((1 << length) - 1);
  if (zeros === 0) return 0;
  const highest: u32 = (1 << 31) >>> clz(zeros);
  return (code & (highest - 1)) | highest;
}

/** The codes of one length above the root's; returns the next code. */
function fillLowerTables(table: usize, symbolEntries: usize, root: u32, length: u32, first: u32, firstCode: u32): u32 {
  const prefixMask: u32 = (1 << root) - 1;
  let code = firstCode;
  for (let rest = load<u32>(COUNTS + (length << 2)), at = first; rest > 0; rest--, at++) {
    const link = table + ((code & prefixMask) << 2);
    // The first code of a prefix is the one that has zeros behind it
    if (code >> root === 0) store<u32>(link, newLowerTable(root, length, rest));
    const lower = load<u32>(link);
    const end: u32 = 1 << ((lower >> 8) & 15);
    const place = table + ((lower >> 16) << 2);
    const entry = entryOf(at, symbolEntries) | (length - root);
    for (let index = code >> root; index < end; index += 1 << (length - root)) store<u32>(place + (index << 2), entry);
    code = nextCode(code, length);
  }
  return code;
}

/** A lower table just large enough for the codes that share a prefix, of which the shortest have `length` bits. */
function newLowerTable(root: u32, length: u32, rest: u32): u32 {
  let bits = length - root;
  let codes = rest;
  while (codes < (<u32>1) << bits) {
    bits++;
    codes = (codes << 1) + load<u32>(COUNTS + ((root + bits) << 2));
  }
  const entry = (free << 16) | EXCEPTIONAL | LOWER_TABLE | (bits << 8) | root;
  free += 1 << bits;
  return entry;
}
