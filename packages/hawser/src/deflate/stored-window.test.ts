import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StoredWindow } from "./stored-window.ts";
import { WindowStore } from "./window-store.ts";

function bytes(length: number, first = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index) & 0xff);
}

function contents(window: StoredWindow): Uint8Array {
  const memory = new Uint8Array(window.length + 3);
  window.copyTo(memory, window.length + 2);
  return memory.subarray(2, window.length + 2);
}

describe("a stored window", () => {
  test("takes no memory before the first byte", () => {
    const store = new WindowStore();
    const window = new StoredWindow(undefined, 15, store);
    window.append(bytes(0));
    expect([window.length, window.heldBytes, store.heldBytes]).toEqual([0, 0, 0]);
  });

  test.each([
    [8, 1, 256],
    [8, 300, 256],
    [12, 256, 256],
    [12, 257, 512],
    [12, 513, 1_024],
    [12, 3_585, 4_096],
    [12, 100_000, 4_096],
    [15, 4_097, 5_120],
    [15, 24_577, 28_672],
    [15, 32_768, 32_768],
  ])("of %i bits holds for %i bytes of plaintext %i bytes of memory", (windowBits, length, held) => {
    const window = new StoredWindow(undefined, windowBits, new WindowStore());
    window.append(bytes(length));
    expect(window.heldBytes).toBe(held);
    expect(contents(window)).toEqual(bytes(length).subarray(-(2 ** windowBits)));
  });

  test("always holds the last bytes of everything appended, whatever other windows do", () => {
    const step = fc.record({ of: fc.nat(5), reset: fc.boolean(), added: fc.uint8Array({ maxLength: 2_000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const store = new WindowStore();
        const windows = [8, 9, 10, 11, 12, 13].map((windowBits) => new StoredWindow(undefined, windowBits, store));
        const expected: number[][] = windows.map(() => []);
        for (const { of, reset, added } of steps) {
          // One reset among many appends, so that windows grow
          if (reset && added.length % 4 === 0) {
            windows[of]!.reset();
            expected[of] = [];
          } else {
            windows[of]!.append(added);
            expected[of] = [...expected[of]!, ...added].slice(-(2 ** (of + 8)));
          }
          expect(windows.map((window) => [...contents(window)])).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a store of windows", () => {
  test("gives memory back when windows go, wherever they lie", () => {
    const store = new WindowStore();
    const windows = Array.from({ length: 3_000 }, () => new StoredWindow(undefined, 12, store));
    for (const [index, window] of windows.entries()) window.append(bytes(4_096, index));
    expect(store.heldBytes).toBeGreaterThanOrEqual(3_000 * 4_096);
    expect(store.heldBytes).toBeLessThan(3_000 * 4_096 * 1.3);
    // Every thirtieth stays
    for (const [index, window] of windows.entries()) if (index % 30 !== 0) window.reset();
    expect(store.heldBytes).toBeLessThan(100 * 4_096 + 4 * 65_536);
    for (const [index, window] of windows.entries()) {
      if (index % 30 === 0) expect(contents(window)).toEqual(bytes(4_096, index));
    }
    for (const window of windows) window.reset();
    expect(store.heldBytes).toBeLessThan(2 * 65_536);
  });

  test("holds more than fits one stretch of memory", () => {
    const store = new WindowStore();
    const windows = Array.from({ length: 1_100 }, () => new StoredWindow(undefined, 14, store));
    for (const [index, window] of windows.entries()) window.append(bytes(16_384, index));
    expect(contents(windows[1_099]!)).toEqual(bytes(16_384, 1_099));
    for (const window of windows.slice(0, 1_099)) window.reset();
    expect(contents(windows[1_099]!)).toEqual(bytes(16_384, 1_099));
    expect(store.heldBytes).toBeLessThan(3 * 65_536);
  });
});
