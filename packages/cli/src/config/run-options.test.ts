import { describe, expect, test } from "vitest";
import type { RawValue } from "./grammar.ts";
import { flagOf, flagsHelp, nameOfFlag, variableOf } from "./option-table.ts";
import { type WorkerBounds, type WorkerRange, workerBounds } from "./run-grammars.ts";
import { RUN_OPTIONS } from "./run-options.ts";

type Name = keyof typeof RUN_OPTIONS;

const read = (name: Name, raw: RawValue) => RUN_OPTIONS[name].grammar.read(raw);

test.each<[Name, RawValue, unknown]>([
  ["entry", "dist/server.js", "dist/server.js"],
  ["workers", 4, { least: 4, most: 4 }],
  ["workers", "4", { least: 4, most: 4 }],
  ["workers", "auto", { least: "auto", most: "auto" }],
  ["workers", "2..8", { least: 2, most: 8 }],
  ["workers", "2..auto", { least: 2, most: "auto" }],
  ["balance", "least-connections", { type: "least-connections" }],
  ["balance", "unix:/run/app/%d.sock", { type: "unix", pattern: "/run/app/%d.sock", mode: undefined }],
  ["balance", "unix:/run/%d?mode=666", { type: "unix", pattern: "/run/%d", mode: 0o666 }],
  ["balance", "ports:8001", { type: "ports", first: 8001 }],
  ["scale", "connections=2000", { kind: "connections", target: 2_000 }],
  ["scale", "cpu=70", { kind: "cpu", target: 0.7 }],
  ["scale", "cpu=70%", { kind: "cpu", target: 0.7 }],
  ["scale", "off", undefined],
  ["memoryLimit", "512M", 536_870_912],
  ["memoryLimit", 536_870_912, 536_870_912],
  ["memoryLimit", "off", undefined],
  ["memoryLimit", false, undefined],
  ["stall", 0, 0],
  ["stall", "5s", 5_000],
  ["stopCode", "1001", 1001],
  ["restartCode", 4_000, 4_000],
  ["grace", "auto", undefined],
  ["grace", "50s", 50_000],
  ["maxConnectionAge", "1h", 3_600_000],
  ["crashLimit", "0", 0],
  ["backoff", "500..30000", { least: 500, most: 30_000 }],
  ["backoff", "1.5s..1m", { least: 1_500, most: 60_000 }],
  ["admin", "127.0.0.1:9464", { host: "127.0.0.1", port: 9_464 }],
  ["admin", 9_464, { host: "127.0.0.1", port: 9_464 }],
  ["admin", "[::1]:9464", { host: "::1", port: 9_464 }],
  ["admin", "example.test:80", { host: "example.test", port: 80 }],
  ["admin", "off", undefined],
  ["adminToken", "a-token", "a-token"],
  ["log", "json", "json"],
])("%s: %j", (name, raw, value) => {
  expect(read(name, raw)).toEqual({ value });
});

test.each<[Name, RawValue]>([
  ["entry", ""],
  ["entry", 3],
  ["name", "two words"],
  ["workers", 0],
  ["workers", 2.5],
  ["workers", true],
  ["workers", "8..2"],
  ["workers", "auto..4"],
  ["workers", "2..4..6"],
  ["workers", "2000"],
  ["workers", "2.."],
  ["balance", "random"],
  ["balance", "unix:"],
  ["balance", "unix:/run/app.sock"],
  ["balance", "unix:/run/%d?mode=9"],
  ["balance", "ports:0"],
  ["balance", "ports:65536"],
  ["scale", "memory=3"],
  ["scale", "connections=0"],
  ["scale", "connections=50%"],
  ["scale", "cpu=101"],
  ["memoryLimit", "512"],
  ["memoryLimit", true],
  ["stall", "-1"],
  ["stall", false],
  ["stopCode", 1006],
  ["stopCode", 1015],
  ["stall", "30d"],
  ["stopCode", 5_000],
  ["maxConnectionAge", 5],
  ["crashLimit", "-1"],
  ["backoff", "500"],
  ["backoff", "30s..1s"],
  ["backoff", "1..2..3"],
  ["admin", "localhost"],
  ["admin", "127.0.0.1:70000"],
  ["admin", "[12]:80"],
  ["admin", true],
  ["adminToken", "two words"],
  ["log", "xml"],
])("%s: %j is refused", (name, raw) => {
  expect(read(name, raw)).toBeUndefined();
});

describe("names", () => {
  test("of flags and variables follow from the table's", () => {
    expect(flagOf("memoryLimit")).toBe("--memory-limit");
    expect(variableOf("memoryLimit")).toBe("HAWSER_MEMORY_LIMIT");
    expect(nameOfFlag(RUN_OPTIONS, "memory-limit")).toBe("memoryLimit");
    expect(nameOfFlag(RUN_OPTIONS, "memoryLimit")).toBeUndefined();
  });

  test("no short flag twice, and not that of --help", () => {
    const letters = Object.values(RUN_OPTIONS).flatMap((entry) => ("short" in entry ? [entry.short] : []));
    expect(new Set([...letters, "h"]).size).toBe(letters.length + 1);
  });
});

test("every default can be written down and read again", () => {
  for (const { grammar, default: usual } of Object.values(RUN_OPTIONS)) {
    if (usual !== undefined)
      expect(grammar.read((grammar as { show(value: unknown): string }).show(usual))).toEqual({ value: usual });
  }
});

test("the help has a line for each flag, none too long", () => {
  const lines = flagsHelp(RUN_OPTIONS).split("\n");
  expect(lines).toHaveLength(Object.keys(RUN_OPTIONS).length);
  expect(lines.at(-1)).toBe("  -h, --help");
  expect(lines.find((line) => line.includes("--name"))).not.toContain("not set");
  expect(lines.find((line) => line.includes("--stall"))).toMatch(/^ {6}--stall <time> +a worker whose .* \(5s\)$/);
  expect(lines.find((line) => line.includes("--workers"))).toMatch(/^ {2}-w, --workers <n\|auto\|n\.\.m> .* \(auto\)$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(135);
});

test.each<[WorkerRange, WorkerBounds]>([
  [
    { least: 3, most: 3 },
    { least: 3, most: 3, isFixed: true },
  ],
  [
    { least: "auto", most: "auto" },
    { least: 4, most: 4, isFixed: true },
  ],
  [
    { least: 2, most: "auto" },
    { least: 2, most: 4, isFixed: false },
  ],
  [
    { least: 6, most: "auto" },
    { least: 6, most: 6, isFixed: false },
  ],
])("on four processors %j is %j", (range, bounds) => {
  expect(workerBounds(range, 4)).toEqual(bounds);
});
