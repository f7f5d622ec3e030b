import { describe, expect, test } from "vitest";
import { UsageError } from "./command.ts";
import { durationOption, parseSize } from "./quantities.ts";

describe("times", () => {
  test.each([
    [undefined, 7],
    ["500ms", 500],
    ["10s", 10_000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["3", 3_000],
    ["0", 0],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(durationOption("--duration", text, 7)).toBe(milliseconds);
  });

  test.each([
    ["soon", "--duration must be a time such as 500ms, 10s or 2m, got soon."],
    ["-1s", "--duration must be a time such as 500ms, 10s or 2m, got -1s."],
    ["10 days", "--duration must be a time such as 500ms, 10s or 2m, got 10 days."],
    ["50ms", "--duration must be a time of at least 100 ms such as 500ms, 10s or 2m, got 50ms."],
  ])("%s is refused", (text, message) => {
    expect(() => durationOption("--duration", text, 7, 100)).toThrow(new UsageError(message));
  });
});

test.each([
  ["125", 125],
  ["0", 0],
  ["16K", 16_384],
  ["16 KiB", 16_384],
  ["1.5m", 1_572_864],
  ["2GB", 2_147_483_648],
  ["12 B", 12],
  ["corpus.jsonl", undefined],
  ["-1", undefined],
  ["", undefined],
])("%s is %s bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
