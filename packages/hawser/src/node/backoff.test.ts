import { expect, test } from "vitest";
import { backoffDelay } from "./backoff.ts";

const settings = { initial: 1_000, factor: 2, max: 10_000 };

test.each([
  [0, 1_000],
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [5, 10_000],
  [5_000, 10_000],
])("after %d failures, up to %d ms", (failures, most) => {
  expect(backoffDelay(settings, failures, 0)).toBe(0);
  expect(backoffDelay(settings, failures, 0.5)).toBe(most / 2);
});
