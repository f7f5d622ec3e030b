/**
 * The search for strings that came before (RFC 1951, section 4): where four bytes were seen, and how far they agree there.
 *
 * Each bucket has four places for positions, 16 bits each, of strings with the same hash. A position goes into the place that
 * its own value points to, so entering one is a single store. Nothing is ever cleared: what a bucket names is compared byte by
 * byte with the window at hand, and an entry of an earlier message, of whatever connection, is a guess like any other.
 */

import { MAX_MATCH } from "./alphabets";
import { MESSAGE } from "./areas";

const MAX_BUCKET_BITS: u32 = 13;
const BUCKETS: usize = memory.data(65_536, 16);
const MULTIPLIER: u32 = 2_654_435_761;

/** What has only four bytes in common with what came before is no better than its literals. */
export const SHORTEST: u32 = 4;

let bucketShift: u32 = 32 - MAX_BUCKET_BITS;
let windowSize: u32 = 0;
/** The first byte in the scratch area that belongs to the connection. */
let oldest: usize = MESSAGE;
/** From an address to a position: it grows as plaintext moves to lower addresses. */
let shift: u32 = 0;
/** The distance of the last match: records of one form repeat at it. */
let lastDistance: u32 = 0;

/** A match must be longer than `tooShort`; one of `nice` ends the search; `probes` is how often the end is looked up. */
let tooShort: u32 = 0;
let nice: u32 = 0;
let probes: u32 = 0;

export function configureSearch(shortest: u32, niceLength: u32, probeCount: u32): void {
  tooShort = max<u32>(shortest, SHORTEST) - 1;
  nice = niceLength;
  probes = probeCount;
}

export function beginSearch(held: u32, windowBits: u32, bucketBits: u32): void {
  windowSize = 1 << windowBits;
  bucketShift = 32 - min<u32>(bucketBits, MAX_BUCKET_BITS);
  oldest = MESSAGE - held;
  lastDistance = 0;
}

/** What was at an address is `distance` bytes below it from now on, and so is where the connection's bytes begin. */
export function moveDown(distance: u32, kept: u32): void {
  shift += distance;
  oldest = MESSAGE - kept;
}

export function useDistance(distance: u32): void {
  lastDistance = distance;
}

function bucketOf(word: u32): usize {
  return BUCKETS + ((<usize>((word * MULTIPLIER) >>> bucketShift)) << 3);
}

/** Whether the byte in front of an address, and the one at a distance from it, are the connection's. */
export function canGrowBack(at: usize, distance: u32): bool {
  return at - distance > oldest;
}

/** Enters the strings at every `step`-th address; there are four bytes at each. */
export function enter(from: usize, to: usize, step: u32): void {
  for (let at = from; at < to; at += step) enterAt(at, bucketOf(load<u32>(at)));
}

function enterAt(at: usize, bucket: usize): void {
  const position = (at as u32) + shift;
  store<u16>(bucket + ((position & 3) << 1), position as u16);
}

/**
 * The longest match found for the string at an address, as its length << 16 | its distance, or 0. Enters the string. There
 * are four bytes at least, and memory beyond `end`.
 */
export function findMatch(at: usize, end: usize): u32 {
  const word = load<u32>(at);
  const bucket = bucketOf(word);
  const entries = load<u64>(bucket);
  enterAt(at, bucket);
  const most = min<u32>((end - at) as u32, MAX_MATCH);
  const reach = min<u32>((at - oldest) as u32, windowSize);
  const mask = agreeing(at, word, entries);
  let best: u32 = mask === 0 ? 0 : bestOf(at, mask, entries, most, reach);
  const length = best >>> 16;
  if (length >= nice || length === most) return best;
  if (length > 0 && probes > 0) best = probeEnd(at, word, best, most, reach);
  return tryLastDistance(at, word, best, most, reach);
}

/** Which of four entries have these four bytes: what memory is looked at is judged later. */
function agreeing(at: usize, word: u32, entries: u64): u32 {
  const here = (at as u32) + shift;
  let words = v128.load_zero<u32>(at - ((here - (entries as u32)) & 0xffff));
  words = v128.load_lane<u32>(at - ((here - ((entries >> 16) as u32)) & 0xffff), words, 1);
  words = v128.load_lane<u32>(at - ((here - ((entries >> 32) as u32)) & 0xffff), words, 2);
  words = v128.load_lane<u32>(at - ((here - ((entries >> 48) as u32)) & 0xffff), words, 3);
  return i32x4.bitmask(i32x4.eq(words, i32x4.splat(word)));
}

function bestOf(at: usize, agreeingPlaces: u32, entries: u64, most: u32, reach: u32): u32 {
  const here = (at as u32) + shift;
  let best: u32 = 0;
  let bestLength = tooShort;
  for (let places = agreeingPlaces; places !== 0; places &= places - 1) {
    const distance = (here - ((entries >> ((ctz(places) as u64) << 4)) as u32)) & 0xffff;
    if (distance - 1 >= reach) continue;
    const length = agreement(at, at - distance, most);
    if (length < bestLength || (length === bestLength && distance >= (best & 0xffff))) continue;
    bestLength = length;
    best = (length << 16) | distance;
  }
  return best;
}

/**
 * Looks up the four bytes across the best match's end, and sees where they came before whether the whole is there too. This
 * finds the strings that a bucket has lost to newer ones.
 */
function probeEnd(at: usize, word: u32, first: u32, most: u32, reach: u32): u32 {
  let best = first;
  for (let rest = probes; rest > 0; rest--) {
    const length = best >>> 16;
    if (length >= nice || length >= most) break;
    const across = at + length - 3;
    const better = bestAcross(at, word, across, best, most, reach);
    if (better === best) break;
    best = better;
  }
  return best;
}

function bestAcross(at: usize, word: u32, across: usize, first: u32, most: u32, reach: u32): u32 {
  let best = first;
  const acrossWord = load<u32>(across);
  let entries = load<u64>(bucketOf(acrossWord));
  const here = (across as u32) + shift;
  for (let place = 0; place < 4; place++) {
    const distance = (here - (entries as u32)) & 0xffff;
    entries >>= 16;
    if (distance - 1 >= reach) continue;
    if (load<u32>(across - distance) !== acrossWord || load<u32>(at - distance) !== word) continue;
    const length = agreement(at, at - distance, most);
    if (length > best >>> 16) best = (length << 16) | distance;
  }
  return best;
}

function tryLastDistance(at: usize, word: u32, best: u32, most: u32, reach: u32): u32 {
  const distance = lastDistance;
  if (distance - 1 >= reach || load<u32>(at - distance) !== word) return best;
  const length = agreement(at, at - distance, most);
  return length > max<u32>(best >>> 16, tooShort) ? (length << 16) | distance : best;
}

/** How many bytes are the same in two places, `most` at the most. */
function agreement(one: usize, other: usize, most: u32): u32 {
  let length: u32 = 0;
  do {
    const difference = load<u64>(one + length) ^ load<u64>(other + length);
    if (difference !== 0) return min<u32>((length + (ctz(difference) >> 3)) as u32, most);
    length += 8;
  } while (length < most);
  return most;
}
