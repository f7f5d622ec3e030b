/** The table of what compression holds for each connection. */
import { markdownTable } from "../reporting/table.ts";
import { settingTitle } from "../workloads/compression.ts";
import { GUIDE_UNCOMPRESSED, MESSAGES } from "./guide.ts";
import type { MemoryRow } from "./measure-rows.ts";

/** In place of a figure that was not measured. */
const NONE = "–";

const HEAD = ["windows", "just open", "both full", "once cold", "ws, both full", "Python's guide"];

/**
 * KiB of each connection over one without compression; the first line, without, is the whole connection.
 *
 * @param rows the one without compression first.
 */
export function memoryTable(rows: readonly MemoryRow[]): string {
  const [bare, ...compressed] = rows;
  const lines = compressed.map((row) => [
    settingTitle(row.setting!),
    over(row.hawser.open, bare!.hawser.open),
    over(row.hawser.full, bare!.hawser.full),
    over(row.hawserCold?.cold, bare!.hawser.full),
    over(row.ws?.full, bare!.ws?.full),
    `+${row.guide - GUIDE_UNCOMPRESSED}`,
  ]);
  return markdownTable(HEAD, [wholeLine(bare!), ...lines]);
}

/** KiB of whole connections, both windows full. */
export function wholeTable(rows: readonly MemoryRow[]): string {
  const lines = rows.map(({ setting, hawser, hawserCold, ws, guide }) => [
    setting === undefined ? "none" : settingTitle(setting),
    figure(hawser.full),
    figure(hawserCold?.cold),
    figure(ws?.full),
    String(guide),
  ]);
  return markdownTable(["windows", "both full", "once cold", "ws, both full", "Python's guide"], lines);
}

export interface MemoryPage {
  readonly rows: readonly MemoryRow[];
  /** Where the figures come from, a line each. */
  readonly origin: readonly string[];
}

/** The page that `compression-memory.md` holds. */
export function memoryPage({ rows, origin }: MemoryPage): string {
  return `# What compression holds for each connection

Written by \`npm run bench -- memory\`; do not edit. How it is measured: [the benchmark's README](../README.md).

KiB of resident memory that a connection takes more than one without compression; the first line is the whole of one without. Window bits and memory level hold both ways. V8's young generation is kept small (\`--max-semi-space-size=1\`).

${memoryTable(rows)}

- Just open: before the first message. Both full: after ${MESSAGES} different JSON messages each way, which fill both windows. Once cold: the same, when the windows were not used for a while and are compressed in place.
- Python's guide: the compression guide of Python's websockets, less the ${GUIDE_UNCOMPRESSED} KiB that it gives for a connection without compression.
${origin.map((line) => `- ${line}`).join("\n")}

Whole connections, KiB:

${wholeTable(rows)}
`;
}

/** The part of the compression guide that shows the same table. */
export function guideSection({ rows, origin }: MemoryPage): string {
  return `${memoryTable(rows)}\n\n${origin.join(" ")}`;
}

function wholeLine({ hawser, ws, guide }: MemoryRow): string[] {
  return ["none (whole)", figure(hawser.open), figure(hawser.full), NONE, figure(ws?.full), String(guide)];
}

function over(value: number | undefined, base: number | undefined): string {
  if (value === undefined || base === undefined) return NONE;
  const growth = value - base;
  return `${growth < 0 ? "" : "+"}${figure(growth)}`;
}

function figure(value: number | undefined): string {
  return value === undefined ? NONE : value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}
