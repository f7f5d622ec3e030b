/**
 * The plaintext of the message being inflated, in the scratch area behind its connection's window.
 *
 * A distance is judged here by what belongs to the connection: other bytes may lie in front of it.
 */

import { MESSAGE, PORTION, SCRATCH, WINDOW_AREA } from "./areas";

/** Copies bytes of the connection's window to where they are said to be. The caller's: `src/deflate/window-source.ts`. */
declare function fetchWindow(from: usize, to: usize): void;

/** What is fetched of a window at a time. There are 64 pieces in the area, a bit for each. */
const PIECE_BITS: usize = 9;

/** More than the area and a stored block have together. */
const FARTHEST: u32 = 4 * PORTION;

let end: usize = MESSAGE;
/** The first byte in the scratch area that belongs to the connection. */
let oldest: usize = MESSAGE;
let windowSize: u32 = 0;
/** From here on all of the window is there. What lies before may be other connections' plaintext until it is fetched. */
let complete: usize = MESSAGE;
/** The pieces of the area that were fetched. */
let fetched: u64 = 0;
/** Where a portion is full. A symbol may go beyond it, and the area has room for that. */
let full: usize = MESSAGE;
/** The most that the message may have. */
let limit: usize = MESSAGE;

/** @param copied bytes of the window that are there */
export function beginPlaintext(held: u32, windowBits: u32, copied: u32): void {
  complete = MESSAGE - (copied === held ? WINDOW_AREA : copied);
  fetched = 0;
  windowSize = 1 << windowBits;
  oldest = MESSAGE - held;
  end = MESSAGE;
}

/**
 * @param portion bytes after which the area counts as full
 * @param room bytes that the message may still have
 */
export function setRoom(portion: u32, room: u32): void {
  full = MESSAGE + min<u32>(portion, PORTION);
  // Far enough beyond the area that a stored block, which tells its length in advance, is judged rightly
  limit = MESSAGE + min<u32>(room, FARTHEST);
}

/** Makes the plaintext so far the window of what follows. It must have been taken, and the whole window must be there. */
export function continuePlaintext(): void {
  const kept = min<u32>((end - oldest) as u32, WINDOW_AREA);
  memory.copy(MESSAGE - kept, end - kept, kept);
  oldest = MESSAGE - kept;
  end = MESSAGE;
  complete = SCRATCH;
}

export function plaintextEnd(): usize {
  return end;
}

export function setPlaintextEnd(at: usize): void {
  end = at;
}

export function plaintextFull(): usize {
  return full;
}

export function plaintextLimit(): usize {
  return limit;
}

/** "[...] distances [...] cannot refer past the beginning of the output stream" (section 3.2.3), nor beyond the window. */
export function isReachable(distance: u32, at: usize): bool {
  return distance <= windowSize && distance <= ((at - oldest) as u32);
}

/** Sees to it that bytes that a match refers to are there; they are reachable. */
export function provide(from: usize, length: u32): void {
  if (from < complete) fetchPieces(from, min<usize>(from + length, MESSAGE));
}

function fetchPieces(from: usize, to: usize): void {
  const first = (from - SCRATCH) >> PIECE_BITS;
  const last = (to - 1 - SCRATCH) >> PIECE_BITS;
  // A match is shorter than a piece, so these are one or two
  const pieces = ((<u64>1) << (first as u64)) | ((<u64>1) << (last as u64));
  if ((fetched & pieces) === pieces) return;
  fetched |= pieces;
  fetchWindow(SCRATCH + (first << PIECE_BITS), SCRATCH + ((last + 1) << PIECE_BITS));
}
