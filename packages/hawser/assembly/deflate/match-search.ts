/**
 * The search for strings that came before (RFC 1951, section 4): where four bytes were seen, and how far they agree there.
 *
 * Each bucket holds the last four positions, of 16 bits each, of strings with the same hash; so entering one is a load and a
 * store. Nothing is ever cleared: what a bucket names is compared byte by byte with the window at hand, and an entry of an
 * earlier message, of whatever connection, is a guess like any other.
 *
 * There are several tables of buckets, so that a few busy connections find in theirs what they entered before.
 */

import { MAX_MATCH, MIN_MATCH } from "./alphabets";
import { MESSAGE } from "./areas";
import { beginFarStrings, enterFarStrings, farStrings } from "./far-strings";
import { hashOf } from "./string-hash";

const MAX_BUCKET_BITS: u32 = 13;
/** A table has the buckets; then as many for the four strings before those, or for the far ones; then the triples. */
const DEEPER: usize = 65_536;
/** The last position of strings of three bytes with the same hash. */
const TRIPLES: usize = 131_072;
const TABLE_SIZE: usize = 139_264;
/** Memory that is never touched is never taken. The caller knows how many there are: `src/deflate/hot-windows.ts`. */
const TABLES: usize = memory.data(4_595_712, 16);
const TRIPLE_BITS: u32 = 12;

/** The least match that a bucket finds. */
export const SHORTEST: u32 = 4;
/** Three bytes farther away than this take more bits than as literals. */
const FARTHEST_TRIPLE: u32 = 4_096;

let table: usize = TABLES;
let bucketShift: u32 = 32 - MAX_BUCKET_BITS;
let windowSize: u32 = 0;
/** The first byte in the scratch area that belongs to the connection. */
let oldest: usize = MESSAGE;
/** From an address to the position in the stream, of which entries have the last 16 bits. */
let shift: u32 = 0;
/** A match of this length ends the search. */
let nice: u32 = 0;
/** How often a match's end is looked up. */
let probes: u32 = 0;
/** Whether a bucket has eight strings. */
let isDeep: bool = false;
/** Whether there are far strings. */
let isFar: bool = false;
/** Strings at so many addresses are looked up among the far ones to find one of them: so many apart these are. */
let phases: u32 = 0;

export function configureSearch(niceLength: u32, probeCount: u32, deep: bool, far: bool): void {
  nice = niceLength;
  probes = probeCount;
  isDeep = deep;
  isFar = far;
}

/** `position` is the message's in its stream, or the last bits of that. */
export function beginSearch(tableIndex: u32, held: u32, windowBits: u32, bucketBits: u32, position: u32): void {
  table = TABLES + <usize>tableIndex * TABLE_SIZE;
  shift = position - (MESSAGE as u32);
  windowSize = 1 << windowBits;
  bucketShift = 32 - min<u32>(bucketBits, MAX_BUCKET_BITS);
  oldest = MESSAGE - held;
  beginFarStrings(table + DEEPER, min<u32>(bucketBits, MAX_BUCKET_BITS), windowBits);
}

/** Enters every `step`-th string as a far one. */
export function enterFar(from: usize, to: usize, step: u32): void {
  phases = step;
  enterFarStrings(from, to, positionOf(from), step);
}

/** What was at an address is `distance` bytes below it from now on; `kept` bytes are left in front of the message. */
export function moveDown(distance: u32, kept: u32): void {
  shift += distance;
  oldest = MESSAGE - kept;
}

/** Whether the byte in front of an address, and the one at a distance from it, are the connection's. */
export function canGrowBack(at: usize, distance: u32): bool {
  return at - distance > oldest;
}

/** Enters the string at every address: four at a time, since this is a third of what a small message costs. */
export function enter(from: usize, to: usize): void {
  if (isDeep) {
    enterDeep(from, to);
    return;
  }
  // Here and below: a constant stays in a register, where a variable of the module would be loaded each time
  const hashShift = bucketShift;
  const buckets = table;
  let position = positionOf(from);
  let at = from;
  for (; at + 4 <= to; at += 4, position += 4) {
    const words = load<u64>(at);
    enterWord(words as u32, position, hashShift, buckets);
    enterWord((words >> 8) as u32, position + 1, hashShift, buckets);
    enterWord((words >> 16) as u32, position + 2, hashShift, buckets);
    enterWord((words >> 24) as u32, position + 3, hashShift, buckets);
  }
  for (; at < to; at++, position++) enterWord(load<u32>(at), position, hashShift, buckets);
}

/** Enters the string at every `step`-th address, 2 or 4. A match is found from there, and grows back to where it begins. */
export function enterSome(from: usize, to: usize, step: u32): void {
  if (step === 2) enterEverySecond(from, to);
  else enterEveryFourth(from, to);
}

