/**
 * What a message was parsed into: literals, and matches as their length << 16 | their distance; and how often each symbol
 * occurs among them.
 */

import { END_OF_BLOCK, FIRST_LENGTH, LENGTH_BASE, LENGTH_EXTRA, MAX_MATCH } from "./alphabets";

export const TOKENS: usize = memory.data(131_072, 16);
export const LITERAL_LENGTH_COUNTS: usize = memory.data(1_152, 16);
export const DISTANCE_COUNTS: usize = memory.data(128, 16);

/** The symbol, less 257, of each length. */
export const LENGTH_SYMBOLS: usize = memory.data(272, 16);

let end: usize = TOKENS;

export function prepareTokens(): void {
  for (let symbol: u32 = 0; symbol < 28; symbol++) {
    const least: u32 = load<u16>(LENGTH_BASE + (symbol << 1));
    const count: u32 = 1 << (load<u8>(LENGTH_EXTRA + symbol) as u32);
    for (let length = least; length < least + count; length++) store<u8>(LENGTH_SYMBOLS + length, symbol as u8);
  }
  store<u8>(LENGTH_SYMBOLS + MAX_MATCH, 28);
}

export function beginTokens(): void {
  end = TOKENS;
  memory.fill(LITERAL_LENGTH_COUNTS, 0, 1_152);
  memory.fill(DISTANCE_COUNTS, 0, 128);
  store<u32>(LITERAL_LENGTH_COUNTS + (END_OF_BLOCK << 2), 1);
}

export function tokensEnd(): usize {
  return end;
}

export function putLiteral(byte: u32): void {
  store<u32>(end, byte);
  end += 4;
  count(LITERAL_LENGTH_COUNTS, byte, 1);
}

export function putMatch(length: u32, distance: u32): void {
  store<u32>(end, (length << 16) | distance);
  end += 4;
  count(LITERAL_LENGTH_COUNTS, FIRST_LENGTH + (load<u8>(LENGTH_SYMBOLS + length) as u32), 1);
  count(DISTANCE_COUNTS, distanceSymbol(distance), 1);
}

/** Takes the last token back if it is this literal. */
export function takeLiteral(byte: u32): bool {
  if (end === TOKENS || load<u32>(end - 4) !== byte) return false;
  end -= 4;
  count(LITERAL_LENGTH_COUNTS, byte, -1);
  return true;
}

function count(counts: usize, symbol: u32, change: i32): void {
  const at = counts + (symbol << 2);
  store<u32>(at, load<u32>(at) + change);
}

/** The symbol of a distance (RFC 1951, section 3.2.5): two for each power of two. */
export function distanceSymbol(distance: u32): u32 {
  const less = distance - 1;
  if (less < 4) return less;
  const power: u32 = 31 - clz(less);
  return (power << 1) + ((less >> (power - 1)) & 1);
}
