/**
 * The supervisor as others see it: what is shown of it, and what it can be told. Knows no process.
 */

import type { SnapshotPart } from "hawser/metrics";
import type { WorkerState } from "./worker-states.ts";

export interface WorkerStatus {
  /** Its place, from 1; a worker that takes another's place has the same. */
  readonly id: number;
  readonly pid: number | undefined;
  readonly state: WorkerState;
  /** Which restart it came with, from 1. */
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly readyAt: number | undefined;
  readonly connections: number;
  /** Of a core, 0 to 1, over the last second. */
  readonly cpu: number;
  /** Resident bytes. */
  readonly memory: number;
  /** Milliseconds since its event loop was last heard. */
  readonly lag: number;
  /** How often a worker in this place was started again because one had ended by itself. */
  readonly restarts: number;
}

export type SupervisorState = "starting" | "running" | "restarting" | "stopping" | "stopped" | "failed";

export interface DrainProgress {
  /** How many connections there were when it began. */
  readonly of: number;
  readonly left: number;
  /** Epoch milliseconds at which the window ends. */
  readonly until: number;
}

export interface WorkerExit {
  readonly id: number;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason: string;
}

export interface SupervisorStatus {
  readonly pid: number;
  /** Of this package. */
  readonly version: string;
  readonly entry: string;
  readonly startedAt: number;
  readonly state: SupervisorState;
  /** How many workers there shall be. */
  readonly target: number;
  readonly workers: readonly WorkerStatus[];
  /** While connections are being closed. */
  readonly drain: DrainProgress | undefined;
  /** The last few, the newest last. */
  readonly lastExits: readonly WorkerExit[];
}

export interface Supervision {
  status(): SupervisorStatus;
  /** What the workers count, and have counted that have ended, to be merged: its counters never go back. */
  metrics(): Promise<readonly SnapshotPart[]>;
  /** Within the bounds of `--workers`. */
  setTarget(workers: number): void;
  /** Replaces all workers, one after the other. Rejects if the new ones do not start; the old ones go on then. */
  restart(): Promise<void>;
  /** Closes all connections and ends; resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** Calls `listener` at every change. @returns ends that */
  onChange(listener: (status: SupervisorStatus) => void): () => void;
}
