/** A heat map: one of the guide's four tables as coloured cells. */

import { html, type Markup } from "../../report/markup.ts";
import type { GridCell, Recommendation } from "../result.ts";
import { BASE_LEVEL, BASE_WINDOW_BITS } from "../settings.ts";
import { cellAt, type GridTable, levelsOf, windowsOf } from "./grids.ts";

/** @param recommendation its cell is framed */
export function heatMap(table: GridTable, grid: readonly GridCell[], recommendation: Recommendation): Markup {
  const levels = levelsOf(grid);
  const heat = heatOf(grid.map(table.value));
  const cell = (one: GridCell) => {
    const { name, share } = heat(table.value(one));
    return html`<td class="${[name, ...marksOf(one, recommendation)].join(" ")}" style="--heat:${share.toFixed(3)}">${table.text(one)}</td>`;
  };
  const head = levels.map((level) => html`<th scope="col">${level}</th>`);
  const lines = windowsOf(grid).map((windowBits) => {
    const cells = levels.map((level) => cell(cellAt(grid, windowBits, level)));
    return html`<tr><th scope="row">${windowBits}</th>${cells}</tr>`;
  });
  return html`<figure><figcaption>${table.title}</figcaption><div class="scroll"><table class="map">
<thead><tr><th scope="col">bits</th>${head}</tr></thead>
<tbody>${lines}</tbody></table></div></figure>`;
}

interface Heat {
  readonly name: "level" | "less" | "more";
  /** 0 to 1. */
  readonly share: number;
}

/** Values of both signs are differences, with a colour for each sign; others go from the least to the most. */
export function heatOf(values: readonly number[]): (value: number) => Heat {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (least >= 0) return (value) => ({ name: "level", share: most === least ? 0 : (value - least) / (most - least) });
  const farthest = Math.max(-least, most);
  // The root: small differences are those that one looks for
  return (value) => ({ name: value < 0 ? "less" : "more", share: Math.sqrt(Math.abs(value) / farthest) });
}

function marksOf({ windowBits, level }: GridCell, { compression }: Recommendation): string[] {
  const isBase = windowBits === BASE_WINDOW_BITS && level === BASE_LEVEL;
  const isChosen =
    compression !== false &&
    compression.serverNoContextTakeover !== true &&
    windowBits === compression.serverMaxWindowBits &&
    level === compression.level;
  return [...(isBase ? ["base"] : []), ...(isChosen ? ["chosen"] : [])];
}
