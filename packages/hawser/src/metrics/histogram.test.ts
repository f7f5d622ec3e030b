import { describe, expect, test } from "vitest";
import { BUSY_TIMES, Histogram, LONG_TIMES, SHORT_TIMES } from "./histogram.ts";

test.each([
  ["below all bounds", -1, [1, 1, 1]],
  ["on a bound", 1, [1, 1, 1]],
  ["between", 1.5, [0, 1, 1]],
  ["on the last bound", 4, [0, 0, 1]],
  ["above", 5, [0, 0, 0]],
])("a value %s", (_case, value, counts) => {
  const histogram = new Histogram([1, 2, 4]);
  histogram.observe(value);
  const { buckets, sum, count, labels } = histogram.sample({ a: "b" });
  expect(buckets).toEqual([1, 2, 4].map((le, index) => ({ le, count: counts[index] })));
  expect([sum, count, labels]).toEqual([value, 1, { a: "b" }]);
});

test("the sum of two", () => {
  const [a, b] = [new Histogram([1, 2]), new Histogram([1, 2])];
  for (const value of [0.5, 1.5]) a.observe(value);
  for (const value of [1.5, 9]) b.observe(value);
  a.add(b);
  expect(a.sample()).toEqual({
    labels: {},
    buckets: [
      { le: 1, count: 1 },
      { le: 2, count: 3 },
    ],
    sum: 12.5,
    count: 4,
  });
});

describe.each(Object.entries({ SHORT_TIMES, BUSY_TIMES, LONG_TIMES }))("%s", (_name, bounds) => {
  test("ascends", () => {
    expect([...new Set(bounds)].sort((a, b) => a - b)).toEqual(bounds);
  });
});
