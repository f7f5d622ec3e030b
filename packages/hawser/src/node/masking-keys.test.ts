import { expect, test } from "vitest";
import { randomMaskingKey } from "./masking-keys.ts";

test("masking keys are 32-bit numbers, and do not repeat from batch to batch", () => {
  const keys = Array.from({ length: 5_000 }, randomMaskingKey);
  expect(keys.every((key) => Number.isInteger(key) && (key | 0) === key)).toBe(true);
  // Two of 5,000 keys are equal once in 300 runs; ten never
  expect(new Set(keys).size).toBeGreaterThan(4_990);
});
