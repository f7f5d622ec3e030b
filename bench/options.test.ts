import { describe, expect, test } from "vitest";
import { parseOptions } from "./options.ts";
import { parsePeerArguments } from "./peers/peer-process.ts";
import { parseCpuList } from "./processes/pinning.ts";
import { selectWorkloads, WORKLOADS } from "./workloads/catalogue.ts";

describe("the command line", () => {
  test.each([
    ["nothing", [], { seconds: 2, rounds: 9, only: [], peers: ["ws", "hawser"], gate: undefined, writes: true }],
    ["--quick", ["--quick"], { seconds: 0.5, rounds: 3, isQuick: true, writes: false }],
    ["--quick and numbers", ["--quick", "--seconds", "1", "--reps", "5"], { seconds: 1, rounds: 5 }],
    ["--only", ["--only", "pp125,idle"], { only: ["pp125", "idle"], writes: false }],
    ["--write", ["--only", "pp", "--write"], { writes: true }],
    ["--gate", ["--gate", "0.75"], { gate: 0.75, writes: true }],
    ["--peers", ["--peers", "ws,ws"], { peers: ["ws", "ws"], writes: false }],
  ])("%s", (_name, words, expected) => {
    expect(parseOptions(words)).toMatchObject(expected);
  });

  test.each([
    [["--seconds", "0"], "--seconds must be a positive number, got 0"],
    [["--reps", "1.5"], "--reps must be a whole number, got 1.5"],
    [["--gate", "fast"], "--gate must be a positive number, got fast"],
    [["--fast"], "--fast"],
  ])("%j is refused", (words, message) => {
    expect(() => parseOptions(words)).toThrow(message);
  });
});

describe("the selection of workloads", () => {
  test.each([
    [[], WORKLOADS.map(({ id }) => id)],
    [["idle"], ["idle-off", "idle-on"]],
    [
      ["z170", "pp125"],
      ["pp125", "z170"],
    ],
  ])("%j", (names, expected) => {
    expect(selectWorkloads(names).map(({ id }) => id)).toEqual(expected);
  });

  test("refuses an unknown name", () => {
    expect(() => selectWorkloads(["pp126"])).toThrow("got pp126");
  });
});

test.each([
  ["0-3", [0, 1, 2, 3]],
  ["0,4-5", [0, 4, 5]],
  ["", []],
])("the list of cores %j", (list, expected) => {
  expect(parseCpuList(list)).toEqual(expected);
});

test("a peer's compression is on or off, off by default", () => {
  expect(parsePeerArguments([])).toEqual({ compression: false });
  expect(parsePeerArguments(["--compression", "on"])).toEqual({ compression: true });
  expect(() => parsePeerArguments(["--compression", "yes"])).toThrow("must be off or on, got yes");
});
