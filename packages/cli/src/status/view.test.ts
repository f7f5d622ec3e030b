import { describe, expect, test } from "vitest";
import type { ShownStatus, ShownWorker } from "./admin-client.ts";
import { frame } from "./screen.ts";
import { ageText, statusLines } from "./view.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;

function worker(id: number, given: Partial<ShownWorker> = {}): ShownWorker {
  const figures = { connections: 1_234, cpu: 0.256, memory: 64 * 2 ** 20, restarts: 0 };
  return { id, pid: 100 + id, state: "ready", generation: 1, startedAt: NOW - 12 * MINUTE, ...figures, ...given };
}

function status(given: Partial<ShownStatus> = {}): ShownStatus {
  return {
    pid: 42,
    version: "1.2.3",
    entry: "dist/server.js",
    startedAt: NOW - 185 * MINUTE,
    state: "running",
    target: 2,
    workers: [worker(1), worker(2, { restarts: 3, startedAt: NOW - 9_000 })],
    lastExits: [],
    ...given,
  };
}

test("a supervisor and its workers", () => {
  expect(statusLines(status(), NOW)).toEqual([
    "hawser 1.2.3, pid 42, running, up for 3 h 5 min",
    "dist/server.js",
    "",
    "worker  pid  state         connections   cpu   memory     age  restarts",
    "------  ---  ------------  -----------  ----  -------  ------  --------",
    "1       101  ready               1,234  26 %   64 MiB  12 min         0",
    "2       102  ready               1,234  26 %   64 MiB     9 s         3",
    "all          2 of 2 ready        2,468  51 %  128 MiB                 3",
  ]);
});

test("a service with a name; a worker that has no process yet", () => {
  const lines = statusLines(status({ name: "chat", workers: [worker(1, { pid: undefined, state: "starting" })] }), NOW);
  expect(lines[0]).toBe("chat (hawser 1.2.3), pid 42, running, up for 3 h 5 min");
  expect(lines[5]).toMatch(/^1 +- +starting /);
  expect(lines[6]).toMatch(/^all +0 of 2 ready /);
});

test("a worker and its successor stand together, the older first", () => {
  const workers = [worker(2), worker(1, { generation: 2, pid: 7, startedAt: NOW }), worker(1, { state: "draining" })];
  const states = statusLines(status({ workers }), NOW).slice(5, 8);
  expect(states.map((line) => line.split(/ +/).slice(0, 3))).toEqual([
    ["1", "101", "draining"],
    ["1", "7", "ready"],
    ["2", "102", "ready"],
  ]);
});

test.each([
  [{ of: 1_200, left: 1_200, until: NOW + 30_000 }, "[....................] 1,200 of 1,200 left, 30 s to go"],
  [{ of: 1_200, left: 300, until: NOW + 8_000 }, "[###############.....] 300 of 1,200 left, 8 s to go"],
  [{ of: 1_200, left: 0, until: NOW - 1 }, "[####################] 0 of 1,200 left"],
  [{ of: 0, left: 0, until: NOW - 1 }, "[####################] 0 of 0 left"],
  [{ of: 5, left: 7, until: NOW - 1 }, "[....................] 7 of 5 left"],
])("draining: %j", (drain, text) => {
  expect(statusLines(status({ drain }), NOW).at(-1)).toBe(`closing connections ${text}`);
});

test("the last exits, the newest first, and no more than five", () => {
  const exit = { pid: 9, code: 1, signal: null, reason: "ended by itself" };
  const lastExits = [
    ...Array.from({ length: 6 }, (_, index) => ({ ...exit, id: index + 1, at: NOW - (60 - index) * MINUTE })),
    { id: 7, pid: 10, at: NOW - 5_000, code: null, signal: "SIGKILL", reason: "the event loop was blocked for 5 s" },
  ];
  const lines = statusLines(status({ lastExits }), NOW);
  expect(lines.slice(lines.indexOf("last exits") + 1)).toEqual([
    "  worker 7 (pid 10), 5 s ago, SIGKILL: the event loop was blocked for 5 s",
    "  worker 6 (pid 9), 55 min ago, exit code 1: ended by itself",
    "  worker 5 (pid 9), 56 min ago, exit code 1: ended by itself",
    "  worker 4 (pid 9), 57 min ago, exit code 1: ended by itself",
    "  worker 3 (pid 9), 58 min ago, exit code 1: ended by itself",
  ]);
});

test("nothing of it steers the terminal", () => {
  const lines = statusLines(status({ entry: "a\x1b[2J\n\x9b.js" }), NOW);
  expect(lines[1]).toBe("a\\x1b[2J\\x0a\\x9b.js");
});

test.each([
  [-5, "0 s"],
  [59_000, "59 s"],
  [60_000, "1 min"],
  [3_600_000, "1 h 0 min"],
  [90_000_000, "1 d 1 h"],
])("%d ms are %s", (milliseconds, text) => {
  expect(ageText(milliseconds)).toBe(text);
});

describe("a frame", () => {
  test("is drawn over the last one, without clearing the screen first", () => {
    expect(frame(["one", "two"], 80, 24)).toBe("\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J");
  });

  test("is cut to the screen", () => {
    expect(frame(["abcdef", "g", "h"], 3, 2)).toBe("\x1b[Habc\x1b[K\r\ng\x1b[K\x1b[J");
  });
});
