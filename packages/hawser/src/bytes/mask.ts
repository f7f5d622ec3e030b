/**
 * Masking (RFC 6455, section 5.3). Masking and unmasking are the same operation: "octet i of the transformed data is the
 * XOR of octet i of the original data with octet at index i modulo 4 of the masking key".
 *
 * A masking key is a 32-bit number, its first octet on the wire being the most significant. Each function tells on the way
 * whether all the octets that come out are ASCII, since a text of which that is known needs no further check.
 */

import { READ_BUFFER, SHORT_READ_BUFFER, type VectorUnit, vectorUnit } from "./vector-memory.ts";

/** Below these lengths, in bytes, the simpler way is quicker (bench: unmask in place). */
const VECTORS_PAY_OFF = 16;
const WORDS_PAY_OFF = 160;
/** Copying to vector memory and back costs less than masking word by word. */
const COPIES_PAY_OFF = 4_096;

/** Four octets and the word of this machine that they are; written before every use. */
const keyOctets: Uint8Array<ArrayBuffer> = new Uint8Array(4);
const keyWord: Uint32Array = new Uint32Array(keyOctets.buffer);

/** Masks `bytes` from `start` to `end` in place; `key` applies from `start` on. Whether the result is ASCII. */
export function mask(bytes: Uint8Array, start: number, end: number, key: number): boolean {
  const length = end - start;
  if (vectorUnit === undefined || length < VECTORS_PAY_OFF) return maskPlainly(bytes, start, end, key);
  if (bytes === READ_BUFFER || bytes === SHORT_READ_BUFFER) return vectorUnit.mask(start, length, key) === 0;
  if (length >= COPIES_PAY_OFF) return maskApart(vectorUnit, bytes, start, end, key);
  return maskPlainly(bytes, start, end, key);
}

/** The same without vector instructions. */
export function maskPlainly(bytes: Uint8Array, start: number, end: number, key: number): boolean {
  const seen = end - start < WORDS_PAY_OFF ? maskBytes(bytes, start, end, key) : maskWords(bytes, start, end, key);
  return (seen & 0x8080_8080) === 0;
}

/** The key for what follows after `length` octets: the octets of a payload that comes in pieces are counted on. */
export function rotateKey(key: number, length: number): number {
  const bits = (length & 3) * 8;
  return bits === 0 ? key : (key << bits) | (key >>> (32 - bits));
}

/** In vector memory, portion by portion. */
function maskApart(unit: VectorUnit, bytes: Uint8Array, start: number, end: number, key: number): boolean {
  const { scratch } = unit;
  let seen = 0;
  // A portion is a multiple of four octets, so the key stays as it is
  for (let at = start; at < end; at += scratch.length) {
    const portion = bytes.subarray(at, Math.min(end, at + scratch.length));
    scratch.set(portion);
    seen |= unit.mask(unit.scratchStart, portion.length, key);
    portion.set(portion.length === scratch.length ? scratch : scratch.subarray(0, portion.length));
  }
  return seen === 0;
}

/** All octets that come out, joined by OR. */
function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  let at = start;
  let seen = 0;
  if (end - start >= 4) {
    const k0 = key >>> 24;
    const k1 = (key >>> 16) & 0xff;
    const k2 = (key >>> 8) & 0xff;
    const k3 = key & 0xff;
    for (const stop = end - 3; at < stop; at += 4) {
      seen |= bytes[at]! ^= k0;
      seen |= bytes[at + 1]! ^= k1;
      seen |= bytes[at + 2]! ^= k2;
      seen |= bytes[at + 3]! ^= k3;
    }
  }
  for (let shift = 24; at < end; at++, shift -= 8) seen |= bytes[at]! ^= (key >>> shift) & 0xff;
  return seen;
}

/** Four octets at a time, between the first and the last word boundary of the underlying memory. */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number): number {
  const offset = bytes.byteOffset;
  const firstWord = (offset + start + 3) >>> 2;
  const lastWord = (offset + end) >>> 2;
  const wordsStart = firstWord * 4 - offset;
  const wordsEnd = lastWord * 4 - offset;
  const wordKey = rotateKey(key, wordsStart - start);
  const nativeKey = nativeWord(wordKey);
  const words = new Uint32Array(bytes.buffer, firstWord * 4, lastWord - firstWord);
  let seen = maskBytes(bytes, start, wordsStart, key);
  for (let index = 0; index < words.length; index++) seen |= words[index]! ^= nativeKey;
  return seen | maskBytes(bytes, wordsEnd, end, wordKey);
}

/** The word that has the key's octets in order, whatever the machine's byte order. */
function nativeWord(key: number): number {
  keyOctets[0] = key >>> 24;
  keyOctets[1] = key >>> 16;
  keyOctets[2] = key >>> 8;
  keyOctets[3] = key;
  return keyWord[0]!;
}
