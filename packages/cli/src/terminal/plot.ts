/** A curve in plain text, for a terminal of whatever width. Knows nothing of what is in it. */

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
}

export interface Plot {
  readonly points: readonly PlotPoint[];
  /** 0 to 1, for each axis. */
  placeX(x: number): number;
  placeY(y: number): number;
  /** Values that are written beside the axes, from the least to the most. */
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  xText(x: number): string;
  yText(y: number): string;
  /** Characters. */
  readonly width: number;
  readonly height: number;
}

/** Points are `o`; between them the line is dots. */
export function textPlot(plot: Plot): string {
  const { width, height, yTicks, yText, placeY } = plot;
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => " "));
  const column = (x: number) => Math.round(plot.placeX(x) * (width - 1));
  const row = (y: number) => height - 1 - Math.round(placeY(y) * (height - 1));
  const put = (x: number, y: number, mark: string) => {
    const line = rows[clamped(y, height)];
    if (line !== undefined) line[clamped(x, width)] = mark;
  };
  const places = plot.points.toSorted((one, other) => one.x - other.x).map(({ x, y }) => [column(x), row(y)] as const);
  for (const [index, [x, y]] of places.entries()) {
    const [nextX, nextY] = places[index + 1] ?? [x, y];
    for (let at = x + 1; at < nextX; at++) put(at, Math.round(y + ((nextY - y) * (at - x)) / (nextX - x)), ".");
  }
  for (const [x, y] of places) put(x, y, "o");
  const labels = new Map(yTicks.map((tick) => [row(tick), yText(tick)]));
  const margin = Math.max(...[...labels.values()].map(({ length }) => length));
  const lines = rows.map((line, index) => `${(labels.get(index) ?? "").padStart(margin)} |${line.join("")}`.trimEnd());
  return [...lines, `${" ".repeat(margin)} +${"-".repeat(width)}`, xLabels(plot, column, margin + 2)].join("\n");
}

function clamped(place: number, size: number): number {
  return Math.max(0, Math.min(place, size - 1));
}

/** Each under its place, as many as fit. */
function xLabels({ xTicks, xText, width }: Plot, column: (x: number) => number, margin: number): string {
  let line = " ".repeat(margin);
  for (const tick of xTicks) {
    const text = xText(tick);
    const start = margin + Math.min(column(tick), width - text.length);
    if (start >= line.length + (line.trim() === "" ? 0 : 2) || line.trim() === "")
      line = `${line.padEnd(start)}${text}`;
  }
  return line;
}
