import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FINE_SIZES, type PlaceOwner, StoreWalk, WINDOW_SIZES, WindowStore } from "./window-store.ts";

describe("sizes of places", () => {
  test.each([
    ["for windows", WINDOW_SIZES, 256, 32_768, 1],
    ["for what is put away", FINE_SIZES, 64, 65_536, 1 / 16],
  ] as const)("%s ascend, and waste little", (_name, sizes, smallest, largest, waste) => {
    expect([sizes[0], sizes.at(-1)]).toEqual([smallest, largest]);
    for (const [index, size] of sizes.slice(1).entries()) {
      const before = sizes[index]!;
      expect(size).toBeGreaterThan(before);
      expect(size - before).toBeLessThanOrEqual(Math.max(512, before * waste));
      expect(size % 64).toBe(0);
    }
  });

  test("those for what is put away are 64 bytes apart up to 2 KiB", () => {
    expect(FINE_SIZES.slice(0, 32)).toEqual(Array.from({ length: 32 }, (_, index) => 64 * (index + 1)));
  });
});

test("a store counts what is in use, and what is held for it", () => {
  const store = new WindowStore(FINE_SIZES);
  const owners = Array.from({ length: 100 }, () => ({ place: 0 }));
  for (const owner of owners) store.shelfFor(100).take(owner);
  expect(store.usedBytes).toBe(100 * 128);
  expect(store.heldBytes).toBeGreaterThanOrEqual(store.usedBytes);
  for (const owner of owners) store.shelfFor(100).release(owner.place);
  expect(store.usedBytes).toBe(0);
});

describe("a walk over a store", () => {
  interface Owner extends PlaceOwner {
    readonly length: number;
    isMet: boolean;
  }

  test("ends at the end, and begins anew", () => {
    const store = new WindowStore<Owner>();
    const walk = new StoreWalk(store);
    expect([walk.next(), walk.next()]).toEqual([undefined, undefined]);
    const owners = [300, 5_000, 400].map((length) => ({ place: 0, length, isMet: false }));
    for (const owner of owners) store.shelfFor(owner.length).take(owner);
    const [first, second, third] = owners;
    expect([walk.next(), walk.next(), walk.next(), walk.next(), walk.next()]).toEqual([
      third,
      first,
      second,
      undefined,
      third,
    ]);
  });

  test("meets everyone who is there all the time, whoever comes and goes meanwhile", () => {
    const lengths = fc.array(fc.constantFrom(100, 300, 700, 5_000), { minLength: 1, maxLength: 30 });
    const goings = fc.array(fc.tuple(fc.nat(3), fc.nat(40)), { maxLength: 60 });
    fc.assert(
      fc.property(lengths, lengths, goings, (staying, passing, steps) => {
        const store = new WindowStore<Owner>();
        const add = (length: number): Owner => {
          const owner = { place: 0, length, isMet: false };
          store.shelfFor(length).take(owner);
          return owner;
        };
        const leaving: Owner[] = [];
        const remaining: Owner[] = [];
        for (let index = 0; index < Math.max(staying.length, passing.length); index++) {
          if (passing[index] !== undefined) leaving.push(add(passing[index]!));
          if (staying[index] !== undefined) remaining.push(add(staying[index]!));
        }
        const walk = new StoreWalk(store);
        for (const [visits, index] of steps) {
          for (let visit = 0; visit < visits; visit++) {
            const owner = walk.next();
            if (owner === undefined) return;
            owner.isMet = true;
          }
          const [gone] = leaving.splice(index % (leaving.length + 1), 1);
          if (gone === undefined) leaving.push(add(300));
          else store.shelfFor(gone.length).release(gone.place);
        }
        for (let owner = walk.next(); owner !== undefined; owner = walk.next()) owner.isMet = true;
        expect(remaining.filter(({ isMet }) => !isMet)).toEqual([]);
      }),
    );
  });
});
