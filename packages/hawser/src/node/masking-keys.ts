/**
 * Masking keys "derived from a strong source of entropy" (RFC 6455, section 5.3), drawn from the system in batches.
 */

import { randomFillSync } from "node:crypto";

const BATCH = 1_024;

const keys: Int32Array<ArrayBuffer> = new Int32Array(BATCH);
let next = BATCH;

/** A 32-bit number that nobody can predict. */
export function randomMaskingKey(): number {
  if (next === BATCH) {
    randomFillSync(keys);
    next = 0;
  }
  return keys[next++]!;
}
