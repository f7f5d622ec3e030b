/**
 * Huffman codes from how often symbols occur (RFC 1951, section 3.2.2): lengths of minimum redundancy, computed in place as
 * Moffat and Katajainen do, limited, and the codes that follow from them.
 *
 * A symbol in use is kept as its count << 9 | itself, so that sorting by count keeps the symbols' order.
 */

import { MAX_CODE_BITS } from "./alphabets";

const SYMBOL_BITS: u32 = 9;
const SYMBOL_MASK: u32 = 511;

/** Counts from here on share a place in the first sort, and are sorted by comparison. */
const MANY: u32 = 63;

/** The largest alphabet's size, in entries of four bytes. */
const SORTED: usize = memory.data(1_152, 16);
/** Weights, then parents, then depths: the same memory for each in turn. */
const NODES: usize = memory.data(1_152, 16);
const STARTS: usize = memory.data(256, 16);
const NEXT_CODES: usize = memory.data(64, 16);

/** Lists the symbols in use, in their order; returns how many there are. `symbols` is rounded up to a multiple of four. */
export function listUsed(counts: usize, symbols: u32, used: usize): u32 {
  let next = used;
  for (let four: u32 = 0; four < symbols; four += 4) {
    // Most symbols do not occur
    if (!v128.any_true(v128.load(counts + (four << 2)))) continue;
    for (let symbol = four; symbol < four + 4; symbol++) {
      const count = load<u32>(counts + (symbol << 2));
      store<u32>(next, (count << SYMBOL_BITS) | symbol);
      if (count !== 0) next += 4;
    }
  }
  return ((next - used) as u32) >> 2;
}

export function usedSymbol(used: usize, at: u32): u32 {
  return load<u32>(used + (at << 2)) & SYMBOL_MASK;
}

export function usedCount(used: usize, at: u32): u32 {
  return load<u32>(used + (at << 2)) >>> SYMBOL_BITS;
}

/** Sets the lengths of the codes, a byte for each symbol; those of symbols that are not in use must be 0 already. */
export function setLengths(used: usize, size: u32, maxBits: u32, lengths: usize): void {
  if (size < 2) {
    // A code of one symbol still takes one bit
    if (size === 1) store<u8>(lengths + usedSymbol(used, 0), 1);
    return;
  }
  sortByCount(used, size);
  for (let at: u32 = 0; at < size; at++) store<u32>(NODES + (at << 2), usedCount(SORTED, at));
  joinRarest(size);
  parentsToDepths(size);
  depthsToLengths(size);
  if (node(0) > maxBits) limitLengths(size, maxBits);
  for (let at: u32 = 0; at < size; at++) store<u8>(lengths + usedSymbol(SORTED, at), node(at) as u8);
}

function node(at: u32): u32 {
  return load<u32>(NODES + (at << 2));
}

function setNode(at: u32, value: u32): void {
  store<u32>(NODES + (at << 2), value);
}

