import { describe, expect, test } from "vitest";
import { parseWorkersOptions } from "./command.ts";
import { workersPage } from "./page.ts";
import type { WorkersResults } from "./results.ts";

describe("the command line", () => {
  test("everything, by default", () => {
    expect(parseWorkersOptions([])).toMatchObject({ parts: ["restart", "blocking", "scaling", "echo"], writes: true });
    expect(parseWorkersOptions(["--help"])).toBe("help");
  });

  test("a smaller run is not written", () => {
    const words = ["--only", "restart", "--window", "5000"];
    expect(parseWorkersOptions(words)).toMatchObject({ parts: ["restart"], window: 5_000, writes: false });
    expect(parseWorkersOptions([...words, "--write"])).toMatchObject({ writes: true });
  });

  test("an unknown part is named", () => {
    expect(() => parseWorkersOptions(["--only", "all"])).toThrow(
      "must be of restart, blocking, scaling, echo, got all",
    );
  });
});

test("the page has the parts that were measured", () => {
  const from = {
    startedAt: "2026-03-02T09:00:00.000Z",
    machine: { cpu: "Example", cores: 2, memoryGiB: 4, system: "Linux", node: "v20.19.0", commit: "abc" },
  };
  const results: WorkersResults = {
    restart: {
      ...from,
      ...{ workers: 4, connections: 100, window: 2_000, codes: { 1012: 100 }, closedAgain: 0, served: 50, refused: [] },
      ...{ duration: 2_100, perTenth: [9, 11], perSecond: [48, 52] },
    },
    scaling: {
      ...from,
      ...{ connections: 5_000, left: 500, most: 4, each: 1_500, codes: { 1012: 130 }, refused: [], open: 500 },
      ...{ changes: [{ at: 21, workers: 2, connections: 2_000 }], duration: 640 },
    },
    blocking: { ...from, workers: 10, clients: 500, messages: 6, ideal: 30_000, duration: 31_500, imbalance: 1 },
  };
  const page = workersPage(results);
  expect(page).toContain("100 with 1012");
  expect(page).toMatch(/21 s: 2000 connections +\| +2 workers/);
  expect(page).toMatch(/connections at the end +\| +500 of 500/);
  expect(page).toContain("31.5 s, 1.05 of it");
  expect(page).toContain("Measured 2026-03-02, commit abc: Node v20.19.0. Example, 2 cores");
  expect(page).not.toContain("Echoes");
});
