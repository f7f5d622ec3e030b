import { expect, test } from "vitest";
import { PlaintextRing } from "./plaintext-ring.ts";

function read(ring: PlaintextRing, from: number, to: number): number[] {
  const read: number[] = [];
  ring.copyTo({ append: (bytes) => void read.push(...bytes) }, from, to);
  return read;
}

test.each([512, 1_024, 8_192])("keeps the last %i bytes, and takes memory as it fills", (capacity) => {
  const ring = new PlaintextRing(capacity);
  expect([ring.end, ring.heldBytes]).toEqual([0, 0]);
  const stream: number[] = [];
  const lengths = [1, 0, 100, 7, capacity / 2, 13, capacity, 1, capacity / 2, capacity - 1, 3];
  for (const [round, length] of lengths.entries()) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7 + round);
    ring.append(bytes);
    stream.push(...bytes);
    expect(ring.end).toBe(stream.length);
    expect(ring.heldBytes).toBeLessThanOrEqual(capacity);
    const oldest = Math.max(0, stream.length - capacity);
    for (const from of [oldest, (oldest + stream.length) >> 1, stream.length]) {
      expect(read(ring, from, stream.length)).toEqual(stream.slice(from));
      expect(read(ring, oldest, from)).toEqual(stream.slice(oldest, from));
    }
  }
  ring.reset();
  expect([ring.end, ring.heldBytes]).toEqual([0, 0]);
  ring.append(Uint8Array.of(5));
  expect(read(ring, 0, 1)).toEqual([5]);
  expect(ring.heldBytes).toBe(Math.min(capacity, 1_024));
});