function enterEverySecond(from: usize, to: usize): void {
  const hashShift = bucketShift;
  const buckets = table;
  let position = positionOf(from);
  for (let at = from; at < to; at += 8, position += 8) {
    const words = load<u64>(at);
    enterWord(words as u32, position, hashShift, buckets);
    enterWord((words >> 16) as u32, position + 2, hashShift, buckets);
    enterWord((words >> 32) as u32, position + 4, hashShift, buckets);
    enterWord(load<u32>(at + 6), position + 6, hashShift, buckets);
  }
}

function enterEveryFourth(from: usize, to: usize): void {
  const hashShift = bucketShift;
  const buckets = table;
  let position = positionOf(from);
  for (let at = from; at < to; at += 4, position += 4) enterWord(load<u32>(at), position, hashShift, buckets);
}

/** Enters the three bytes at every address. */
export function enterTriples(from: usize, to: usize): void {
  for (let at = from; at < to; at++) store<u16>(tripleOf(load<u32>(at)), positionOf(at) as u16, TRIPLES);
}

/** The newest goes in front, and the oldest of four out. */
function enterWord(word: u32, position: u32, hashShift: u32, buckets: usize): void {
  const bucket = buckets + (hashOf(word, hashShift) << 3);
  store<u64>(bucket, withNewest(load<u64>(bucket), position));
}

/** As {@link enter}; the oldest of four goes to those before them. */
function enterDeep(from: usize, to: usize): void {
  for (let at = from; at < to; at++) {
    const bucket = bucketOf(load<u32>(at));
    pushOut(bucket, load<u64>(bucket));
    store<u64>(bucket, withNewest(load<u64>(bucket), positionOf(at)));
  }
}

/** Makes the oldest of four the newest of those before them, and returns what these were. */
function pushOut(bucket: usize, entries: u64): u64 {
  const older = load<u64>(bucket, DEEPER);
  store<u64>(bucket, (older << 16) | (entries >> 48), DEEPER);
  return older;
}

function withNewest(entries: u64, position: u32): u64 {
  return (entries << 16) | ((position & 0xffff) as u64);
}

/** Where an address is in the stream, in the 16 bits that an entry has. */
function positionOf(at: usize): u32 {
  return ((at as u32) + shift) & 0xffff;
}

function bucketOf(word: u32): usize {
  return table + (hashOf(word, bucketShift) << 3);
}

function tripleOf(word: u32): usize {
  return table + (hashOf(word << 8, 32 - TRIPLE_BITS) << 1);
}

/**
 * The longest match found for the string at an address, as its length << 16 | its distance, or 0 if none is longer than
 * `floor`, which is 3 or more. Enters the string. There are four bytes at least, and memory beyond `end`.
 */
export function findMatch(at: usize, end: usize, floor: u32): u32 {
  const word = load<u32>(at);
  const bucket = bucketOf(word);
  const entries = load<u64>(bucket);
  if (isDeep) return findDeep(at, end, word, bucket, entries, floor);
  store<u64>(bucket, withNewest(entries, positionOf(at)));
  const places = agreeing(at, word, entries);
  if (isFar) return findFar(at, end, word, places, entries, floor);
  if (places === 0) return 0;
  const most = min<u32>((end - at) as u32, MAX_MATCH);
  if (floor >= most) return 0;
  const reach = min<u32>((at - oldest) as u32, windowSize);
  const best = bestOf(at, places, entries, floor << 16, most, reach);
  if ((best & 0xffff) === 0) return 0;
  return probes === 0 ? best : probeEnd(at, word, best, most, reach);
}

/** As {@link findMatch}, from there on where a bucket has eight strings. */
function findDeep(at: usize, end: usize, word: u32, bucket: usize, entries: u64, floor: u32): u32 {
  const older = pushOut(bucket, entries);
  store<u64>(bucket, withNewest(entries, positionOf(at)));
  const places = agreeing(at, word, entries);
  const olderPlaces = agreeing(at, word, older);
  if ((places | olderPlaces) === 0) return 0;
  const most = min<u32>((end - at) as u32, MAX_MATCH);
  if (floor >= most) return 0;
  const reach = min<u32>((at - oldest) as u32, windowSize);
  let best = bestOf(at, places, entries, floor << 16, most, reach);
  if (best >>> 16 < min<u32>(nice, most)) best = bestOf(at, olderPlaces, older, best, most, reach);
  if ((best & 0xffff) === 0) return 0;
  return probes === 0 ? best : probeEnd(at, word, best, most, reach);
}

/** As {@link findMatch}, from there on where there are far strings. They are looked up behind the address as well. */
function findFar(at: usize, end: usize, word: u32, places: u32, entries: u64, floor: u32): u32 {
  const most = min<u32>((end - at) as u32, MAX_MATCH);
  if (floor >= most) return 0;
  const reach = min<u32>((at - oldest) as u32, windowSize);
  const enough = min<u32>(nice, most);
  let best = bestOf(at, places, entries, floor << 16, most, reach);
  for (let across = at; across < at + phases && best >>> 16 < enough; across++) {
    best = bestEndingAt(at, word, across, farStringsAt(across), best, most, reach);
  }
  if ((best & 0xffff) === 0) return 0;
  return probes === 0 ? best : probeEnd(at, word, best, most, reach);
}

