import { describe, expect, test } from "vitest";
import { OUTPUT_SIZE, OutputPool } from "./output-pool.ts";

describe("OutputPool", () => {
  test("a buffer that was taken back is lent again", () => {
    const pool = new OutputPool();
    const first = pool.lend(100);
    const second = pool.lend(100);
    expect(second).not.toBe(first);
    pool.takeBack(first);
    expect(pool.lend(100)).toBe(first);
  });

  test.each([1, 65_535, 65_536])("a lent buffer has room for %d bytes", (length) => {
    expect(new OutputPool().lend(length)).toHaveLength(OUTPUT_SIZE);
  });

  test("what does not fit gets memory of its own, which is not lent again", () => {
    const pool = new OutputPool();
    const large = pool.lend(70_000);
    expect(large.length).toBeGreaterThanOrEqual(70_000);
    pool.takeBack(large);
    expect(pool.lend(70_000) === large).toBe(false);
  });

  test.each([1, 300, 65_534, 65_535, 65_536])(
    "beyond 64 buffers, %d bytes get memory of their own, and giving it back makes no room",
    (length) => {
      const pool = new OutputPool();
      const lent = Array.from({ length: 64 }, () => pool.lend(1));
      const apart = pool.lend(length);
      expect(apart.length).toBeGreaterThanOrEqual(length);
      pool.takeBack(apart);
      expect(pool.lend(1)).not.toHaveLength(OUTPUT_SIZE);
      pool.takeBack(lent[0]!);
      expect(pool.lend(1)).toBe(lent[0]);
    },
  );
});
