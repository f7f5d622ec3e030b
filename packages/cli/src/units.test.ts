import { describe, expect, test } from "vitest";
import { formatDuration, formatSize, parseDuration, parseSize } from "./units.ts";

describe("times", () => {
  test.each([
    [500, 500],
    ["500", 500],
    ["30_000", 30_000],
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5s", 1_500],
    ["5m", 300_000],
    ["5 min", 300_000],
    ["1h", 3_600_000],
    ["1.1h", 3_960_000],
    ["2d", 172_800_000],
    [" 30s ", 30_000],
    ["0", 0],
  ])("%j are %d ms", (raw, milliseconds) => {
    expect(parseDuration(raw)).toBe(milliseconds);
  });

  test.each(["", "s", "-5s", "5S", "5x", "1e3", "5s5s", ".5s", "30 s x", "9999999999999999999d", -1, 1.5, Number.NaN])(
    "%j is none",
    (raw) => {
      expect(parseDuration(raw)).toBeUndefined();
    },
  );

  test.each([
    [0, "0"],
    [500, "500ms"],
    [30_000, "30s"],
    [90_000, "90s"],
    [300_000, "5m"],
    [86_400_000, "1d"],
  ])("%d ms are %s, and back", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
    expect(parseDuration(text)).toBe(milliseconds);
  });
});

describe("sizes", () => {
  test.each([
    [1_000, 1_000],
    ["1000", 1_000],
    ["64k", 65_536],
    ["64KiB", 65_536],
    ["512M", 536_870_912],
    ["512 mb", 536_870_912],
    ["1.5G", 1_610_612_736],
    ["1t", 2 ** 40],
    ["12b", 12],
  ])("%j are %d bytes", (raw, bytes) => {
    expect(parseSize(raw)).toBe(bytes);
  });

  test.each(["", "M", "-1M", "1P", "1 M B", "12ib2"])("%j is none", (raw) => {
    expect(parseSize(raw)).toBeUndefined();
  });

  test.each([
    [0, "0"],
    [1_000, "1000"],
    [65_536, "64K"],
    [2 ** 30, "1G"],
  ])("%d bytes are %s, and back", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
    expect(parseSize(text)).toBe(bytes);
  });
});
