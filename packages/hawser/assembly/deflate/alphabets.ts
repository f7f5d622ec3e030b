/**
 * The alphabets of RFC 1951, section 3.2.5 to 3.2.7: literals and lengths, distances, code lengths.
 */

export const END_OF_BLOCK: u32 = 256;
export const FIRST_LENGTH: u32 = 257;
/** The symbols that may stand in a stream; the fixed code has two more, which never do. */
export const LITERAL_LENGTHS: u32 = 286;
export const DISTANCES: u32 = 30;
export const CODE_LENGTHS: u32 = 19;

export const FIXED_LITERAL_LENGTHS: u32 = 288;
export const FIXED_DISTANCES: u32 = 32;
export const FIXED_DISTANCE_BITS: u32 = 5;

export const MIN_MATCH: u32 = 3;
export const MAX_MATCH: u32 = 258;

export const MAX_CODE_BITS: u32 = 15;
export const MAX_CODE_LENGTH_BITS: u32 = 7;

/** The code length alphabet: the length before, and zeros, repeated. */
export const REPEAT_PREVIOUS: u32 = 16;
export const REPEAT_ZERO: u32 = 17;
export const REPEAT_ZERO_LONG: u32 = 18;

/** The order in which the lengths of the code length code are sent (section 3.2.7). */
export const CODE_LENGTH_ORDER: usize = memory.data<u8>([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]);

/** Lengths 3 to 258 by their symbol less 257: the least, and how many extra bits say how much more. */
export const LENGTH_BASE: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
export const LENGTH_EXTRA: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);

/** Distances 1 to 32,768 by their symbol. */
export const DISTANCE_BASE: usize = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);

export function distanceExtra(symbol: u32): u32 {
  return symbol < 4 ? 0 : (symbol >> 1) - 1;
}

/** Extra bits that follow a symbol of the code length alphabet. */
export function repeatExtra(symbol: u32): u32 {
  if (symbol < REPEAT_PREVIOUS) return 0;
  return symbol === REPEAT_ZERO_LONG ? 7 : symbol - 14;
}

/** The lengths of the fixed literal/length code (section 3.2.6). */
export function fixedLength(symbol: u32): u32 {
  if (symbol < 144) return 8;
  if (symbol < 256) return 9;
  return symbol < 280 ? 7 : 8;
}
