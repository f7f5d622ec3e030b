/** Markdown tables of results, the same in the terminal, in `latest.md` and in the README. */
import type { PeerResult, ResultRow } from "./report.ts";

/** How busy the generator may be (share of a core) before a row says that it, not the peer, set the pace. */
const GENERATOR_LIMIT = 0.95;

/** In place of a figure where a peer takes no part. */
const NONE = "–";

/** What is shown of a peer in the tables with a column for each. */
export interface PeerColumn {
  readonly label: string;
  readonly title: string;
}

/** One line for each row and peer: the figure, its ratio to the base, and the ratios' quartiles. */
export function detailTable(rows: readonly ResultRow[]): string {
  const head = ["workload", "peer", "figure", "unit", "ratio", "quartiles", "runs", "generator busy"];
  const words = 2;
  return markdownTable(
    head,
    rows.flatMap((row) => row.peers.map((peer, index) => detailCells(row, peer, index === 0))),
    words,
  );
}

/** One line a row: the base's figure, then each peer's ratio to it. */
export function ratioTable(rows: readonly ResultRow[], columns: readonly PeerColumn[]): string {
  const [base, ...others] = columns;
  const head = ["workload", `${base!.title}, in a CPU second`, base!.title, ...others.map(({ title }) => title)];
  return markdownTable(
    head,
    rows.map((row) => [
      row.title,
      figureCell(peerOf(row, base!)),
      ...columns.map((column) => ratioCell(peerOf(row, column))),
    ]),
  );
}

/** One line a row: each peer's own figure. */
export function figureTable(rows: readonly ResultRow[], columns: readonly PeerColumn[]): string {
  const head = ["workload", ...columns.map(({ title }) => title)];
  return markdownTable(
    head,
    rows.map((row) => [row.title, ...columns.map((column) => figureCell(peerOf(row, column)))]),
  );
}

/** A Markdown table; the first `words` columns are words, the others numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[], words = 1): string {
  const widths = head.map((title, column) => Math.max(title.length, 4, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < words ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column < words ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
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

function peerOf({ peers }: ResultRow, { label }: PeerColumn): PeerResult | undefined {
  return peers.find(({ peer }) => peer === label);
}

function detailCells({ title, unit }: ResultRow, result: PeerResult, isBase: boolean): string[] {
  const { peer, ratio, values, circumstances } = result;
  const busy = circumstances["generatorBusy"];
  return [
    title,
    peer,
    figureCell(result),
    unit,
    ratioCell(result),
    isBase || ratio === undefined ? "" : `${formatRatio(ratio.lower)} to ${formatRatio(ratio.upper)}`,
    String(values.length),
    busy === undefined ? "" : `${Math.round(busy * 100)} %`,
  ];
}

function figureCell(result: PeerResult | undefined): string {
  if (result === undefined) return NONE;
  return result.value === undefined ? "failed" : `${formatFigure(result.value.median)}${markOf(result)}`;
}

function ratioCell(result: PeerResult | undefined): string {
  if (result === undefined) return NONE;
  return result.ratio === undefined ? "failed" : `${formatRatio(result.ratio.median)}${markOf(result)}`;
}

function markOf({ circumstances }: PeerResult): string {
  return (circumstances["generatorBusy"] ?? 0) > GENERATOR_LIMIT ? "*" : "";
}
