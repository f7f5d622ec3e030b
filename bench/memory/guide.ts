/** The settings of the compression guide of Python's websockets, and what it says that a connection holds under each. */
import type { WindowSetting } from "../workloads/compression.ts";

export interface GuideRow {
  /** `undefined`: no compression. */
  readonly setting: WindowSetting | undefined;
  /** KiB that a whole connection holds there, by its documentation. */
  readonly guide: number;
}

/** The guide's figure without compression, to be taken off from the others. */
export const GUIDE_UNCOMPRESSED = 14;

export const GUIDE_ROWS: readonly GuideRow[] = [
  { setting: undefined, guide: GUIDE_UNCOMPRESSED },
  { setting: { windowBits: 15, memLevel: 8 }, guide: 316 },
  { setting: { windowBits: 14, memLevel: 7 }, guide: 172 },
  { setting: { windowBits: 13, memLevel: 6 }, guide: 100 },
  { setting: { windowBits: 12, memLevel: 5 }, guide: 64 },
  { setting: { windowBits: 11, memLevel: 4 }, guide: 46 },
  { setting: { windowBits: 10, memLevel: 3 }, guide: 37 },
  { setting: { windowBits: 9, memLevel: 2 }, guide: 33 },
];

/** Messages each way before memory is read. */
export const MESSAGES = 50;

/** A document of a few fields. */
const SMALLEST_MESSAGE = 256;

/** With as many messages as this a window is full: fewer than are exchanged, so that it is full for certain. */
const MESSAGES_TO_FILL = 40;

/** Bytes of a message that fills windows of this size well within {@link MESSAGES}. */
export function messageSize(setting: WindowSetting | undefined): number {
  const window = setting === undefined ? 0 : 1 << setting.windowBits;
  return Math.max(SMALLEST_MESSAGE, Math.ceil(window / MESSAGES_TO_FILL));
}
