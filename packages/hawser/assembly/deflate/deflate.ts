/**
 * Deflating a message in the scratch area, portion by portion, each into a block of its own.
 *
 * The caller copies the window in front of the message, and takes the compressed bytes. Nothing here knows of connections.
 */

import { MESSAGE, WINDOW_AREA } from "./areas";
import { beginWriting, continueWriting, writtenBytes } from "./bit-writer";
import { configureBlocks, putBlock, putMessageEnd } from "./block";
import {
  beginSearch,
  configureSearch,
  enter,
  enterFar,
  enterSome,
  enterTriples,
  moveDown,
  SHORTEST,
} from "./match-search";
import { configureParser, isSearching, parse, takesTriples } from "./parser";

/** So much of the window is entered for matches of three bytes, which are worth less the farther away they are. */
const NEAR: u32 = 512;

/** A message that is shorter pays for fewer far strings. */
const SMALL_MESSAGE: u32 = 192;

/** Every how many-th string of the window is entered. */
let windowStep: u32 = 1;
/** Whether the older ones are entered as far strings. */
let isFar: bool = false;
/** So many bytes at the window's end are entered wholly. */
let recent: u32 = 0;
/** Bytes in front of the message. */
let held: u32 = 0;

/**
 * How messages are compressed from now on.
 *
 * @param search 0: for matches; 1: not at all; 2: for runs of one byte
 * @param fixedOnly 1: no block has codes of its own
 * @param shortest match that is taken
 * @param step every how many-th string of the window can be found: 1, 2 or 4
 * @param recentLength bytes at the window's end of which every string can be found
 * @param lazy length below which a match is compared with the one a byte later
 * @param nice length of a match that ends the search
 * @param probes how often a better match is sought by a match's end
 * @param deep 1: twice as many strings with the same hash are kept; with a step of 1
 * @param far 1: the strings that are not recent are entered as far ones
 */
export function configureDeflating(
  search: u32,
  fixedOnly: u32,
  shortest: u32,
  step: u32,
  recentLength: u32,
  lazy: u32,
  nice: u32,
  probes: u32,
  deep: u32,
  far: u32,
): void {
  configureBlocks(fixedOnly !== 0);
  configureParser(search, shortest, lazy);
  configureSearch(nice, probes, deep !== 0, far !== 0);
  isFar = far !== 0;
  windowStep = step;
  recent = recentLength;
}

/**
 * A message begins; its first portion, of `length` bytes, is in its place. `windowLength` bytes of its connection's window are
 * in front of it.
 *
 * @param table where strings are found: 0 to 32
 * @param position of the message in its stream; the last 16 bits suffice
 * @param missing bytes at the window's end whose strings the table does not have yet
 */
export function beginDeflating(
  table: u32,
  windowLength: u32,
  windowBits: u32,
  bucketBits: u32,
  length: u32,
  position: u32,
  missing: u32,
): void {
  beginWriting();
  beginSearch(table, windowLength, windowBits, bucketBits, position);
  held = windowLength;
  if (!isSearching()) return;
  enterWindow(missing, length);
  if (takesTriples(length)) enterTriples(MESSAGE - min<u32>(held, NEAR), MESSAGE);
}

/** The strings that begin in the last bytes of the window, and those that reach from before into these. */
function enterWindow(missing: u32, length: u32): void {
  const oldest = MESSAGE - min<u32>(held, missing + SHORTEST - 1);
  const start = windowStep === 1 && !isFar ? oldest : max<usize>(oldest, MESSAGE - recent);
  if (isFar) enterFar(oldest, start, farStep(length));
  else if (oldest < start) enterSome(oldest, start, windowStep);
  enter(start, MESSAGE);
}

function farStep(length: u32): u32 {
  return length < SMALL_MESSAGE ? windowStep + 1 : windowStep;
}

/** Compresses the portion in its place, and returns how many bytes that makes. */
export function deflate(length: u32, isLast: u32): u32 {
  if (length > 0) {
    parse(MESSAGE, MESSAGE + length);
    if (isFar && isSearching() && length >= SHORTEST) enterFar(MESSAGE, MESSAGE + length - SHORTEST, windowStep);
    putBlock(MESSAGE, length);
  }
  if (isLast !== 0) putMessageEnd();
  return writtenBytes();
}

/** The compressed bytes were taken: makes the portion the window of the next one, which takes its place. */
export function continueDeflating(length: u32): void {
  continueWriting();
  const kept = min<u32>(held + length, WINDOW_AREA);
  memory.copy(MESSAGE - kept, MESSAGE + length - kept, kept);
  moveDown(length, kept);
  held = kept;
}

/** The next portion is in its place: enters the strings that reach from the last one into it. */
export function joinPortions(): void {
  if (isSearching()) enter(MESSAGE - min<u32>(held, SHORTEST - 1), MESSAGE);
}
