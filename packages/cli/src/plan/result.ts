/** What a plan comes to: what `--json` writes, and what the reports show. Times in ms, sizes in bytes, shares 0 to 1. */

import type { Machine } from "../bench/result.ts";
import type { Demand } from "./options.ts";

/** The program under one load. */
export interface Step {
  /** Messages a second, of all clients. */
  readonly offered: number;
  readonly received: number;
  /** Of a core: all the program's threads. */
  readonly cpu: number;
  /** Of the event loop's time. */
  readonly loop: number;
  /** Of the time, in which the program could run and had no processor. */
  readonly starved: number;
  readonly p50: number | null;
  readonly p99: number | null;
  /** The generator: how busy it was, and without a processor. */
  readonly generator: number;
  readonly generatorStarved: number;
  /** Of all processors of the machine. */
  readonly machine: number;
  readonly isSaturated: boolean;
}

export interface MemoryFigures {
  /** Resident memory of the program without connections, warmed up and collected. */
  readonly base: number;
  /** Resident memory of each connection: as it is open, and once it has had messages. */
  readonly idle: number;
  readonly used: number;
  /** What of it is heap and buffers. */
  readonly heap: number;
  readonly heapLimit: number;
  /** Connections that were opened. */
  readonly sample: number;
  /** ± share of `idle`: between the second and the last third of the sample. */
  readonly spread: number;
}

export interface Measured {
  readonly memory: MemoryFigures;
  /** CPU time for opening a connection. */
  readonly cpuPerOpening: number;
  readonly steps: readonly Step[];
}

/** What ends what a process carries. */
export type Limit = "CPU" | "waiting" | "memory" | "heap";

export interface Capacity {
  /** CPU time of a message received and answered, and what the program uses without any (of a core). */
  readonly cpuPerMessage: number;
  readonly cpuIdle: number;
  /** Of one process, at the chosen headroom. */
  readonly messages: number;
  /**
   * ± share of `messages`: twice the deviation of what was measured, or how much less it is if a message never costs less
   * than at the highest load that was seen.
   */
  readonly spread: number;
  readonly connections: number;
  readonly limit: Limit;
  /** At the headroom. */
  readonly openings: number;
  /** Messages a second beyond which nothing more came back; `null`: it was not reached. */
  readonly saturation: number | null;
}

export interface Answer {
  readonly processes: number;
  /** With what was measured as it may be, at best and at worst. */
  readonly fewest: number;
  readonly most: number;
  readonly each: {
    readonly connections: number;
    readonly messages: number;
    readonly cpu: number;
    readonly memory: number;
  };
  /** If all clients of a process come back at once. */
  readonly secondsToReopen: number;
  readonly limits: {
    readonly maxConnections: number;
    readonly backlog: number;
    readonly descriptors: number;
    readonly containerMemory: number;
  };
  readonly scale: { readonly connections: number; readonly cpu: number };
}

export interface PlanResult {
  readonly version: 1;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly entry: string;
  readonly messages: string;
  readonly demand: Demand;
  readonly measured: Measured;
  readonly capacity: Capacity;
  readonly answer: Answer;
  readonly notes: readonly string[];
}
