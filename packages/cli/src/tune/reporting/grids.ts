/**
 * The guide's four tables: what each shows of a cell, and how it is written. The same for text and HTML.
 */

import { difference, figure, percent } from "../../report/format.ts";
import type { GridCell } from "../result.ts";
import { BASE_LEVEL, BASE_WINDOW_BITS } from "../settings.ts";

export interface GridTable {
  readonly title: string;
  /** What the colour stands for. */
  value(cell: GridCell): number;
  text(cell: GridCell): string;
}

export const GRID_TABLES: readonly GridTable[] = [
  {
    title: "Compressed size, in percent of the original",
    value: ({ ratio }) => ratio,
    text: ({ ratio }) => percent(ratio).replace(" %", ""),
  },
  {
    title: "CPU time to compress a message, in µs",
    value: ({ deflate }) => deflate,
    text: ({ deflate }) => figure(deflate),
  },
  {
    title: "Size against 12/5, in percent",
    value: ({ sizeToBase }) => sizeToBase,
    text: (cell) => toBase(cell, cell.sizeToBase),
  },
  {
    title: "CPU time against 12/5, in percent",
    value: ({ timeToBase }) => timeToBase,
    text: (cell) => toBase(cell, cell.timeToBase),
  },
];

/** Only the cell itself is `=`; others may come out equal. */
function toBase({ windowBits, level }: GridCell, share: number): string {
  const isBase = windowBits === BASE_WINDOW_BITS && level === BASE_LEVEL;
  return isBase ? "=" : difference(share).replace("=", "+0 %").replace(" %", "");
}

/** Smallest window first. */
export function windowsOf(grid: readonly GridCell[]): number[] {
  return [...new Set(grid.map(({ windowBits }) => windowBits))].sort((one, other) => one - other);
}

export function levelsOf(grid: readonly GridCell[]): number[] {
  return [...new Set(grid.map(({ level }) => level))].sort((one, other) => one - other);
}

export function cellAt(grid: readonly GridCell[], windowBits: number, level: number): GridCell {
  const cell = grid.find((one) => one.windowBits === windowBits && one.level === level);
  if (cell === undefined) throw new Error(`Cannot report: ${windowBits} bits at level ${level} is missing`);
  return cell;
}
