/** One row after another: Hawser, warm and cold, and ws with the same settings. */
import type { Peer } from "../peers/catalogue.ts";
import type { Pinning } from "../processes/pinning.ts";
import { settingTitle } from "../workloads/compression.ts";
import type { GuideRow } from "./guide.ts";
import { type Held, type HeldCold, measureCold, measureHeld } from "./measure-setting.ts";
import type { MemoryOptions } from "./options.ts";

/** What a row of the table is made of: KiB for each connection. */
export interface MemoryRow extends GuideRow {
  readonly hawser: Held;
  /** Absent without compression. */
  readonly hawserCold?: HeldCold;
  readonly ws?: Held;
}

export interface MemoryPeers {
  readonly hawser: Peer;
  /** Absent if it is left out or cannot be installed. */
  readonly ws: Peer | undefined;
}

/** @param say is told each figure at once. */
export async function measureRows(
  { rows, connections, wsConnections, coldAfter }: MemoryOptions,
  { hawser, ws }: MemoryPeers,
  pinning: Pinning,
  say: (line: string) => void,
): Promise<MemoryRow[]> {
  const measured: MemoryRow[] = [];
  for (const row of rows) {
    const { setting } = row;
    const title = (setting === undefined ? "none" : settingTitle(setting)).padEnd(6);
    const subject = { peer: hawser, setting, connections, pinning };
    const hasWindows = setting !== undefined;
    const held = await measureHeld(subject, hasWindows ? null : undefined);
    say(`${title}hawser  ${heldText(held)}`);
    const cold = hasWindows ? await measureCold(subject, coldAfter) : undefined;
    if (cold !== undefined) say(`${title}hawser  ${coldText(cold)}`);
    const other = ws && (await measureHeld({ peer: ws, setting, connections: wsConnections, pinning }));
    if (other !== undefined) say(`${title}ws      ${heldText(other)}`);
    measured.push({ ...row, hawser: held, ...(cold && { hawserCold: cold }), ...(other && { ws: other }) });
  }
  return measured;
}

function heldText({ open, full }: Held): string {
  return `open ${open.toFixed(2)}, full ${full.toFixed(2)} KiB`;
}

function coldText({ cold, coldWindows, windows }: HeldCold): string {
  return `cold ${cold.toFixed(2)} KiB, of it windows ${windows.toFixed(2)} (${coldWindows.toFixed(2)} are cold)`;
}
