/** What a thread reports of each stretch of time: counts and latencies that add up over threads and stretches. */

import type { Histogram } from "node:perf_hooks";

/** `drain`: no more is sent, answers are still awaited. */
export type Stage = "opening" | "warmup" | "measuring" | "drain" | "closing";

export interface Interval {
  readonly stage: Stage;
  /** The clock that threads share (ms). */
  readonly begin: number;
  readonly end: number;
  /** Clients that are open at its end. */
  readonly open: number;
  readonly opened: number;
  readonly sent: number;
  readonly received: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Messages that left later than a timer's slack: the generator had no time, or the server took nothing. */
  readonly late: number;
  /** How often each error came. */
  readonly errors: ReadonlyMap<string, number>;
  /** Close codes of connections that the generator did not close itself. */
  readonly closes: ReadonlyMap<number, number>;
  /** Share of the time in which the thread's event loop was busy. */
  readonly utilization: number;
  /** Share of the time in which the thread could run and had no processor. */
  readonly starved: number;
  readonly latencies: Histogram;
  readonly openings: Histogram;
}