function farStringsAt(at: usize): u64 {
  return farStrings(load<u32>(at), positionOf(at));
}

/** A match found by three bytes alone, for a string that {@link findMatch} knows none of. Enters the three bytes. */
export function findTriple(at: usize, end: usize): u32 {
  const word = load<u32>(at);
  const place = tripleOf(word);
  const distance = (positionOf(at) - (load<u16>(place, TRIPLES) as u32)) & 0xffff;
  store<u16>(place, positionOf(at) as u16, TRIPLES);
  const reach = min<u32>(min<u32>((at - oldest) as u32, windowSize), FARTHEST_TRIPLE);
  if (distance - 1 >= reach || (load<u32>(at - distance) ^ word) << 8 !== 0) return 0;
  const length = agreement(at, at - distance, min<u32>((end - at) as u32, MAX_MATCH));
  return length < MIN_MATCH ? 0 : (length << 16) | distance;
}

/** Which of four entries name the same four bytes, as a bit for each. Their distances are for the caller to judge. */
function agreeing(at: usize, word: u32, entries: u64): u32 {
  const here = positionOf(at);
  let words = v128.load_zero<u32>(at - ((here - (entries as u32)) & 0xffff));
  words = v128.load_lane<u32>(at - ((here - ((entries >> 16) as u32)) & 0xffff), words, 1);
  words = v128.load_lane<u32>(at - ((here - ((entries >> 32) as u32)) & 0xffff), words, 2);
  words = v128.load_lane<u32>(at - ((here - ((entries >> 48) as u32)) & 0xffff), words, 3);
  return i32x4.bitmask(i32x4.eq(words, i32x4.splat(word)));
}

/** The distance of the entry of the lowest bit. */
function distanceOf(at: usize, places: u32, entries: u64): u32 {
  return (positionOf(at) - ((entries >> ((ctz(places) as u64) << 4)) as u32)) & 0xffff;
}

/** The longest match among those of four entries that agree, newest first, or `first` if none is longer. */
function bestOf(at: usize, agreeingPlaces: u32, entries: u64, first: u32, most: u32, reach: u32): u32 {
  let best = first;
  let bestLength = first >>> 16;
  // What a longer match must have too: the byte behind the best one, with three before it
  let ending = load<u32>(at + bestLength - 3);
  for (let places = agreeingPlaces; places !== 0; places &= places - 1) {
    const distance = distanceOf(at, places, entries);
    if (distance - 1 >= reach || load<u32>(at + bestLength - 3 - distance) !== ending) continue;
    const length = agreement(at, at - distance, most);
    if (length <= bestLength) continue;
    best = (length << 16) | distance;
    if (length >= nice || length === most) break;
    bestLength = length;
    ending = load<u32>(at + bestLength - 3);
  }
  return best;
}

/**
 * Looks up the four bytes across the best match's end, and sees where they came before whether the whole is there too: this
 * finds the strings that their own bucket has lost to newer ones. If the first of them goes beyond the end, so may the next.
 */
function probeEnd(at: usize, word: u32, first: u32, most: u32, reach: u32): u32 {
  let best = first;
  let across = at + (first >>> 16) - 3;
  for (let rest = probes; rest > 0; rest--) {
    const length = best >>> 16;
    if (length >= nice || across + SHORTEST > at + most) break;
    const better = bestAcross(at, word, across, best, most, reach);
    if (better !== best) across = at + (better >>> 16) - 3;
    else if (across < at + length) across++;
    else break;
    best = better;
  }
  return best;
}

function bestAcross(at: usize, word: u32, across: usize, first: u32, most: u32, reach: u32): u32 {
  const bucket = bucketOf(load<u32>(across));
  const best = bestEndingAt(at, word, across, load<u64>(bucket), first, most, reach);
  if (!isDeep && !isFar) return best;
  return bestEndingAt(at, word, across, isFar ? farStringsAt(across) : load<u64>(bucket, DEEPER), best, most, reach);
}

/** The longest match among those that have one of four entries' strings across the end of the best one. */
function bestEndingAt(at: usize, word: u32, across: usize, entries: u64, first: u32, most: u32, reach: u32): u32 {
  let best = first;
  for (let places = agreeing(across, load<u32>(across), entries); places !== 0; places &= places - 1) {
    const distance = distanceOf(across, places, entries);
    if (distance - 1 >= reach || load<u32>(at - distance) !== word) continue;
    const length = agreement(at, at - distance, most);
    if (length > best >>> 16) best = (length << 16) | distance;
  }
  return best;
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
