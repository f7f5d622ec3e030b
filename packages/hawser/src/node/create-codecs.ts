/**
 * `createDeflater()` and `createInflater()`: the engine by itself, with options that are checked.
 */

import type { Deflater, DeflateStrategy, Inflater } from "../deflate/engine.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { checkWord } from "./option-checks.ts";
import { platformEngine } from "./platform-engine.ts";

/** How much time compressing may take, in words. */
export type DeflateEffort = "fast" | "balanced" | "dense";

/** Settings of {@link createDeflater}. */
export interface CreateDeflaterOptions {
  /**
   * Base-2 logarithm of the LZ77 sliding window, 8 to 15: the plaintext that repetitions are found in, and what the deflater
   * holds. The inflater's must be as large at least.
   *
   * @default 15
   */
  readonly windowBits?: number;

  /**
   * `"fast"`, `"balanced"` and `"dense"` are levels 2, 5 and 8: every fourth, every second, or every string of the window can
   * be found again. Either this or `level`.
   */
  readonly effort?: DeflateEffort;

  /**
   * 1 (fastest) to 9 (smallest), about as in zlib.
   *
   * @default 6
   */
  readonly level?: number;

  /**
   * Memory for the search, 1 to 9: as in zlib, little makes messages larger. It belongs to the thread, so it costs a
   * connection nothing.
   *
   * @default 8
   */
  readonly memLevel?: number;

  /**
   * `"default"`, `"filtered"`, `"huffmanOnly"`, `"rle"` or `"fixed"`, as in zlib.
   *
   * @default "default"
   */
  readonly strategy?: DeflateStrategy;
}

/** Settings of {@link createInflater}. */
export interface CreateInflaterOptions {
  /**
   * Base-2 logarithm of the window that the sender may use, 8 to 15: a distance beyond it is a fault.
   *
   * @default 15
   */
  readonly windowBits?: number;
}

const DEFAULT_WINDOW_BITS = 15;
const DEFAULT_LEVEL = 6;
const DEFAULT_MEM_LEVEL = 8;

const LEVELS = { fast: 2, balanced: 5, dense: 8 } as const satisfies Record<DeflateEffort, number>;
const STRATEGIES = ["default", "filtered", "huffmanOnly", "rle", "fixed"] as const satisfies readonly DeflateStrategy[];

const CREATE_DEFLATER = "create a deflater";
const CREATE_INFLATER = "create an inflater";

/**
 * A deflater for one stream of messages. Its window is memory of the thread: call `reset()` when the stream is over, which
 * gives it back.
 *
 * @throws {TypeError} for an unknown option, a value of the wrong type, or both `effort` and `level`
 * @throws {RangeError} for a number out of its range
 */
export function createDeflater(options: CreateDeflaterOptions = {}): Deflater {
  refuseUnknownOptions(`Cannot ${CREATE_DEFLATER}`, options, ["windowBits", "effort", "level", "memLevel", "strategy"]);
  const { windowBits = DEFAULT_WINDOW_BITS, memLevel = DEFAULT_MEM_LEVEL, strategy = "default" } = options;
  return platformEngine.createDeflater({
    windowBits: checkInteger(CREATE_DEFLATER, "windowBits", windowBits, 8, 15),
    level: levelOf(options),
    memLevel: checkInteger(CREATE_DEFLATER, "memLevel", memLevel, 1, 9),
    strategy: checkWord(CREATE_DEFLATER, "strategy", strategy, STRATEGIES),
  });
}

/**
 * An inflater for one stream of messages. Its window is memory of the thread: call `reset()` when the stream is over, which
 * gives it back.
 *
 * @throws {TypeError} for an unknown option or a value of the wrong type
 * @throws {RangeError} for a number out of its range
 */
export function createInflater(options: CreateInflaterOptions = {}): Inflater {
  refuseUnknownOptions(`Cannot ${CREATE_INFLATER}`, options, ["windowBits"]);
  const { windowBits = DEFAULT_WINDOW_BITS } = options;
  return platformEngine.createInflater({
    windowBits: checkInteger(CREATE_INFLATER, "windowBits", windowBits, 8, 15),
  });
}

function levelOf({ effort, level }: CreateDeflaterOptions): number {
  if (effort === undefined) return checkInteger(CREATE_DEFLATER, "level", level ?? DEFAULT_LEVEL, 1, 9);
  if (level !== undefined) {
    throw new TypeError(`Cannot ${CREATE_DEFLATER}: either effort or level must be given, got both`);
  }
  return LEVELS[checkWord(CREATE_DEFLATER, "effort", effort, ["fast", "balanced", "dense"])];
}

function checkInteger(action: string, name: string, value: number, least: number, most: number): number {
  const message = `Cannot ${action}: ${name} must be an integer from ${least} to ${most}, got ${String(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(message);
  return value;
}
