import { describe, expect, test } from "vitest";
import { UsageError } from "./command.ts";
import { durationOption, numberOption, readWords, sizeOption } from "./options.ts";

const RULES = {
  quick: { type: "boolean" },
  rate: { type: "string" },
  output: { type: "string", short: "o" },
} as const;

test("takes options and positionals apart; the last of two counts", () => {
  const { values, positionals } = readWords(["a", "--quick", "--rate=1", "--rate", "2", "-o", "x", "--", "--b"], RULES);
  expect({ ...values }).toEqual({ quick: true, rate: "2", output: "x" });
  expect(positionals).toEqual(["a", "--b"]);
});

test("each of an option that may stand there often counts", () => {
  const rules = { header: { type: "string", short: "H", multiple: true } } as const;
  expect(readWords(["-H", "a: 1", "--header=b: 2"], rules).values.header).toEqual(["a: 1", "b: 2"]);
});

test.each([
  [["--quik"], "unknown option --quik. Did you mean --quick?"],
  [["--toString"], "unknown option --toString."],
  [["-x"], "unknown option -x."],
  [["--quick=1"], '--quick takes no value, got "1".'],
  [["--rate"], "--rate needs a value."],
  [["--rate="], "--rate needs a value."],
  [["--rate", "--quick"], "--rate needs a value."],
])("%j: %s", (words, text) => {
  expect(() => readWords(words, RULES)).toThrow(new UsageError(text));
});

describe("numbers", () => {
  test.each([
    [undefined, 7],
    ["12", 12],
    ["10,000", 10_000],
    ["10_000", 10_000],
    ["1e3", 1_000],
  ])("%s is %d", (text, value) => {
    expect(numberOption("--rate", text, 7, { least: 1 })).toBe(value);
  });

  test.each([
    ["0", "--rate must be a whole number of at least 1, got 0."],
    ["1.5", "--rate must be a whole number of at least 1, got 1.5."],
    ["-3", "--rate must be a whole number of at least 1, got -3."],
    ["many", "--rate must be a whole number of at least 1, got many."],
    [" ", "--rate must be a whole number of at least 1, got  ."],
  ])("%s is refused", (text, message) => {
    expect(() => numberOption("--rate", text, 7, { least: 1 })).toThrow(new UsageError(message));
  });

  test("a range has two ends, and fractions are allowed where they make sense", () => {
    expect(numberOption("--rate", "0.5", 7, { least: 0, isWhole: false })).toBe(0.5);
    expect(() => numberOption("--rate", "101", 7, { least: 1, most: 100 })).toThrow("from 1 to 100, got 101");
    expect(() => numberOption("--rate", "Infinity", 7, { least: 0, isWhole: false })).toThrow("got Infinity");
  });
});

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
    ["10 weeks", "--duration must be a time such as 500ms, 10s or 2m, got 10 weeks."],
    ["50ms", "--duration must be a time of at least 100 ms such as 500ms, 10s or 2m, got 50ms."],
  ])("%s is refused", (text, message) => {
    expect(() => durationOption("--duration", text, 7, 100)).toThrow(new UsageError(message));
  });
});

test("sizes", () => {
  expect(sizeOption("--memory", undefined, 7)).toBe(7);
  expect(sizeOption("--memory", "1.5m", 7)).toBe(1_572_864);
  for (const text of ["much", "0", "-1"]) {
    expect(() => sizeOption("--memory", text, 7)).toThrow(
      new UsageError(`--memory must be a size such as 512M, got ${text}.`),
    );
  }
});
