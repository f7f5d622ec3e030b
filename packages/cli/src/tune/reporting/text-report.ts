/** The result as text for a terminal. What is measured is said before the measuring: {@link corpusLine}. */

import { byteSize } from "../../report/format.ts";
import { textTable } from "../../terminal/table.ts";
import type { GridCell, TuneResult } from "../result.ts";
import { codeOf } from "./code.ts";
import { cellAt, GRID_TABLES, type GridTable, levelsOf, windowsOf } from "./grids.ts";
import { type RowTable, rowTables } from "./row-columns.ts";

export function textReport(result: TuneResult): string {
  const { rows, grid, plan } = result;
  const sections = [
    ...rowTables(plan).map((table) => rowSection(table, rows)),
    ...GRID_TABLES.map((table) => gridSection(table, grid)),
    recommendationSection(result),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** What is going to be measured, and what speaks against trusting the figures. */
export function corpusLine(corpus: TuneResult["corpus"]): string {
  const { source, count, bytes, smallest, median, largest, warnings } = corpus;
  const sizes = `${byteSize(smallest)} to ${byteSize(largest)}, median ${byteSize(median)}`;
  const head = `${source}: ${count.toLocaleString("en-US")} messages, ${byteSize(bytes)} (${sizes})`;
  return [head, ...warnings.map((warning) => `Note: ${warning}`)].join("\n");
}

function rowSection({ title, columns }: RowTable, rows: TuneResult["rows"]): string {
  const head = ["", ...columns.map((column) => column.title)];
  const lines = rows.map((row) => [row.id, ...columns.map((column) => column.text(row))]);
  return `${title}\n${textTable(head, lines)}`;
}

function gridSection(table: GridTable, grid: readonly GridCell[]): string {
  const levels = levelsOf(grid);
  const head = ["window bits", ...levels.map((level) => `level ${level}`)];
  const lines = windowsOf(grid).map((windowBits) => [
    String(windowBits),
    ...levels.map((level) => table.text(cellAt(grid, windowBits, level))),
  ]);
  return `${table.title}\n${textTable(head, lines)}`;
}

function recommendationSection({ recommendation }: TuneResult): string {
  return `Recommended: ${recommendation.row}\n${recommendation.reason}\n\n${codeOf(recommendation)}`;
}
