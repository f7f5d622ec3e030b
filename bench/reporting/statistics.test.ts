import { describe, expect, test } from "vitest";
import { quantile, summarize } from "./statistics.ts";

describe("quantile", () => {
  test.each([
    ["the middle of an odd count", [3, 1, 2], 0.5, 2],
    ["between the two middles of an even count", [4, 1, 2, 3], 0.5, 2.5],
    ["interpolated", [0, 10], 0.25, 2.5],
    ["the least", [5, 4, 6], 0, 4],
    ["the greatest", [5, 4, 6], 1, 6],
    ["of a single value", [7], 0.25, 7],
  ])("%s", (_name, values, at, expected) => {
    expect(quantile(values, at)).toBe(expected);
  });

  test("of nothing throws", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  test("leaves its input in order", () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});

test("one outlier does not move the median", () => {
  expect(summarize([1, 1.1, 0.9, 1, 40])).toEqual({ median: 1, lower: 1, upper: 1.1, count: 5 });
});
