/**
 * How hard the codec looks for matches: what a level from 1 to 9, a `memLevel` and a strategy come to.
 */

import type { DeflaterOptions, DeflateStrategy } from "./engine.ts";

const DEFAULT_LEVEL = 6;
const DEFAULT_MEM_LEVEL = 8;

/** What the codec deflates with. There is one object for each combination of options, so that it can be recognized. */
export interface Effort {
  /** Base-2 logarithm of the window. */
  readonly windowBits: number;
  /** Base-2 logarithm of the number of buckets, at most 13; each of them has room for four strings. */
  readonly bucketBits: number;
  /** 0: for matches; 1: not at all; 2: for runs of one byte. */
  readonly search: number;
  readonly fixedOnly: number;
  /** The shortest match that is taken. */
  readonly shortest: number;
  /** Every how many-th string of the window can be found. */
  readonly step: number;
  /** Bytes at the window's end of which every string can be found. */
  readonly recent: number;
  /** Length below which a match is compared with the one a byte later. */
  readonly lazy: number;
  /** Length of a match that ends the search. */
  readonly nice: number;
  /** How often a better match is sought by a match's end. */
  readonly probes: number;
  /** 1: a bucket has room for eight strings. */
  readonly deep: number;
  /** 1: the strings that are not recent have buckets of their own. */
  readonly far: number;
  /** What messages longer than {@link LONG_MESSAGE} are deflated with, if not with this. */
  readonly long: Effort | undefined;
}

type Search = Pick<Effort, "step" | "recent" | "lazy" | "nice" | "probes" | "deep" | "far">;

/** Entering the window's strings takes half of a small message's time, so most levels leave strings out. */
const SEARCHES: readonly Search[] = [
  { step: 4, recent: 0, lazy: 0, nice: 16, probes: 0, deep: 0, far: 0 },
  { step: 4, recent: 0, lazy: 8, nice: 32, probes: 1, deep: 0, far: 0 },
  { step: 4, recent: 0, lazy: 16, nice: 64, probes: 2, deep: 0, far: 0 },
  { step: 2, recent: 0, lazy: 16, nice: 64, probes: 2, deep: 0, far: 0 },
  { step: 2, recent: 0, lazy: 32, nice: 128, probes: 4, deep: 0, far: 0 },
  { step: 2, recent: 512, lazy: 64, nice: 258, probes: 12, deep: 0, far: 0 },
  { step: 1, recent: 0, lazy: 48, nice: 192, probes: 12, deep: 1, far: 0 },
  { step: 1, recent: 0, lazy: 96, nice: 258, probes: 16, deep: 1, far: 0 },
  { step: 1, recent: 0, lazy: 258, nice: 258, probes: 32, deep: 1, far: 0 },
];

/** In a larger window than this, level 6 leaves most strings out, and takes a longer look for those that are there. */
const LARGE_WINDOW = 12;

function largeWindowSearch(windowBits: number): Search {
  const recent = Math.min(1 << (windowBits - 3), 3_072);
  const step = windowBits > 14 ? 2 : 1;
  return { step, recent, lazy: 128, nice: 258, probes: 16, deep: 0, far: 1 };
}

/** A longer message than this pays for a deep search of its window: entering that takes less than the message itself. */
export const LONG_MESSAGE = 4_096;
const LONG_MESSAGE_SEARCH: Search = { step: 1, recent: 0, lazy: 32, nice: 128, probes: 8, deep: 1, far: 0 };

function isForLargeWindow(level: number, windowBits: number): boolean {
  return level === DEFAULT_LEVEL && windowBits > LARGE_WINDOW;
}

function searchOf(level: number, windowBits: number): Search {
  return isForLargeWindow(level, windowBits) ? largeWindowSearch(windowBits) : SEARCHES[level - 1]!;
}

const STRATEGIES: Readonly<Record<DeflateStrategy, Pick<Effort, "search" | "fixedOnly" | "shortest">>> = {
  default: { search: 0, fixedOnly: 0, shortest: 4 },
  // zlib's threshold: data that is filtered has many short matches by chance
  filtered: { search: 0, fixedOnly: 0, shortest: 6 },
  huffmanOnly: { search: 1, fixedOnly: 0, shortest: 4 },
  rle: { search: 2, fixedOnly: 0, shortest: 4 },
  fixed: { search: 0, fixedOnly: 1, shortest: 4 },
};

const efforts = new Map<string, Effort>();

export function effortOf(options: DeflaterOptions): Effort {
  const { windowBits, level = DEFAULT_LEVEL, memLevel = DEFAULT_MEM_LEVEL, strategy = "default" } = options;
  const key = `${windowBits}/${level}/${memLevel}/${strategy}`;
  let effort = efforts.get(key);
  if (effort === undefined) {
    // More buckets than there are strings in half the window find nothing more
    const bucketBits = Math.min(Math.max(windowBits - 1, 8), memLevel + 6, 13);
    const common = { windowBits, bucketBits, ...STRATEGIES[strategy], long: undefined };
    const long = isForLargeWindow(level, windowBits) ? { ...common, ...LONG_MESSAGE_SEARCH } : undefined;
    effort = { ...common, ...searchOf(level, windowBits), long };
    efforts.set(key, effort);
  }
  return effort;
}
