/**
 * Masking (RFC 6455, section 5.3). Masking and unmasking are the same operation: "octet i of the transformed data is the
 * XOR of octet i of the original data with octet at index i modulo 4 of the masking key".
 *
 * A masking key is a 32-bit number, its first octet on the wire being the most significant.
 */

/** Below this length, making a 32-bit view costs more than it saves (bench: unmask in place). */
const WORDS_PAY_OFF = 160;

/** Four octets and the word of this machine that they are; written before every use. */
const keyOctets: Uint8Array<ArrayBuffer> = new Uint8Array(4);
const keyWord: Uint32Array = new Uint32Array(keyOctets.buffer);

/** Masks `bytes` from `start` to `end` in place; `key` applies from `start` on. */
export function mask(bytes: Uint8Array, start: number, end: number, key: number): void {
  if (end - start < WORDS_PAY_OFF) maskBytes(bytes, start, end, key);
  else maskWords(bytes, start, end, key);
}

/** The key for what follows after `length` octets: the octets of a payload that comes in pieces are counted on. */
export function rotateKey(key: number, length: number): number {
  const bits = (length & 3) * 8;
  return bits === 0 ? key : (key << bits) | (key >>> (32 - bits));
}

function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): void {
  const k0 = key >>> 24;
  const k1 = (key >>> 16) & 0xff;
  const k2 = (key >>> 8) & 0xff;
  const k3 = key & 0xff;
  let at = start;
  for (const stop = end - 3; at < stop; at += 4) {
    bytes[at]! ^= k0;
    bytes[at + 1]! ^= k1;
    bytes[at + 2]! ^= k2;
    bytes[at + 3]! ^= k3;
  }
  if (at < end) bytes[at]! ^= k0;
  if (at + 1 < end) bytes[at + 1]! ^= k1;
  if (at + 2 < end) bytes[at + 2]! ^= k2;
}

/** Four octets at a time, between the first and the last word boundary of the underlying memory. */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number): void {
  const offset = bytes.byteOffset;
  const firstWord = (offset + start + 3) >>> 2;
  const lastWord = (offset + end) >>> 2;
  const wordsStart = firstWord * 4 - offset;
  const wordsEnd = lastWord * 4 - offset;
  maskBytes(bytes, start, wordsStart, key);
  const wordKey = rotateKey(key, wordsStart - start);
  const nativeKey = nativeWord(wordKey);
  const words = new Uint32Array(bytes.buffer, firstWord * 4, lastWord - firstWord);
  for (let index = 0; index < words.length; index++) words[index]! ^= nativeKey;
  maskBytes(bytes, wordsEnd, end, wordKey);
}

/** The word that has the key's octets in order, whatever the machine's byte order. */
function nativeWord(key: number): number {
  keyOctets[0] = key >>> 24;
  keyOctets[1] = key >>> 16;
  keyOctets[2] = key >>> 8;
  keyOctets[3] = key;
  return keyWord[0]!;
}
