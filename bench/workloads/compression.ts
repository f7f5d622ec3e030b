/** What a run compresses with: nothing, each library's own defaults, or windows that both sides agree on. */

/** A window and the memory level that goes with it, for both directions. */
export interface WindowSetting {
  /** Base-2 logarithm of bytes, 9 to 15. */
  readonly windowBits: number;
  /** 1 to 9, as in zlib. */
  readonly memLevel: number;
}

/**
 * `true`: each library's defaults; the generator's messages refer to none before them. A setting: these windows both ways,
 * and both sides refer to the messages before.
 */
export type Compression = boolean | WindowSetting;

/** `12/5`: how settings are written on command lines and in tables. */
export function settingTitle({ windowBits, memLevel }: WindowSetting): string {
  return `${windowBits}/${memLevel}`;
}

/** The setting written as {@link settingTitle} does, or `undefined` for any other word. */
export function parseSetting(word: string): WindowSetting | undefined {
  const match = /^(9|1[0-5])\/([1-9])$/.exec(word);
  return match === null ? undefined : { windowBits: Number(match[1]), memLevel: Number(match[2]) };
}

/** As a peer's command line has it: `off`, `on`, or a setting. */
export function compressionWord(compression: Compression): string {
  if (typeof compression === "object") return settingTitle(compression);
  return compression ? "on" : "off";
}

/** Throws a `TypeError` for any other word than {@link compressionWord} makes. */
export function parseCompression(option: string, word: string): Compression {
  if (word === "off" || word === "on") return word === "on";
  const setting = parseSetting(word);
  if (setting !== undefined) return setting;
  throw new TypeError(`Cannot start a peer: ${option} must be off, on or a setting such as 12/5, got ${word}`);
}
