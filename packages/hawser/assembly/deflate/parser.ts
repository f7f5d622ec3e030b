/**
 * Parsing a message into literals and matches: which of the matches that the search offers are taken.
 */

import { MAX_MATCH, MIN_MATCH } from "./alphabets";
import { canGrowBack, enter, findMatch, findTriple, SHORTEST } from "./match-search";
import { beginTokens, putLiteral, putMatch, takeLiteral } from "./tokens";

/** What is searched for. Zero is everything. */
const NOTHING: u32 = 1;
const RUNS: u32 = 2;

/**
 * A short message is mostly sent with the fixed code, in which a match of three bytes takes fewer bits than its literals. With
 * a code of its own it does not, unless it is very near.
 */
const SHORT_MESSAGE: u32 = 600;

/** How much shorter a match may be and still be the better one, being nearer: that saves thirteen extra bits at most. */
const WORTH_OF_DISTANCE: u32 = 3;

/** After 2 to the power of this many strings without a match, ever fewer are tried: the next match grows back over the rest. */
const PATIENCE: u32 = 6;

let search: u32 = 0;
/** A match that is shorter is compared with the one a byte later. */
let lazyLength: u32 = 0;
/** What is no longer than this is not taken. */
let tooShort: u32 = 0;

export function configureParser(searchFor: u32, shortest: u32, lazy: u32): void {
  search = searchFor;
  tooShort = max<u32>(shortest, SHORTEST) - 1;
  lazyLength = lazy;
}

export function isSearching(): bool {
  return search !== NOTHING && search !== RUNS;
}

/** Whether matches of three bytes are looked for in a message, or a portion, of this length. */
export function takesTriples(length: u32): bool {
  return length < SHORT_MESSAGE && tooShort < SHORTEST;
}

export function parse(start: usize, end: usize): void {
  beginTokens();
  let at = start;
  if (search === RUNS) at = parseRuns(start, end);
  else if (search !== NOTHING) at = parseMatches(start, end);
  putLiterals(at, end);
}

function putLiterals(from: usize, to: usize): usize {
  for (let at = from; at < to; at++) putLiteral(load<u8>(at));
  return to;
}

/** Stops where fewer than four bytes are left. */
function parseMatches(start: usize, end: usize): usize {
  const withTriples = takesTriples((end - start) as u32);
  const last = end - SHORTEST;
  let at = start;
  let misses: u32 = 0;
  while (at <= last) {
    let match = firstMatch(at, end, withTriples);
    if (match === 0) {
      at = putLiterals(at, min<usize>(end, at + 1 + (misses++ >> PATIENCE)));
      continue;
    }
    misses = 0;
    let entered = at + 1;
    while (match >>> 16 < lazyLength && at < last) {
      const later = findMatch(at + 1, end, max<u32>((match >>> 16) - WORTH_OF_DISTANCE, tooShort));
      entered = at + 2;
      const grown = grownBack(at + 1, later);
      if (grown !== 0) {
        if (gain(grown) > gain(match)) match = grown;
        break;
      }
      if (later === 0 || gain(later) <= gain(match) + 1) break;
      putLiteral(load<u8>(at++));
      match = later;
    }
    at = takeMatch(at, match);
    enter(entered, min<usize>(at, last + 1));
  }
  return at;
}

function firstMatch(at: usize, end: usize, withTriples: bool): u32 {
  const match = findMatch(at, end, tooShort);
  return match === 0 && withTriples ? findTriple(at, end) : match;
}

/** What a match is worth against another, in quarters of a byte: its length, less its distance's extra bits. */
function gain(match: u32): u32 {
  return (match >>> 16) * 4 + clz(match & 0xffff);
}

/**
 * A match that agrees in the byte before it too, with that byte, or else 0: of the window's older strings every second is
 * entered, so what begins at the others is found here.
 */
function grownBack(at: usize, match: u32): u32 {
  const distance = match & 0xffff;
  const length = (match >>> 16) + 1;
  if (match === 0 || length > MAX_MATCH || !canGrowBack(at, distance)) return 0;
  return load<u8>(at - 1) === load<u8>(at - 1 - distance) ? (length << 16) | distance : 0;
}

/** Takes a match, and the bytes before it that agree too: they were literals because not every string can be found. */
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
    while (stop < most && (load<u8>(stop) as u32) === byte) stop++;
    if (stop - at < MIN_MATCH) continue;
    putMatch((stop - at) as u32, 1);
    at = stop;
  }
  return at;
}
