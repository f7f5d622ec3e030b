/**
 * Masking (RFC 6455, section 5.3) sixteen octets at a time. AssemblyScript: compiled to the WebAssembly module that
 * `src/bytes/vector-memory.ts` instantiates. The memory is the caller's to lay out; nothing is kept in it.
 */

const VECTOR: usize = 16;
const BLOCK: usize = 4 * VECTOR;

/**
 * Masks `length` octets from `start` on in place. The key's first octet is its most significant. Returns 0 if all the octets
 * that come out are ASCII.
 */
export function mask(start: usize, length: usize, key: u32): u32 {
  const word = bswap<u32>(key);
  const keys = i32x4.splat(word);
  const end = start + length;
  let at = start;
  let seen = i32x4.splat(0);
  for (; at + BLOCK <= end; at += BLOCK) {
    const a = maskVector(at, keys);
    const b = maskVector(at + VECTOR, keys);
    const c = maskVector(at + 2 * VECTOR, keys);
    const d = maskVector(at + 3 * VECTOR, keys);
    seen = v128.or(seen, v128.or(v128.or(a, b), v128.or(c, d)));
  }
  for (; at + VECTOR <= end; at += VECTOR) seen = v128.or(seen, maskVector(at, keys));
  return i8x16.bitmask(seen) | maskRest(at, end, word);
}

function maskVector(at: usize, keys: v128): v128 {
  const masked = v128.xor(v128.load(at), keys);
  v128.store(at, masked);
  return masked;
}

/** Fewer than sixteen octets. */
function maskRest(start: usize, end: usize, word: u32): u32 {
  let at = start;
  let seen: u32 = 0;
  for (; at + 4 <= end; at += 4) {
    const masked = load<u32>(at) ^ word;
    store<u32>(at, masked);
    seen |= masked & 0x80808080;
  }
  for (let rest = word; at < end; at++) {
    const masked = ((load<u8>(at) as u32) ^ rest) & 0xff;
    store<u8>(at, masked);
    seen |= masked & 0x80;
    rest >>>= 8;
  }
  return seen;
}
