import { describe, expect, test } from "vitest";
import { checkKey, RecentKeys } from "./recent-keys.ts";

describe("recent keys", () => {
  test("are known by topic, for their time", () => {
    const keys = new RecentKeys<number>({ maxCount: 10, maxAge: 100 });
    keys.add("t", "k", 1, 0);
    expect([keys.get("t", "k", 99), keys.get("u", "k", 99), keys.get("t", "l", 99)]).toEqual([1, undefined, undefined]);
    expect(keys.get("t", "k", 100)).toBeUndefined();
  });

  test("the oldest goes when there are too many, and the old when another comes", () => {
    const keys = new RecentKeys<number>({ maxCount: 2, maxAge: 100 });
    for (const [index, key] of ["a", "b", "c"].entries()) keys.add("t", key, index, index);
    expect([keys.size, keys.get("t", "a", 3), keys.get("t", "c", 3)]).toEqual([2, undefined, 2]);
    keys.add("t", "d", 3, 150);
    expect(keys.size).toBe(1);
  });

  test("by default ten thousand for two minutes", () => {
    const keys = new RecentKeys<number>();
    for (let index = 0; index < 10_001; index++) keys.add("t", `${index}`, index, 0);
    expect([keys.size, keys.get("t", "0", 0), keys.get("t", "1", 119_999)]).toEqual([10_000, undefined, 1]);
  });

  test.each<[key: unknown, got: string]>([
    ["", "0 characters"],
    ["k".repeat(256), "256 characters"],
    [5, "5"],
    [null, "null"],
  ])("%j is no key", (key, got) => {
    expect(() => checkKey("publish", key)).toThrow(
      `Cannot publish: idempotencyKey must be a string of 1 to 255 characters, got ${got}`,
    );
  });
});
