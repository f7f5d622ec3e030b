/** Markdown tables of results, the same in the terminal, in `latest.md` and in the README. */
import type { PeerResult, ResultRow } from "./report.ts";

/** How busy the generator may be (share of a core) before a row says that it, not the server, set the pace. */
const GENERATOR_LIMIT = 0.95;

/** One line a row: the base's figure, then each other peer's, its ratio to the base, and the ratios' quartiles. */
export function resultTable(rows: readonly ResultRow[]): string {
  const [base, ...others] = rows[0]?.peers.map(({ peer }) => peer) ?? [];
  const head = ["workload", "unit", `${base}`, ...others.flatMap((peer) => [peer, `${peer} / ${base}`, "quartiles"])];
  return markdownTable(head, rows.map(resultCells));
}

/** A Markdown table; the first two columns are words, the others numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, 4, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** Three significant digits for small numbers, whole ones with separators for large. */
export function formatFigure(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}

/** A ratio with two digits after the point: it is not known better. */
export function formatRatio(ratio: number): string {
  return ratio.toFixed(2);
}

function resultCells(row: ResultRow): string[] {
  const [base, ...others] = row.peers;
  const unit = row.better === "more" ? row.unit : `${row.unit}, less is better`;
  return [row.title, unit, figureCell(base!), ...others.flatMap((peer) => [figureCell(peer), ...ratioCells(peer)])];
}

function figureCell({ value, circumstances }: PeerResult): string {
  if (value === undefined) return "failed";
  const mark = (circumstances["generatorBusy"] ?? 0) > GENERATOR_LIMIT ? "*" : "";
  return `${formatFigure(value.median)}${mark}`;
}

function ratioCells({ ratio }: PeerResult): string[] {
  if (ratio === undefined) return ["failed", ""];
  return [formatRatio(ratio.median), `${formatRatio(ratio.lower)} to ${formatRatio(ratio.upper)}`];
}
