import { expect, test } from "vitest";
import { httpDate } from "./http-date.ts";

test.each([
  [784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"],
  [784_111_777_999, "Sun, 06 Nov 1994 08:49:37 GMT"],
  [784_111_778_000, "Sun, 06 Nov 1994 08:49:38 GMT"],
  [784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"],
  [0, "Thu, 01 Jan 1970 00:00:00 GMT"],
])("%i ms after the epoch is %s", (now, expected) => {
  expect(httpDate(now)).toBe(expected);
});

test("without an argument it is the present", () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  const told = Date.parse(httpDate());
  expect(told).toBeGreaterThanOrEqual(before);
  expect(told).toBeLessThanOrEqual(Date.now());
});
