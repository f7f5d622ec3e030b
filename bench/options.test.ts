import { describe, expect, test } from "vitest";
import { parseOptions } from "./options.ts";
import { parseClientArguments } from "./peers/client-process.ts";
import { parseServerArguments } from "./peers/server-process.ts";
import { parseCpuList } from "./processes/pinning.ts";
import { QUICK_WORKLOADS, selectWorkloads, WORKLOADS } from "./workloads/catalogue.ts";

describe("the command line", () => {
  const all = ["ws", "hawser", "hawser-await", "hawser-publish", "hawser-handle", "uws", "bun", "undici"];

  test.each([
    ["nothing", [], { seconds: 2, rounds: 9, only: [], peers: all, gate: undefined, writes: true }],
    [
      "--quick",
      ["--quick"],
      { seconds: 0.5, rounds: 3, only: QUICK_WORKLOADS, peers: ["ws", "hawser"], isQuick: true, writes: false },
    ],
    ["--quick and numbers", ["--quick", "--seconds", "1", "--reps", "5"], { seconds: 1, rounds: 5 }],
    ["--quick and --only", ["--quick", "--only", "pp"], { only: ["pp"] }],
    ["--only", ["--only", "pp125,idle"], { only: ["pp125", "idle"], peers: all, writes: false }],
    ["--write", ["--only", "pp", "--write"], { writes: true }],
    ["--gate", ["--gate", "0.75"], { gate: 0.75, writes: true }],
    ["--peers", ["--peers", "ws,ws"], { peers: ["ws", "ws"], writes: false }],
    [
      "--profile",
      ["--profile", "pp125"],
      { profile: "pp125", only: ["pp125"], peers: ["ws", "hawser"], writes: false },
    ],
  ])("%s", (_name, words, expected) => {
    expect(parseOptions(words)).toMatchObject(expected);
  });

  test.each([
    [["--seconds", "0"], "--seconds must be a positive number, got 0"],
    [["--reps", "1.5"], "--reps must be a whole number, got 1.5"],
    [["--gate", "fast"], "--gate must be a positive number, got fast"],
    [["--fast"], "--fast"],
    [["--peers", ","], "--peers names nobody"],
    [["--peers", "uws,hawser", "--write"], "ratios to ws, got uws"],
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

test("what --quick runs exists", () => {
  expect(selectWorkloads(QUICK_WORKLOADS)).toHaveLength(QUICK_WORKLOADS.length);
});

describe("a server's command line", () => {
  test.each([
    [[], { application: "echo", compression: false, module: undefined }],
    [["--compression", "on", "--application", "ingest"], { application: "ingest", compression: true }],
    [["--module", "/a/ws.js"], { module: "/a/ws.js" }],
    [["--compression", "12/5"], { compression: { windowBits: 12, memLevel: 5 }, coldAfter: undefined }],
    [["--cold-after", "1000"], { coldAfter: 1000 }],
    [["--cold-after", "never"], { coldAfter: null }],
  ])("%j", (words, expected) => {
    expect(parseServerArguments(words)).toMatchObject(expected);
  });

  test.each([
    [["--compression", "yes"], "--compression must be off, on or a setting such as 12/5, got yes"],
    [["--compression", "16/5"], "got 16/5"],
    [["--compression", "12/0"], "got 12/0"],
    [["--cold-after", "0"], "--cold-after must be whole milliseconds or never, got 0"],
    [["--application", "chat"], "--application must be echo or answer or ingest or broadcast, got chat"],
  ])("%j is refused", (words, message) => {
    expect(() => parseServerArguments(words)).toThrow(message);
  });
});

test("a client's command line", () => {
  expect(parseClientArguments(["--port", "80", "--connections", "3", "--application", "ingest"])).toEqual({
    port: 80,
    connections: 3,
    isEcho: false,
    module: undefined,
  });
  expect(() => parseClientArguments(["--port", "0"])).toThrow("--port must be a whole number, got 0");
});
