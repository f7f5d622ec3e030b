/**
 * The plaintext of the message being inflated, in the scratch area behind its connection's window.
 *
 * A distance is judged here by what belongs to the connection: other bytes may lie in front of it.
 */

import { MESSAGE, PORTION, WINDOW_AREA } from "./areas";

/** More than the area and a stored block have together. */
const FARTHEST: u32 = 4 * PORTION;

let end: usize = MESSAGE;
/** The first byte in the scratch area that belongs to the connection. */
let oldest: usize = MESSAGE;
let windowSize: u32 = 0;
/** Where a portion is full. A symbol may go beyond it, and the area has room for that. */
let full: usize = MESSAGE;
/** The most that the message may have. */
let limit: usize = MESSAGE;

export function beginPlaintext(held: u32, windowBits: u32): void {
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

/** Makes the plaintext so far the window of what follows; it must have been taken. */
export function continuePlaintext(): void {
  const kept = min<u32>((end - oldest) as u32, WINDOW_AREA);
  memory.copy(MESSAGE - kept, end - kept, kept);
  oldest = MESSAGE - kept;
  end = MESSAGE;
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
