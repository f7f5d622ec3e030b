/**
 * The supervisor as others see it: what it tells, and what it can be asked for. Types alone.
 */

import type { MetricSnapshot } from "../admin/metrics.ts";

export type WorkerState = "starting" | "ready" | "draining" | "stopping" | "dead";

export interface WorkerStatus {
  readonly id: number;
  readonly pid: number | undefined;
  readonly state: WorkerState;
  readonly generation: number;
  /** Milliseconds since 1970, as all times here. */
  readonly startedAt: number;
  readonly readyAt: number | undefined;
  readonly connections: number;
  /** 0 to 1 of a core, over the last second. */
  readonly cpu: number;
  /** Resident, in bytes. */
  readonly memory: number;
  /** Milliseconds since the worker's event loop was last heard. */
  readonly lag: number;
  readonly restarts: number;
}

export type SupervisorState = "starting" | "running" | "restarting" | "stopping" | "stopped" | "failed";

export interface SupervisorStatus {
  readonly pid: number;
  readonly version: string;
  readonly entry: string;
  readonly startedAt: number;
  readonly state: SupervisorState;
  readonly target: number;
  readonly workers: readonly WorkerStatus[];
  /** While connections are being closed: how many there were, how many are left, when the window ends (epoch ms). */
  readonly drain: { readonly of: number; readonly left: number; readonly until: number } | undefined;
  readonly lastExits: readonly {
    readonly id: number;
    readonly pid: number;
    readonly at: number;
    readonly code: number | null;
    readonly signal: string | null;
    readonly reason: string;
  }[];
}

export interface Supervision {
  status(): SupervisorStatus;
  metrics(): Promise<readonly { labels: Record<string, string>; snapshot: MetricSnapshot }[]>;
  setTarget(workers: number): void;
  /** Rolling. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  onChange(listener: (status: SupervisorStatus) => void): () => void;
}
