/**
 * Which setting to use, by rules that can be said in a sentence:
 *
 * 1. Compression that saves less than a tenth, or less than 8 bytes a message, does not pay.
 * 2. Context that saves less than 5 % is not kept.
 * 3. A larger window must save 5 % for each doubling of its memory, and cost at most a quarter more CPU for each.
 * 4. The level is 6; a lower one if it saves a tenth of the time and costs at most 2 % in size, a higher one if it saves 5 %
 *    in size for at most a quarter more time.
 */

import type { PerMessageDeflateOptions } from "hawser";
import type { GridCell, Recommendation, Row } from "./result.ts";
import { BASE_LEVEL, BASE_WINDOW_BITS, compressionWith, NO_TAKEOVER_ID, NONE_ID, settingId } from "./settings.ts";

const LEAST_SAVING = 0.1;
const LEAST_BYTES = 8;
const WORTH_A_DOUBLING = 0.05;
const MORE_TIME = 1.25;
const SAME_SIZE = 1.02;
const WORTH_ANOTHER_LEVEL = 0.9;

/** @param rows all of them; with context by rising window */
export function recommend(rows: readonly Row[], grid: readonly GridCell[]): Recommendation {
  const windows = rows.filter(({ takeover, windowBits }) => takeover && windowBits !== null);
  const smallest = windows.reduce((best, row) => (row.size < best.size ? row : best));
  const none = rowWith(rows, NONE_ID);
  if (!pays(smallest, none)) return withoutCompression(smallest, none);
  const chosen = chooseWindow(windows);
  const alone = rowWith(rows, NO_TAKEOVER_ID);
  if (alone.size <= chosen.size * (1 + WORTH_A_DOUBLING) && pays(alone, none)) return withoutContext(alone, chosen);
  return withContext(chosen, smallest, grid);
}

function rowWith(rows: readonly Row[], id: string): Row {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`Cannot recommend: ${id} was not measured`);
  return row;
}

function pays(row: Row, none: Row): boolean {
  return row.ratio <= 1 - LEAST_SAVING && none.size - row.size >= LEAST_BYTES;
}

function chooseWindow(windows: readonly Row[]): Row {
  return windows.find((row, index) => !windows.slice(index + 1).some((larger) => isWorth(larger, row))) ?? windows[0]!;
}

function isWorth(larger: Row, row: Row): boolean {
  const doublings = larger.windowBits! - row.windowBits!;
  const isSmaller = larger.size <= row.size * (1 - WORTH_A_DOUBLING) ** doublings;
  return isSmaller && timeOf(larger) <= timeOf(row) * MORE_TIME ** doublings;
}

/** CPU to compress a message and to decompress one, among many connections. */
function timeOf({ roundRobin }: Row): number {
  return roundRobin.deflate + roundRobin.inflate;
}

function withoutCompression(smallest: Row, none: Row): Recommendation {
  const saved = none.size - smallest.size;
  const what = `${percent(1 - smallest.ratio)} or ${bytes(saved)} a message`;
  const reason = `Compression does not pay for these messages: the best setting, ${smallest.id}, saves ${what}. They are short, or compressed already.`;
  return { compression: false, row: NONE_ID, reason };
}

function withoutContext(alone: Row, chosen: Row): Recommendation {
  const reason = `Each message shrinks nearly as well alone (${percent(alone.ratio)} of its size) as after the ones before it (${percent(chosen.ratio)}), so no connection has to keep a window.`;
  return { compression: compressionWith(BASE_WINDOW_BITS, { takeover: false }), row: alone.id, reason };
}

function withContext(chosen: Row, smallest: Row, grid: readonly GridCell[]): Recommendation {
  const windowBits = chosen.windowBits!;
  const level = chooseLevel(grid.filter((cell) => cell.windowBits === windowBits));
  const compression: PerMessageDeflateOptions = compressionWith(windowBits, { level: level.level });
  return { compression, row: settingId(windowBits), reason: `${sizeReason(chosen, smallest)} ${levelReason(level)}` };
}

function sizeReason(chosen: Row, smallest: Row): string {
  const bits = chosen.windowBits!;
  const window = `${(1 << bits) >= 1_024 ? `${(1 << bits) / 1_024} KiB` : `${1 << bits} bytes`} each way`;
  const size = `Messages shrink to ${percent(chosen.ratio)} with windows of ${bits} bits (${window})`;
  if (smallest.windowBits! <= bits) return `${size}, and no larger window does better.`;
  const saved = percent(1 - smallest.size / chosen.size);
  const times = 2 ** (smallest.windowBits! - bits);
  const cpu = timeOf(smallest) / timeOf(chosen);
  const price = cpu > 1.1 ? `, for ${cpu.toFixed(1)} times the CPU time` : "";
  return `${size}; windows ${times} times as large would save ${saved} of that${price}.`;
}

function chooseLevel(cells: readonly GridCell[]): GridCell {
  const usual = cells.find(({ level }) => level === BASE_LEVEL);
  if (usual === undefined) throw new Error(`Cannot recommend: level ${BASE_LEVEL} was not measured`);
  const isBetter = (cell: GridCell) =>
    cell.level < BASE_LEVEL
      ? cell.size <= usual.size * SAME_SIZE && cell.deflate <= usual.deflate * WORTH_ANOTHER_LEVEL
      : cell.size <= usual.size * (1 - WORTH_A_DOUBLING) && cell.deflate <= usual.deflate * MORE_TIME;
  const better = cells.filter(isBetter);
  return better.length === 0 ? usual : better.reduce((best, cell) => (cell.deflate < best.deflate ? cell : best));
}

function levelReason({ level }: GridCell): string {
  if (level === BASE_LEVEL) return "No other level is clearly quicker than 6 at the same size, or clearly smaller.";
  if (level < BASE_LEVEL) return `Level ${level} is clearly quicker than 6, and as small within 2 %.`;
  return `Level ${level} makes messages over 5 % smaller than 6, for little more time.`;
}

function percent(share: number): string {
  return `${(Math.max(0, share) * 100).toFixed(1)} %`;
}

function bytes(count: number): string {
  return `${Math.max(0, count).toFixed(1)} bytes`;
}
