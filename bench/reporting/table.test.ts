import { describe, expect, test } from "vitest";
import { replaceMarkedSection } from "./marked-section.ts";
import type { PeerResult, ResultRow } from "./report.ts";
import { detailTable, figureTable, formatFigure, markdownTable, ratioTable } from "./table.ts";

const flat = (median: number) => ({ median, lower: median - 0.1, upper: median + 0.1, count: 3 });

function result(peer: string, figure: number, ratio: number, generatorBusy = 0.5): PeerResult {
  return { peer, values: [figure], value: flat(figure), ratio: flat(ratio), circumstances: { generatorBusy } };
}

const FAILED: PeerResult = { peer: "hawser", values: [], value: undefined, ratio: undefined, circumstances: {} };

function row(peers: readonly PeerResult[] = [result("ws", 80_000, 1), result("hawser", 120_000.4, 1.5)]): ResultRow {
  return { id: "pp", workload: "pp", side: "server", title: "echo", unit: "messages/CPU-s", better: "more", peers };
}

const COLUMNS = ["ws", "hawser", "bun"].map((label) => ({ label, title: label.toUpperCase() }));

function cells(table: string): string[][] {
  return table.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("a table is Markdown with aligned columns", () => {
  expect(markdownTable(["a", "unit", "figure"], [["long name", "B", "1"]], 2)).toBe(
    ["| a         | unit | figure |", "| --------- | ---- | -----: |", "| long name | B    |      1 |"].join("\n"),
  );
});

describe("the table of details", () => {
  test("shows figures, ratio and quartiles", () => {
    const [, , base, ours] = cells(detailTable([row()]));
    expect(base).toEqual(["echo", "ws", "80,000", "messages/CPU-s", "1.00", "", "1", "50 %"]);
    expect(ours).toEqual(["echo", "hawser", "120,000", "messages/CPU-s", "1.50", "1.40 to 1.60", "1", "50 %"]);
  });

  test("shows a failure as one", () => {
    const [, , , ours] = cells(detailTable([row([result("ws", 1, 1), FAILED])]));
    expect(ours).toEqual(["echo", "hawser", "failed", "messages/CPU-s", "failed", "", "0", ""]);
  });
});

describe("the table of ratios", () => {
  test("shows the base's figure, and a ratio for each peer that takes part", () => {
    const [head, , line] = cells(ratioTable([row()], COLUMNS));
    expect(head).toEqual(["workload", "WS, in a CPU second", "WS", "HAWSER", "BUN"]);
    expect(line).toEqual(["echo", "80,000", "1.00", "1.50", "–"]);
  });

  test("marks a row whose base the generator held back", () => {
    expect(cells(ratioTable([row([result("ws", 80_000, 1, 0.99)])], COLUMNS))[2]).toContain("80,000*");
  });

  test("marks a ratio that the generator held back", () => {
    const rows = [row([result("ws", 80_000, 1), result("hawser", 160_000, 2, 0.99)])];
    expect(cells(ratioTable(rows, COLUMNS))[2]).toContain("2.00*");
  });

  test("shows a failure as one", () => {
    expect(cells(ratioTable([row([result("ws", 1, 1), FAILED])], COLUMNS))[2]?.[3]).toBe("failed");
  });
});

test("the table of figures has each peer's own", () => {
  expect(cells(figureTable([row()], COLUMNS))[2]).toEqual(["echo", "80,000", "120,000", "–"]);
});

test.each([
  [123_456.7, "123,457"],
  [100, "100"],
  [12.345, "12.3"],
  [0.98765, "0.988"],
  [-0.5, "-0.500"],
])("the figure %d is shown as %s", (value, expected) => {
  expect(formatFigure(value)).toBe(expected);
});

describe("the marked section of a text", () => {
  test("is replaced, and nothing else", () => {
    const text = "before\n<!-- bench:start -->\nold\n<!-- bench:end -->\nafter";
    expect(replaceMarkedSection(text, "new")).toBe("before\n<!-- bench:start -->\nnew\n<!-- bench:end -->\nafter");
  });

  test.each(["", "<!-- bench:start -->", "<!-- bench:end --> <!-- bench:start -->"])("%j has none", (text) => {
    expect(replaceMarkedSection(text, "new")).toBeUndefined();
  });
});
