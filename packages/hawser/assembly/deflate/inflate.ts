/**
 * Inflating (RFC 1951) a message in the scratch area: strictly, within a limit, in portions of input and of plaintext.
 *
 * The caller copies the window's end in front of the message, and the rest as it is needed, and takes the plaintext. Nothing here
 * knows of connections.
 */

import { COMPRESSED, MESSAGE } from "./areas";
import {
  alignToByte,
  beginReading,
  getInputLength,
  getPosition,
  isOverrun,
  keepUnread,
  readBits,
  setInput,
  skipBytes,
  unreadBytes,
} from "./bit-reader";
import {
  DISTANCE_TABLE,
  FIXED_DISTANCE_TABLE,
  FIXED_LITERAL_LENGTH_TABLE,
  LITERAL_LENGTH_TABLE,
} from "./decoding-table";
import { readDynamicCodes } from "./dynamic-codes";
import {
  beginPlaintext,
  continuePlaintext,
  plaintextEnd,
  plaintextFull,
  plaintextLimit,
  setPlaintextEnd,
  setRoom,
} from "./plaintext";
import { DONE, FULL, INVALID, NEEDS_INPUT, TOO_BIG } from "./status";
import { decodeSymbols } from "./symbol-decoder";

/** What follows the input: more of it, nothing, or nothing but the tail that the sender stripped. */
const MORE: u32 = 0;
const STRIPPED: u32 = 2;

/** What the decoder stands in front of. */
const HEADER: u32 = 0;
const STORED: u32 = 1;
const SYMBOLS: u32 = 2;

/** The kinds of blocks (section 3.2.3). */
const STORED_BLOCK: u32 = 0;
const FIXED_BLOCK: u32 = 1;
const DYNAMIC_BLOCK: u32 = 2;

/** Bytes that a block's header takes at most, codes included: it is read at once. */
const LONGEST_HEADER: u32 = 640;

/** Each costs a sender two bytes, and those that set BFINAL at all set it at the end of a message or fragment. */
const MAX_FINAL_BLOCKS: u32 = 1_024;

let state: u32 = HEADER;
let isFinal: bool = false;
let finalBlocks: u32 = 0;
/** Whether the last block was a stored one, as the one at a message's end is. */
let wasStored: bool = false;
let storedLeft: u32 = 0;
let literalLengths: usize = 0;
let distances: usize = 0;

/**
 * A message begins. `held` bytes are in its connection's window, of which the last `copied` are in the scratch area, in front
 * of the message.
 */
export function beginInflating(held: u32, windowBits: u32, copied: u32): void {
  beginReading();
  beginPlaintext(held, windowBits, copied);
  state = HEADER;
  isFinal = false;
  finalBlocks = 0;
  wasStored = false;
}

/** Where in the area of compressed bytes the next piece of input goes. */
export function continueInput(): u32 {
  return keepUnread();
}

/** The plaintext was taken, and the whole window is there; the next portion of plaintext goes to the same place. */
export function continueOutput(): void {
  continuePlaintext();
}

/** Bytes of plaintext that are in the scratch area from the message's place on. */
export function inflatedLength(): u32 {
  return (plaintextEnd() - MESSAGE) as u32;
}

/**
 * Goes on with `length` bytes in the area of compressed bytes.
 *
 * @param following 0: there will be more; 1: that is all; 2: that is all, and the tail is missing
 * @param portion bytes after which the plaintext is to be taken
 * @param room bytes of plaintext that the message may still have
 */
export function inflate(length: u32, following: u32, portion: u32, room: u32): u32 {
  const isMoreComing = following === MORE;
  setInput(length, following === STRIPPED);
  setRoom(portion, room);
  let status: u32;
  do {
    if (state === HEADER) {
      if (isMoreComing && unreadBytes() < LONGEST_HEADER) return NEEDS_INPUT;
      if (isAtEnd(length)) return DONE;
      if (!beginBlock() || isOverrun()) return INVALID;
    }
    status = state === STORED ? copyStored(isMoreComing) : decodeSymbols(literalLengths, distances, isMoreComing);
    if (status !== DONE) return status;
    state = HEADER;
  } while (!isOverrun());
  return INVALID;
}

/**
 * A message ends with the empty stored block, or with a final block that nothing follows. Behind other final blocks it goes
 * on at the next byte (RFC 7692, section 7.2.3.4 and 7.2.3.5).
 */
function isAtEnd(payloadLength: u32): bool {
  if (!isFinal) return wasStored && getPosition() === getInputLength() << 3;
  return alignToByte() === payloadLength;
}

function beginBlock(): bool {
  isFinal = readBits(1) !== 0;
  if (isFinal && ++finalBlocks > MAX_FINAL_BLOCKS) return false;
  const kind = readBits(2);
  wasStored = kind === STORED_BLOCK;
  if (kind === STORED_BLOCK) return beginStored();
  state = SYMBOLS;
  literalLengths = kind === FIXED_BLOCK ? FIXED_LITERAL_LENGTH_TABLE : LITERAL_LENGTH_TABLE;
  distances = kind === FIXED_BLOCK ? FIXED_DISTANCE_TABLE : DISTANCE_TABLE;
  return kind === FIXED_BLOCK || (kind === DYNAMIC_BLOCK && readDynamicCodes());
}

/** The lengths of a stored block (section 3.2.4). */
function beginStored(): bool {
  alignToByte();
  state = STORED;
  storedLeft = readBits(16);
  return readBits(16) === (storedLeft ^ 0xffff);
}

function copyStored(isMoreComing: bool): u32 {
  const out = plaintextEnd();
  if (out + storedLeft > plaintextLimit()) return TOO_BIG;
  const from = getPosition() >> 3;
  const available = getInputLength() - from;
  const space = max<i32>((plaintextFull() - out) as i32, 0);
  const count = min<u32>(storedLeft, min<u32>(available, space));
  memory.copy(out, COMPRESSED + from, count);
  setPlaintextEnd(out + count);
  skipBytes(count);
  storedLeft -= count;
  if (storedLeft === 0) return DONE;
  if (count === space) return FULL;
  return isMoreComing ? NEEDS_INPUT : INVALID;
}
