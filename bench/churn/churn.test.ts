import { describe, expect, test } from "vitest";
import { parseChurnOptions } from "./options.ts";
import { bombTable, churnTable } from "./page.ts";

const MIB = 1024 * 1024;

describe("the command line", () => {
  test.each([
    [[], { connections: 12_000, rounds: 6, staying: 100, peers: ["hawser", "ws"], bombs: 20, writes: true }],
    [["--connections", "600", "--peers", "hawser"], { connections: 600, peers: ["hawser"], writes: false }],
    [["--stay", "10", "--write"], { staying: 10, writes: true }],
  ])("%j", (words, expected) => {
    expect(parseChurnOptions(words)).toMatchObject(expected);
  });

  test.each([
    [["--stay", "5"], "--stay must be from --rounds to --connections, got 5"],
    [["--connections", "50"], "--stay must be from --rounds to --connections, got 100"],
    [["--rounds", "0"], "--rounds must be a whole number, at least 1, got 0"],
    [["--peers", "nobody"], "unknown peer nobody"],
  ])("%j is refused", (words, message) => {
    expect(() => parseChurnOptions(words)).toThrow(message);
  });
});

test("what is left is shown as a ratio to what is needed", () => {
  const one = {
    peer: "hawser",
    variant: "compression",
    needed: 50 * MIB,
    firstRound: 70 * MIB,
    highest: 80 * MIB,
    left: 60 * MIB,
  };
  expect(churnTable([one]).split("\n").at(-1)).toMatch(
    /hawser \| compression \| .* 50\.0 \| .* 70\.0 \| .* 80\.0 \| .* 60\.0 \| +1\.20 \|$/,
  );
});

test("bombs are shown by what each takes", () => {
  const table = bombTable({ bombs: 20, cpu: 2.345, elapsed: 3, growth: MIB, peakGrowth: 2 * MIB });
  expect(table.split("\n").at(-1)).toMatch(/hawser +\| +20 \| +2\.35 \| +3\.00 \| +1\.0 \| +2\.0 \|$/);
});
