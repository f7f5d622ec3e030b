import { describe, expect, test } from "vitest";
import { GUIDE_ROWS, MESSAGES, messageSize } from "./guide.ts";
import type { MemoryRow } from "./measure-rows.ts";
import { parseMemoryOptions } from "./options.ts";
import { guideSection, memoryPage, memoryTable } from "./page.ts";

describe("the command line", () => {
  test.each([
    [[], { connections: 10_000, wsConnections: 2_000, coldAfter: 1_000, rows: GUIDE_ROWS, writes: true }],
    [["--connections", "500"], { connections: 500, writes: false }],
    [["--ws-connections", "0"], { wsConnections: 0, writes: false }],
    [["--only", "12/5,9/2"], { rows: [GUIDE_ROWS[0], GUIDE_ROWS[4], GUIDE_ROWS[7]], writes: false }],
    [["--only", "12/5", "--write"], { writes: true }],
  ])("%j", (words, expected) => {
    expect(parseMemoryOptions(words)).toMatchObject(expected);
  });

  test.each([
    [["--connections", "0"], "--connections must be a whole number, at least 1, got 0"],
    [["--only", "12/6"], "--only must name settings (15/8, 14/7, 13/6, 12/5, 11/4, 10/3, 9/2), got 12/6"],
    [["--cold-after", "soon"], "--cold-after must be a whole number"],
    [["--rows"], "--rows"],
  ])("%j is refused", (words, message) => {
    expect(() => parseMemoryOptions(words)).toThrow(message);
  });

  test("--help", () => {
    expect(parseMemoryOptions(["--help"])).toBe("help");
  });
});

test("the messages fill every window before all are exchanged", () => {
  for (const { setting } of GUIDE_ROWS.slice(1)) {
    expect(messageSize(setting) * MESSAGES).toBeGreaterThan(1.1 * (1 << setting!.windowBits));
  }
});

describe("the table", () => {
  const rows: MemoryRow[] = [
    { ...GUIDE_ROWS[0]!, hawser: { open: 4, full: 5 }, ws: { open: 6, full: 7 } },
    {
      ...GUIDE_ROWS[4]!,
      hawser: { open: 4.5, full: 14.25 },
      hawserCold: { cold: 4.9, coldWindows: 2, windows: 1.5 },
      ws: { open: 6, full: 180 },
    },
    { ...GUIDE_ROWS[7]!, hawser: { open: 4, full: 6.5 } },
  ];

  test("shows what each setting takes beyond none", () => {
    expect(memoryTable(rows).split("\n").slice(2)).toEqual([
      "| none (whole) |       4.0 |       5.0 |         – |           7.0 |             14 |",
      "| 12/5         |      +0.5 |      +9.3 |      -0.1 |          +173 |            +50 |",
      "| 9/2          |      +0.0 |      +1.5 |         – |             – |            +19 |",
    ]);
  });

  test("stands in the guide with its origin below", () => {
    const section = guideSection({ rows, origin: ["500 connections.", "Measured somewhere."] });
    expect(section.startsWith(memoryTable(rows))).toBe(true);
    expect(section.endsWith("\n\n500 connections. Measured somewhere.")).toBe(true);
  });

  test("stands on a page with whole connections and their origin", () => {
    const page = memoryPage({ rows, origin: ["Measured somewhere."] });
    expect(page).toContain("| 12/5    |      14.3 |       4.9 |           180 |             64 |");
    expect(page).toContain("- Measured somewhere.");
  });
});
