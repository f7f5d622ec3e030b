/**
 * How much larger or smaller the engine's messages are than those of zlib's stream at level 6 with `memLevel` 8.
 *
 * Each message is deflated by a deflater that has not seen its window before: what one finds that comes round again after
 * many others, and no better.
 */

import { corpus } from "@hawser/cli/corpora";
import { createDeflater } from "hawser/deflate";
import { liveDeflater } from "./live-zlib.ts";

const WINDOW_BITS = [9, 10, 11, 12, 13, 14, 15];
/** Bytes of each kind: a window of 15 bits is filled many times over. */
const TOTAL = 600_000;

export function printSizes(kinds: readonly string[], level: number): void {
  console.log(`messages            ${WINDOW_BITS.map((bits) => `${bits} bits`.padStart(9)).join("")}`);
  const sums = WINDOW_BITS.map(() => 0);
  for (const kind of kinds) {
    const stream = messages(kind);
    const differences = WINDOW_BITS.map((bits) => (ownSize(stream, bits, level) / zlibSize(stream, bits) - 1) * 100);
    for (const [index, difference] of differences.entries()) sums[index]! += difference / kinds.length;
    console.log(row(kind, differences));
  }
  console.log(row("average", sums));
}

function row(name: string, differences: readonly number[]): string {
  return name.padEnd(20) + differences.map((difference) => `${difference.toFixed(2)} %`.padStart(9)).join("");
}

function messages(kind: string): Uint8Array[] {
  const sample = corpus(kind, 100);
  const average = sample.reduce((sum, { length }) => sum + length, 0) / sample.length;
  return corpus(kind, Math.ceil(TOTAL / average));
}

/** Without the tail, which is not sent (RFC 7692, section 7.2.1). */
function sentLength({ length }: Uint8Array): number {
  return length - 4;
}

function zlibSize(stream: readonly Uint8Array[], windowBits: number): number {
  const deflater = liveDeflater(windowBits, new Uint8Array(0));
  const size = stream.reduce((sum, message) => sum + sentLength(deflater.process(message)), 0);
  deflater.close();
  return size;
}

function ownSize(stream: readonly Uint8Array[], windowBits: number, level: number): number {
  const whole = Buffer.concat(stream);
  let size = 0;
  let at = 0;
  for (const message of stream) {
    const deflater = createDeflater({ windowBits, level, memLevel: 8 });
    deflater.append(whole.subarray(Math.max(0, at - 2 ** windowBits), at));
    size += sentLength(deflater.deflate(message));
    deflater.reset();
    at += message.length;
  }
  return size;
}
