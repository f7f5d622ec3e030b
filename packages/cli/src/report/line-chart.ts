/** Lines over two axes as inline SVG: no script, colours by the page's own light or dark. */

import { html, Markup } from "./markup.ts";
import type { Scale } from "./scale.ts";

/** Where the line is not drawn, the value is missing. */
export type Point = readonly [x: number, y: number | null];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Axis {
  readonly title: string;
  readonly scale: Scale;
  text(value: number): string;
}

/** A line across the chart: a limit, a target. */
export interface Mark {
  readonly name: string;
  readonly x?: number;
  readonly y?: number;
}

export interface LineChart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** At most four. */
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
  /** Whether each point is drawn, with its values for who points at it. */
  readonly hasDots?: boolean;
}

export const CHART_STYLE: Markup = new Markup(`
figure:has(.chart) { max-width: 34rem; }
.chart { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.chart text { fill: var(--quiet); }
.chart .grid { stroke: var(--line); }
.chart .mark { stroke: var(--text); stroke-dasharray: 4 3; opacity: .6; }
.chart path { fill: none; stroke-width: 2; stroke-linejoin: round; }
.chart .s1 { stroke: var(--line-1); } .chart .s2 { stroke: var(--line-2); }
.chart .s3 { stroke: var(--line-3); } .chart .s4 { stroke: var(--line-4); }
.chart circle.s1 { fill: var(--line-1); } .chart circle.s2 { fill: var(--line-2); }
.chart circle.s3 { fill: var(--line-3); } .chart circle.s4 { fill: var(--line-4); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0 0 .3rem; font-size: .85rem; }
.legend span::before { content: ""; display: inline-block; width: .9rem; height: .2rem; margin-right: .35rem; vertical-align: middle; background: var(--line-1); }
.legend .s2::before { background: var(--line-2); } .legend .s3::before { background: var(--line-3); } .legend .s4::before { background: var(--line-4); }
`);

const WIDTH = 480;
const HEIGHT = 250;
const LEFT = 58;
const RIGHT = 26;
const TOP = 10;
const BOTTOM = 40;

export function lineChart(chart: LineChart): Markup {
  const { title, series, x, y, marks = [] } = chart;
  const legend = series.map(({ name }, index) => html`<span class="s${index + 1}">${name}</span>`);
  return html`<figure><figcaption>${title}</figcaption>
<div class="legend">${series.length > 1 ? legend : []}</div>
<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${x.scale.ticks.map((tick) => xTick(x, tick))}${y.scale.ticks.map((tick) => yTick(y, tick))}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${x.title}</text>
${marks.map((mark) => markLine(chart, mark))}
${series.map((one, index) => line(chart, one, index + 1))}
</svg></figure>`;
}

function xTick({ scale, text }: Axis, tick: number): Markup {
  const at = round(xOf(scale, tick));
  return html`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${at}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${text(tick)}</text>`;
}

function yTick({ scale, text }: Axis, tick: number): Markup {
  const at = round(yOf(scale, tick));
  return html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${round(at + 4)}" text-anchor="end">${text(tick)}</text>`;
}

function markLine({ x, y }: LineChart, mark: Mark): Markup {
  if (mark.x !== undefined) {
    const at = round(xOf(x.scale, mark.x));
    return html`<line class="mark" x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${at - 4}" y="${TOP + 10}" text-anchor="end">${mark.name}</text>`;
  }
  const at = round(yOf(y.scale, mark.y ?? 0));
  return html`<line class="mark" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${WIDTH - RIGHT - 4}" y="${at - 4}" text-anchor="end">${mark.name}</text>`;
}

function line({ x, y, hasDots = false }: LineChart, { name, points }: Series, number: number): Markup {
  let path = "";
  let isBroken = true;
  const dots: Markup[] = [];
  for (const [at, value] of points) {
    if (value === null) {
      isBroken = true;
      continue;
    }
    const [left, top] = [round(xOf(x.scale, at)), round(yOf(y.scale, value))];
    path += `${isBroken ? "M" : "L"}${left} ${top}`;
    isBroken = false;
    const words = `${name}: ${y.text(value)} at ${x.text(at)}`;
    if (hasDots)
      dots.push(html`<circle class="s${number}" cx="${left}" cy="${top}" r="3.5"><title>${words}</title></circle>`);
  }
  return path === "" ? html`` : html`<path class="s${number}" d="${path}"><title>${name}</title></path>${dots}`;
}

function xOf(scale: Scale, value: number): number {
  return LEFT + clamped(scale.place(value)) * (WIDTH - LEFT - RIGHT);
}

function yOf(scale: Scale, value: number): number {
  return HEIGHT - BOTTOM - clamped(scale.place(value)) * (HEIGHT - TOP - BOTTOM);
}

function clamped(share: number): number {
  return Math.max(0, Math.min(share, 1));
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
