import { describe, expect, test } from "vitest";
import type { SlowRun } from "./measure-slow.ts";
import { parseSlowOptions } from "./options.ts";
import { slowTable } from "./page.ts";
import { MESSAGE_SIZE, microseconds, TIME_DIGITS, TIME_PLACE, timedMessage } from "./ways.ts";

describe("the command line", () => {
  test.each([
    [[], { receivers: 1_000, rounds: 40, messages: 20, interval: 30, writes: true }],
    [["--rounds", "3"], { rounds: 3, writes: false }],
    [["--interval", "5", "--write"], { interval: 5, writes: true }],
  ])("%j", (words, expected) => {
    expect(parseSlowOptions(words)).toMatchObject(expected);
  });

  test("a number that is none is refused", () => {
    expect(() => parseSlowOptions(["--rounds", "0"])).toThrow("--rounds must be a whole number, at least 1, got 0");
  });
});

test("a message is JSON of a fixed length, and says when it was made", () => {
  const before = microseconds();
  const message = timedMessage();
  expect(Buffer.byteLength(message)).toBe(MESSAGE_SIZE);
  expect(JSON.parse(message)).toHaveProperty("text");
  expect(Number(message.slice(TIME_PLACE, TIME_PLACE + TIME_DIGITS))).toBeGreaterThanOrEqual(before);
});

test("ratios are to the run of the same round", () => {
  const run = (way: SlowRun["way"], round: number, p99: number): SlowRun => {
    return { way, round, p50: 1, p99, count: 1, buffered: 1_024, skipped: 0, cpu: 1, growth: 2_048 };
  };
  const runs = [1, 2, 3].flatMap((round) => [run("nobody", round, round), run("skip", round, 2 * round)]);
  const table = slowTable([...runs, ...[1, 2, 3].map((round) => run("conflate", round, round))]);
  expect(table.split("\n")[3]).toMatch(/^\| one, `skip` +\| .*4\.00 .*\| +2\.00 \(2\.00 to 2\.00\) \|.* 1\.0 \|/);
});