/** Rarest first. Most symbols occur a few times only, so most are sorted by counting. */
function sortByCount(used: usize, size: u32): void {
  memory.fill(STARTS, 0, 256);
  for (let at: u32 = 0; at < size; at++) {
    const place = STARTS + (min<u32>(usedCount(used, at), MANY) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }
  let start: u32 = 0;
  for (let count: u32 = 1; count <= MANY; count++) {
    const place = STARTS + (count << 2);
    const symbols = load<u32>(place);
    store<u32>(place, start);
    start += symbols;
  }
  const firstOfMany = load<u32>(STARTS + (MANY << 2));
  for (let at: u32 = 0; at < size; at++) {
    const entry = load<u32>(used + (at << 2));
    const place = STARTS + (min<u32>(entry >>> SYMBOL_BITS, MANY) << 2);
    const index = load<u32>(place);
    store<u32>(place, index + 1);
    store<u32>(SORTED + (index << 2), entry);
  }
  sortByComparison(firstOfMany, size);
}

function sortByComparison(first: u32, size: u32): void {
  for (let at = first + 1; at < size; at++) {
    const entry = load<u32>(SORTED + (at << 2));
    let to = at;
    for (; to > first && load<u32>(SORTED + ((to - 1) << 2)) > entry; to--) {
      store<u32>(SORTED + (to << 2), load<u32>(SORTED + ((to - 1) << 2)));
    }
    store<u32>(SORTED + (to << 2), entry);
  }
}

/** Joins the two rarest of leaves and inner nodes until one is left: each inner node's entry becomes its parent's index. */
function joinRarest(size: u32): void {
  let leaf: u32 = 0;
  let inner: u32 = 0;
  for (let next: u32 = 0; next < size - 1; next++) {
    let weight: u32 = 0;
    for (let child = 0; child < 2; child++) {
      if (leaf >= size || (inner < next && node(inner) < node(leaf))) {
        weight += node(inner);
        setNode(inner++, next);
      } else {
        weight += node(leaf++);
      }
    }
    setNode(next, weight);
  }
}

/** The inner nodes' depths, from the root, which is the last of them. */
function parentsToDepths(size: u32): void {
  setNode(size - 2, 0);
  for (let at: i32 = (size as i32) - 3; at >= 0; at--) setNode(at, node(node(at)) + 1);
}

/** The leaves' depths: at each there are as many as the inner nodes leave. The rarest come first and lie deepest. */
function depthsToLengths(size: u32): void {
  let available: i32 = 1;
  let depth: u32 = 0;
  let inner: i32 = (size as i32) - 2;
  let leaf: i32 = (size as i32) - 1;
  while (available > 0) {
    let innerHere: i32 = 0;
    for (; inner >= 0 && node(inner) === depth; inner--) innerHere++;
    for (; available > innerHere; available--) setNode(leaf--, depth);
    available = innerHere << 1;
    depth++;
  }
}

/**
 * Cuts lengths down to the limit, and makes the code complete again: the rarest symbols that still can get longer codes, and
 * what is too much is given back to the most frequent.
 */
function limitLengths(size: u32, maxBits: u32): void {
  const all: u32 = 1 << maxBits;
  let taken: u32 = 0;
  for (let at: u32 = 0; at < size; at++) {
    setNode(at, min<u32>(node(at), maxBits));
    taken += all >> node(at);
  }
  for (let at: u32 = 0; taken > all; ) {
    if (node(at) >= maxBits) at++;
    else {
      setNode(at, node(at) + 1);
      taken -= all >> node(at);
    }
  }
  for (let at = size; taken < all && at > 0; at--) {
    while (taken + (all >> node(at - 1)) <= all) {
      taken += all >> node(at - 1);
      setNode(at - 1, node(at - 1) - 1);
    }
  }
}

/** The codes of the symbols in use, each as its length << 16 | its bits, the first to be sent lowest. */
export function setCodes(used: usize, size: u32, lengths: usize, codes: usize): void {
  memory.fill(NEXT_CODES, 0, 64);
  for (let at: u32 = 0; at < size; at++) {
    const place = NEXT_CODES + ((load<u8>(lengths + usedSymbol(used, at)) as usize) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }
  let code: u32 = 0;
  for (let length: u32 = 1; length <= MAX_CODE_BITS; length++) {
    const place = NEXT_CODES + (length << 2);
    const symbols = load<u32>(place);
    store<u32>(place, code);
    code = (code + symbols) << 1;
  }
  for (let at: u32 = 0; at < size; at++) {
    const symbol = usedSymbol(used, at);
    const length: u32 = load<u8>(lengths + symbol);
    const place = NEXT_CODES + (length << 2);
    const next = load<u32>(place);
    store<u32>(place, next + 1);
    store<u32>(codes + (symbol << 2), (length << 16) | reversed(next, length));
  }
}

/** Codes are sent from their most significant bit on. */
function reversed(code: u32, length: u32): u32 {
  let bits = ((code >>> 1) & 0x5555) | ((code & 0x5555) << 1);
  bits = ((bits >>> 2) & 0x3333) | ((bits & 0x3333) << 2);
  bits = ((bits >>> 4) & 0x0f0f) | ((bits & 0x0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff) | ((bits & 0x00ff) << 8);
  return bits >>> (16 - length);
}
