/**
 * What is measured: permessage-deflate settings, named by window bits and memory level as in the guides of other libraries.
 */

import type { PerMessageDeflateOptions } from "hawser";

export interface Setting {
  /** `none`, `12/5`, `12/5 no takeover`. */
  readonly id: string;
  /** `undefined` without compression. */
  readonly windowBits: number | undefined;
  readonly memLevel: number | undefined;
  readonly takeover: boolean;
  /** For `serve()`. */
  readonly compression: false | PerMessageDeflateOptions;
}

export const WINDOW_BITS: readonly number[] = [9, 10, 11, 12, 13, 14, 15];

/** What others are compared with: the usual setting of servers with many connections, and this library's default. */
export const BASE_WINDOW_BITS = 12;
export const BASE_LEVEL = 6;

export const ALL_LEVELS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
export const QUICK_LEVELS: readonly number[] = [1, 6, 9];

/** The memory level that goes with a window: 9/2, 10/3 ... 15/8. */
export function memLevelFor(windowBits: number): number {
  return windowBits - 7;
}

/** Options for `serve()`, both directions alike. */
export function compressionWith(
  windowBits: number,
  { level = BASE_LEVEL, takeover = true }: { readonly level?: number; readonly takeover?: boolean } = {},
): PerMessageDeflateOptions {
  return {
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: windowBits,
    memLevel: memLevelFor(windowBits),
    level,
    ...(takeover ? {} : { serverNoContextTakeover: true, clientNoContextTakeover: true }),
  };
}

export function settingId(windowBits: number, takeover = true): string {
  return `${windowBits}/${memLevelFor(windowBits)}${takeover ? "" : " no takeover"}`;
}

export const BASE_ID: string = settingId(BASE_WINDOW_BITS);
export const NO_TAKEOVER_ID: string = settingId(BASE_WINDOW_BITS, false);
export const NONE_ID = "none";

/** The rows of the guide: no compression, every window with context, and the usual one without. */
export const SETTINGS: readonly Setting[] = [
  { id: NONE_ID, windowBits: undefined, memLevel: undefined, takeover: false, compression: false },
  ...WINDOW_BITS.map((windowBits) => settingWith(windowBits, true)),
  settingWith(BASE_WINDOW_BITS, false),
];

function settingWith(windowBits: number, takeover: boolean): Setting {
  return {
    id: settingId(windowBits, takeover),
    windowBits,
    memLevel: memLevelFor(windowBits),
    takeover,
    compression: compressionWith(windowBits, { takeover }),
  };
}
