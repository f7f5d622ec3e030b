import { describe, expect, test } from "vitest";
import { replaceMarkedSection } from "./marked-section.ts";
import type { ResultRow } from "./report.ts";
import { formatFigure, markdownTable, resultTable } from "./table.ts";

const flat = (median: number) => ({ median, lower: median - 0.1, upper: median + 0.1, count: 3 });

function row(changes: Partial<ResultRow> = {}, generatorBusy = 0.5): ResultRow {
  const peers = [
    { peer: "ws", value: flat(80_000), ratio: flat(1), circumstances: { generatorBusy: 0.5 } },
    { peer: "hawser", value: flat(120_000.4), ratio: flat(1.5), circumstances: { generatorBusy } },
  ];
  return { id: "pp", title: "echo", unit: "messages/CPU-s", better: "more", peers, ...changes };
}

test("a table is Markdown with aligned columns", () => {
  expect(markdownTable(["a", "unit", "figure"], [["long name", "B", "1"]])).toBe(
    ["| a         | unit | figure |", "| --------- | ---- | -----: |", "| long name | B    |      1 |"].join("\n"),
  );
});

describe("a table of results", () => {
  const cells = (table: string) =>
    table.split("\n").map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  test("shows figures, ratio and quartiles", () => {
    const [head, , line] = cells(resultTable([row()]));
    expect(head).toEqual(["workload", "unit", "ws", "hawser", "hawser / ws", "quartiles"]);
    expect(line).toEqual(["echo", "messages/CPU-s", "80,000", "120,000", "1.50", "1.40 to 1.60"]);
  });

  test("marks a figure that the generator held back", () => {
    expect(cells(resultTable([row({}, 0.99)]))[2]).toContain("120,000*");
  });

  test("says where less is better", () => {
    expect(cells(resultTable([row({ better: "less", unit: "KiB/connection" })]))[2]).toContain(
      "KiB/connection, less is better",
    );
  });

  test("shows a failure as one", () => {
    const peers = [row().peers[0]!, { peer: "hawser", value: undefined, ratio: undefined, circumstances: {} }];
    expect(cells(resultTable([row({ peers })]))[2]?.slice(3)).toEqual(["failed", "failed", ""]);
  });
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
