import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AbuseProgress } from "./abuser.ts";
import { parseSoakOptions } from "./options.ts";
import { SeededRandom } from "./random.ts";
import type { ServerFigures } from "./server.ts";
import { judge, type SoakFigures } from "./verdict.ts";

/** What `npm test` has built: the soak's processes are programs of their own. */
const MAIN = join(import.meta.dirname, "..", "dist", "soak", "main.js");

test.each(["auto", "handle"])(
  "300 connections, 5 s of abuse over %s: nothing is left",
  { timeout: 90_000 },
  (transport) => {
    const words = [MAIN, "--short", "--transport", transport];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toContain("Passed.");
  },
);

describe("the command line", () => {
  test.each([
    ["nothing", [], { connections: 5_000, seconds: 600, seed: 1, transport: "auto" }],
    ["--short", ["--short"], { connections: 300, seconds: 5, seed: 1, transport: "auto" }],
    [
      "all of them",
      ["--connections", "7", "--seconds", "8", "--seed", "9", "--transport", "handle"],
      { connections: 7, seconds: 8, seed: 9, transport: "handle" },
    ],
    ["--help", ["--help"], "help"],
  ])("%s", (_name, words, expected) => {
    expect(parseSoakOptions(words)).toEqual(expected);
  });

  test.each([[["--seconds", "0"]], [["--connections", "many"]], [["--transport", "fast"]], [["--unknown"]]])(
    "%j is refused",
    (words) => {
      expect(() => parseSoakOptions(words)).toThrow(TypeError);
    },
  );
});

describe("the verdict", () => {
  const server: ServerFigures = {
    rss: 100_000_000,
    heapUsed: 1,
    arrayBuffers: 1,
    descriptors: 20,
    connections: 0,
    openings: 0,
    accepted: 5,
    refused: 5,
    closed: 5,
    escaped: [],
  };
  const abuse: AbuseProgress = { isDone: true, lives: {}, complaints: [], refused: 0 };
  const good: SoakFigures = { base: server, final: server, abuse, lastClient: undefined, closedIn: 5 };

  test("nothing is wrong", () => {
    expect(judge(good)).toEqual([]);
  });

  test.each<readonly [string, Partial<SoakFigures>]>([
    ["an escape", { final: { ...server, escaped: ["Error"] } }],
    ["a connection left", { final: { ...server, connections: 1, closed: 4, accepted: 4 } }],
    ["an opening left", { final: { ...server, openings: 1 } }],
    ["a connection not closed", { final: { ...server, closed: 4 } }],
    ["a descriptor more", { final: { ...server, descriptors: 21 } }],
    ["twice the memory", { final: { ...server, rss: 200_000_000 } }],
    ["a complaint", { abuse: { ...abuse, complaints: ["an echo is not what was sent"] } }],
    ["nobody is served", { lastClient: "Error" }],
    ["it does not close", { closedIn: undefined }],
  ])("%s", (_name, change) => {
    expect(judge({ ...good, ...change })).toHaveLength(1);
  });
});

test("random numbers are the same for the same seed", () => {
  const of = (seed: number) =>
    Array.from({ length: 5 }, (_, __, random = new SeededRandom(seed)) => random.below(1_000));
  expect(of(1)).toEqual(of(1));
  expect(new SeededRandom(1).bytes(20)).not.toEqual(new SeededRandom(2).bytes(20));
});
