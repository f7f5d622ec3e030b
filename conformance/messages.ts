/**
 * The messages of the compressed exchanges: the same in every run, with repetitions near and far.
 */

import type { MessageSpec } from "./case.ts";

/** A generator of numbers below 2^32 (xorshift), so that runs are equal. */
export function pseudoRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

export function pseudoRandomBytes(length: number, seed: number): Buffer {
  const next = pseudoRandom(seed);
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index++) bytes[index] = next() & 0xff;
  return bytes;
}

const PHRASES: readonly string[] = Array.from({ length: 96 }, (_, index) => {
  return pseudoRandomBytes(18, index * 7919 + 11).toString("base64");
});

/**
 * Message `index` of an exchange: text and binary in turn, from 0 to about 1,200 bytes. Phrases return at distances from a
 * few bytes to more than two kilobytes, so that every window makes a difference.
 */
export function exchangeMessage(index: number): MessageSpec {
  const next = pseudoRandom(index + 1);
  const phrases = Array.from({ length: (index * 13) % 50 }, () => PHRASES[next() % PHRASES.length]!);
  return { text: index % 2 === 0, payload: Buffer.from(phrases.join(" ")) };
}
