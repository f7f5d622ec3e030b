/**
 * Parsing a message into literals and matches: which of the matches that the search offers are taken.
 */

import { MAX_MATCH, MIN_MATCH } from "./alphabets";
import { canGrowBack, enter, findMatch, SHORTEST, useDistance } from "./match-search";
import { beginTokens, putLiteral, putMatch, takeLiteral } from "./tokens";

/** What is searched for: what zlib calls strategies. */
const NOTHING: u32 = 1;
const RUNS: u32 = 2;

let search: u32 = 0;
/** A match that is shorter is compared with the one a byte later. */
let lazyLength: u32 = 0;

export function configureParser(searchFor: u32, lazy: u32): void {
  search = searchFor;
  lazyLength = lazy;
}

export function isSearching(): bool {
  return search !== NOTHING && search !== RUNS;
}

export function parse(start: usize, end: usize): void {
  beginTokens();
  let at = start;
  if (search === RUNS) at = parseRuns(start, end);
  else if (search !== NOTHING) at = parseMatches(start, end);
  for (; at < end; at++) putLiteral(load<u8>(at));
}

/** Stops where fewer than four bytes are left. */
function parseMatches(start: usize, end: usize): usize {
  let at = start;
  while (at + SHORTEST <= end) {
    let match = findMatch(at, end);
    if (match === 0) {
      putLiteral(load<u8>(at++));
      continue;
    }
    let entered = at + 1;
    while (match >>> 16 < lazyLength && at + 1 + SHORTEST <= end) {
      const later = findMatch(at + 1, end);
      entered = at + 2;
      if (later >>> 16 <= match >>> 16) break;
      putLiteral(load<u8>(at++));
      match = later;
    }
    at = takeMatch(at, match);
    enter(entered, min<usize>(at, end - (SHORTEST - 1)), 1);
  }
  return at;
}

/** Takes a match, and the bytes before it that agree too: they may have been literals for want of a better guess. */
function takeMatch(at: usize, match: u32): usize {
  const distance = match & 0xffff;
  let length = match >>> 16;
  let start = at;
  while (length < MAX_MATCH && canGrowBack(start, distance)) {
    const byte: u32 = load<u8>(start - 1);
    if ((load<u8>(start - 1 - distance) as u32) !== byte || !takeLiteral(byte)) break;
    start--;
    length++;
  }
  putMatch(length, distance);
  useDistance(distance);
  return start + length;
}

/** Matches of distance 1 alone. */
function parseRuns(start: usize, end: usize): usize {
  let at = start;
  while (at < end) {
    const byte: u32 = load<u8>(at++);
    putLiteral(byte);
    const most = min<usize>(end, at + MAX_MATCH);
    let stop = at;
    while (stop < most && load<u8>(stop) === byte) stop++;
    if (stop - at < MIN_MATCH) continue;
    putMatch((stop - at) as u32, 1);
    at = stop;
  }
  return at;
}
