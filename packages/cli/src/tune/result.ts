/**
 * What a run comes to, as `--json` prints it: sizes in bytes, times in µs of CPU, shares as fractions.
 */

import type { PerMessageDeflateOptions } from "hawser";
import type { CorpusSummary } from "./sources/corpus.ts";

export interface TuneResult {
  /** Of this structure; a change that breaks readers raises it. */
  readonly version: 1;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly corpus: CorpusSummary & { readonly source: string };
  readonly plan: Plan;
  /** `none`, every window, and the usual one without context. */
  readonly rows: readonly Row[];
  /** Every window with every level, context kept. */
  readonly grid: readonly GridCell[];
  readonly recommendation: Recommendation;
}

export interface Machine {
  readonly node: string;
  readonly processor: string;
  readonly platform: string;
}

export interface Plan {
  readonly isQuick: boolean;
  /** Times that each time is measured; the least counts. */
  readonly rounds: number;
  readonly levels: readonly number[];
  /** CPU time of a round for each setting, at least (µs). */
  readonly leastTime: number;
  /** Connections to the server process, and in the round robin. */
  readonly connections: number;
  /** Messages each way on each connection before memory is read. */
  readonly exchange: number;
  /** Messages a second each way that costs are given for, over all connections. */
  readonly rate: number;
}

/** How small and how quick, on one connection. */
export interface Figures {
  /** Payload of a message on the wire, on average (bytes). */
  readonly size: number;
  /** Of the original. */
  readonly ratio: number;
  readonly deflate: number;
  readonly inflate: number;
  /** Against windows of 12 bits at level 6: -0.1 is a tenth less. */
  readonly sizeToBase: number;
  readonly timeToBase: number;
}

export interface GridCell extends Figures {
  readonly windowBits: number;
  readonly level: number;
}

export interface Row extends Figures {
  readonly id: string;
  readonly windowBits: number | null;
  readonly memLevel: number | null;
  readonly takeover: boolean;
  readonly roundRobin: RoundRobinFigures;
  readonly server: ServerMemory;
  readonly cost: Cost;
}

/** Many connections in turn. */
export interface RoundRobinFigures {
  readonly deflate: number;
  readonly inflate: number;
  /** Messages that a core compresses in a second; `null` where nothing is compressed. */
  readonly deflatePerSecond: number | null;
  readonly inflatePerSecond: number | null;
  /** Of windows, for a connection whose windows are full; `null` if the library does not say. */
  readonly heldBytes: number | null;
}

/** A real server process. */
export interface ServerMemory {
  /** Growth of resident memory for each connection. */
  readonly rss: number;
  /** What compression adds to it. */
  readonly rssOverNone: number;
  /** Growth of what is in use, for each connection: heap and buffers, without what the allocator keeps to itself. */
  readonly inUse: number;
  /** What `rss` would be with both windows full, reckoned from the library's own figure; `null` if that says nothing. */
  readonly rssFull: number | null;
  /** CPU time of the server for a message received and sent back, handling of frames included. */
  readonly echo: number;
}

/** 10,000 connections. */
export interface Cost {
  readonly connections: number;
  /** Resident memory (bytes): after the exchange, and with all windows full. */
  readonly memory: number;
  readonly memoryFull: number | null;
  /** Cores that compress and decompress `rate` messages a second each way. */
  readonly cores: number;
  /** Bits a second that leave the server as payload. */
  readonly bandwidth: number;
}

export interface Recommendation {
  /** The option for `serve()`. */
  readonly compression: false | PerMessageDeflateOptions;
  /** The row that it is taken from. */
  readonly row: string;
  /** Why, in a sentence or two. */
  readonly reason: string;
}
