/**
 * Deflating a message in the scratch area, portion by portion, each into a block of its own.
 *
 * The caller copies the window in front of the message, and takes the compressed bytes. Nothing here knows of connections.
 */

import { MESSAGE, WINDOW_AREA } from "./areas";
import { beginWriting, continueWriting, writtenBytes } from "./bit-writer";
import { configureBlocks, putBlock, putMessageEnd } from "./block";
import { beginSearch, configureSearch, enter, enterSome, enterTriples, moveDown, SHORTEST } from "./match-search";
import { configureParser, isSearching, parse, takesTriples } from "./parser";

/** So much of the window is entered for matches of three bytes, which are worth less the farther away they are. */
const NEAR: u32 = 512;

/** Every how many-th string of the window is entered. */
let windowStep: u32 = 1;
/** Bytes in front of the message. */
let held: u32 = 0;

/**
 * How messages are compressed from now on.
 *
 * @param search 0: for matches; 1: not at all; 2: for runs of one byte
 * @param fixedOnly 1: no block has codes of its own
 * @param shortest match that is taken
 * @param step every how many-th string of the window can be found
 * @param lazy length below which a match is compared with the one a byte later
 * @param nice length of a match that ends the search
 * @param probes how often a better match is sought by a match's end
 */
export function configureDeflating(
  search: u32,
  fixedOnly: u32,
  shortest: u32,
  step: u32,
  lazy: u32,
  nice: u32,
  probes: u32,
): void {
  configureBlocks(fixedOnly !== 0);
  configureParser(search, shortest, lazy);
  configureSearch(nice, probes);
  windowStep = step;
}

/**
 * A message begins; its first portion, of `length` bytes, is in its place. `windowLength` bytes of its connection's window are
 * in front of it.
 */
export function beginDeflating(windowLength: u32, windowBits: u32, bucketBits: u32, length: u32): void {
  begin(windowLength, windowBits, bucketBits);
  if (!isSearching()) return;
  const oldest = MESSAGE - held;
  if (windowStep === 1) enter(oldest, MESSAGE);
  else enterSome(oldest, MESSAGE, windowStep);
  if (takesTriples(length)) enterTriples(MESSAGE - min<u32>(held, NEAR), MESSAGE);
}

/**
 * As {@link beginDeflating}, for a message of the same connection as the last one, which had `lastLength` bytes and is in the
 * window by now: its strings are entered already.
 */
export function resumeDeflating(
  windowLength: u32,
  windowBits: u32,
  bucketBits: u32,
  length: u32,
  lastLength: u32,
): void {
  begin(windowLength, windowBits, bucketBits);
  moveDown(lastLength, held);
  joinPortions();
  if (takesTriples(length)) enterTriples(MESSAGE - min<u32>(held, NEAR), MESSAGE);
}

function begin(windowLength: u32, windowBits: u32, bucketBits: u32): void {
  beginWriting();
  beginSearch(windowLength, windowBits, bucketBits);
  held = windowLength;
}

/** Compresses the portion in its place, and returns how many bytes that makes. */
export function deflate(length: u32, isLast: u32): u32 {
  if (length > 0) {
    parse(MESSAGE, MESSAGE + length);
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
