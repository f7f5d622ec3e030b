import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";

function bytes(length: number, first = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index) & 0xff);
}

describe("a sliding window", () => {
  test("takes no memory before the first byte", () => {
    const window = new SlidingWindow(15);
    expect(window.heldBytes).toBe(0);
    window.append(bytes(0));
    expect([window.heldBytes, window.bytes.length]).toEqual([0, 0]);
  });

  test.each([
    [12, 1, 512],
    [12, 512, 512],
    [12, 513, 1024],
    [12, 4096, 4096],
    [12, 100_000, 4096],
    [8, 1, 256],
    [8, 300, 256],
    [15, 32_768, 32_768],
  ])("of %i bits holds for %i bytes of plaintext %i bytes of memory", (windowBits, length, held) => {
    const window = new SlidingWindow(windowBits);
    window.append(bytes(length));
    expect(window.heldBytes).toBe(held);
    expect(window.bytes).toEqual(bytes(length).subarray(-(2 ** windowBits)));
  });

  test("keeps the newest bytes when small messages overflow it", () => {
    const window = new SlidingWindow(8);
    window.append(bytes(200));
    window.append(bytes(100, 200));
    expect(window.bytes).toEqual(bytes(256, 44));
    window.append(bytes(1, 7));
    expect(window.bytes).toEqual(Uint8Array.of(...bytes(255, 45), 7));
  });

  test("copies what it is given", () => {
    const window = new SlidingWindow(8);
    const message = bytes(3);
    window.append(message);
    message.fill(9);
    expect(window.bytes).toEqual(bytes(3));
  });

  test("gives its memory back and can be filled again", () => {
    const window = new SlidingWindow(9);
    window.append(bytes(600));
    window.reset();
    expect([window.heldBytes, window.bytes.length]).toEqual([0, 0]);
    window.append(bytes(5));
    expect(window.bytes).toEqual(bytes(5));
  });

  test("always holds the last bytes of everything appended, and no more memory than its size", () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 11 }), messages, (windowBits, appended) => {
        const window = new SlidingWindow(windowBits);
        for (const message of appended) window.append(message);
        const everything = appended.flatMap((message) => [...message]);
        expect([...window.bytes]).toEqual(everything.slice(-(2 ** windowBits)));
        expect(window.heldBytes).toBeLessThanOrEqual(2 ** windowBits);
      }),
    );
  });
});
