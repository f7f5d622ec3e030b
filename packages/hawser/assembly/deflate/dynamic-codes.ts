/**
 * Reading the codes of a dynamic block (RFC 1951, section 3.2.7).
 */

import {
  CODE_LENGTH_ORDER,
  CODE_LENGTHS,
  DISTANCES,
  END_OF_BLOCK,
  LITERAL_LENGTHS,
  REPEAT_PREVIOUS,
  REPEAT_ZERO,
  repeatExtra,
} from "./alphabets";
import { bitsAt, getPosition, isOverrun, readBits, setPosition } from "./bit-reader";
import {
  buildCodeLengthTable,
  buildDistanceTable,
  buildLiteralLengthTable,
  CODE_LENGTH_TABLE,
  EXCEPTIONAL,
  LENGTHS,
} from "./decoding-table";

/** Reads both codes and builds their tables; false if they are not valid. */
export function readDynamicCodes(): bool {
  const literalLengths = readBits(5) + 257;
  const distances = readBits(5) + 1;
  if (literalLengths > LITERAL_LENGTHS || distances > DISTANCES) return false;
  if (!readCodeLengthCode(readBits(4) + 4)) return false;
  if (!readLengths(literalLengths + distances) || isOverrun()) return false;
  // A block without an end is none
  if (load<u8>(LENGTHS + END_OF_BLOCK) === 0) return false;
  return buildLiteralLengthTable(literalLengths) && buildDistanceTable(distances, literalLengths);
}

function readCodeLengthCode(count: u32): bool {
  memory.fill(LENGTHS, 0, CODE_LENGTHS);
  for (let at: u32 = 0; at < count; at++) {
    store<u8>(LENGTHS + (load<u8>(CODE_LENGTH_ORDER + at) as usize), readBits(3) as u8);
  }
  return buildCodeLengthTable();
}

/** "The code lengths [...] form a single sequence of HLIT + HDIST + 258 values": a repetition may go from one into the other. */
function readLengths(total: u32): bool {
  let position = getPosition();
  let previous: u8 = 0;
  let at: u32 = 0;
  while (at < total) {
    const bits = bitsAt(position);
    const entry = load<u32>(CODE_LENGTH_TABLE + ((<usize>bits & 127) << 2));
    if (entry & EXCEPTIONAL) return false;
    const symbol = entry >> 16;
    position += entry & 31;
    if (symbol < REPEAT_PREVIOUS) {
      previous = symbol as u8;
      store<u8>(LENGTHS + at++, previous);
      continue;
    }
    if (symbol === REPEAT_PREVIOUS && at === 0) return false;
    const extra = repeatExtra(symbol);
    const more = ((bits >> (entry & 31)) as u32) & ((1 << extra) - 1);
    const count = more + (symbol > REPEAT_ZERO ? 11 : 3);
    if (at + count > total) return false;
    if (symbol !== REPEAT_PREVIOUS) previous = 0;
    memory.fill(LENGTHS + at, previous, count);
    at += count;
    position += extra;
  }
  setPosition(position);
  return true;
}
