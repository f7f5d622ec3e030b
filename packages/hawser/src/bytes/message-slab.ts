/**
 * Memory for received messages: small ones share a run of it, since memory of its own costs a small message more than
 * everything else that is done for it.
 *
 * Nothing is handed out twice, so a message is its receiver's for good. What shares a run is freed together.
 */

import { copyBytes } from "./copy.ts";

/** As large as the pool of Node's own small buffers: what a message that is kept may keep alive with it. */
const SLAB_SIZE = 8_192;

/** V8 keeps arrays up to this length on its own heap, where they cost next to nothing. */
const LARGEST_ON_HEAP = 64;
/** A larger message pays for its own memory, and would leave much of a run unused. */
const LARGEST_IN_SLAB = SLAB_SIZE / 4;

let slab: ArrayBuffer = new ArrayBuffer(0);
let used = 0;

/** A copy of `bytes` from `start` to `end`, to keep: its `buffer` may hold other messages too. */
export function keepBytes(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const length = end - start;
  if (length <= LARGEST_ON_HEAP || length > LARGEST_IN_SLAB) return copyBytes(bytes, start, end);
  if (used + length > slab.byteLength) renew();
  const kept = new Uint8Array(slab, used, length);
  // Eight-byte boundaries, so that a message can be viewed as numbers of any size
  used += (length + 7) & ~7;
  kept.set(bytes.subarray(start, end));
  return kept;
}

function renew(): void {
  slab = new ArrayBuffer(SLAB_SIZE);
  used = 0;
}
