/**
 * Which setting to use, by rules that can be said in a sentence:
 *
 * 1. Compression that saves less than a tenth, or less than 8 bytes a message, does not pay.
 * 2. Context that saves less than 5 % is not kept.
 * 3. The window is the smallest for which no larger one saves 5 % for each doubling of memory.
 * 4. The level is the quickest within 2 % of the smallest size, 6 unless another saves a tenth of the time.
 */

import type { PerMessageDeflateOptions } from "hawser";
import type { GridCell, Recommendation, Row } from "./result.ts";
import { BASE_LEVEL, BASE_WINDOW_BITS, compressionWith, NO_TAKEOVER_ID, NONE_ID, settingId } from "./settings.ts";

const LEAST_SAVING = 0.1;
const LEAST_BYTES = 8;
const WORTH_A_DOUBLING = 0.05;
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
  const isEnough = (row: Row, index: number) =>
    windows.slice(index + 1).every(({ size }, further) => size > row.size * (1 - WORTH_A_DOUBLING) ** (further + 1));
  return windows.find(isEnough) ?? windows.at(-1)!;
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
  return `${size}; windows ${times} times as large would save ${saved} of that.`;
}

function chooseLevel(cells: readonly GridCell[]): GridCell {
  const least = Math.min(...cells.map(({ size }) => size));
  const small = cells.filter(({ size }) => size <= least * SAME_SIZE);
  const usual = small.find(({ level }) => level === BASE_LEVEL);
  // More effort is not worth a look where the usual one is enough, whatever a noisy clock says
  const candidates = usual === undefined ? small : small.filter(({ level }) => level <= BASE_LEVEL);
  const quickest = candidates.reduce((best, cell) => (cell.deflate < best.deflate ? cell : best));
  return usual !== undefined && quickest.deflate > usual.deflate * WORTH_ANOTHER_LEVEL ? usual : quickest;
}

function levelReason({ level }: GridCell): string {
  if (level === BASE_LEVEL) return "No other level is as small and clearly quicker than 6.";
  if (level < BASE_LEVEL) return `Level ${level} is clearly quicker than 6, and as small within 2 %.`;
  return `Level ${level} is the quickest within 2 % of the smallest size; 6 is not.`;
}

function percent(share: number): string {
  return `${(Math.max(0, share) * 100).toFixed(1)} %`;
}

function bytes(count: number): string {
  return `${Math.max(0, count).toFixed(1)} bytes`;
}
