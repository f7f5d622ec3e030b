/** What a run comes to: what `--json` writes, and what the reports show. Times in ms, sizes in bytes, shares 0 to 1. */

import type { LatencySummary, PercentilePoint } from "./latencies.ts";
import type { LoadMessages, Mode } from "./load.ts";
import type { Broken } from "./thresholds.ts";

export interface BenchResult {
  readonly version: 1;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly load: LoadSummary;
  readonly clients: {
    readonly opened: number;
    readonly failed: number;
    /** Closed by the server or the network before the end, or given up because it did not answer. */
    readonly lost: number;
  };
  /** Of the measured time alone. */
  readonly throughput: Throughput;
  /** From the time a message was due to its answer; `null` if there was none. */
  readonly latency: LatencySummary | null;
  readonly curve: readonly PercentilePoint[];
  /** From the first packet to the open connection. */
  readonly opening: LatencySummary | null;
  readonly errors: readonly { readonly kind: string; readonly count: number }[];
  /** Connections that the generator did not close itself. */
  readonly closes: readonly { readonly code: number; readonly count: number }[];
  readonly timeline: readonly TimelinePoint[];
  readonly generator: GeneratorSummary;
  readonly server: ServerSummary | null;
  /** What speaks against trusting the figures. */
  readonly notes: readonly string[];
  readonly broken: readonly Broken[];
}

export interface Machine {
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly platform: string;
}

export interface LoadSummary {
  readonly url: string;
  readonly mode: Mode;
  readonly clients: number;
  readonly rate: number | null;
  readonly messages: string;
  readonly isBinary: LoadMessages["isBinary"];
  readonly isCompressed: boolean;
  readonly ramp: number;
  readonly warmup: number;
  readonly duration: number;
  /** Less than `duration` if the run was interrupted. */
  readonly measured: number;
}

/** A second. */
export interface Throughput {
  readonly opened: number;
  readonly sent: number;
  readonly received: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface TimelinePoint {
  /** From the beginning of the measured time to the point's end. */
  readonly time: number;
  readonly open: number;
  /** A second. */
  readonly opened: number;
  readonly sent: number;
  readonly received: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface GeneratorSummary {
  readonly threads: number;
  /** Of the busiest thread. */
  readonly utilization: number;
  /** Of the time, in which a thread could run and had no processor. */
  readonly starved: number;
  /** Of the messages, those that left later than a timer's slack. */
  readonly late: number;
  /** Of the machine: all its processors, whoever used them. */
  readonly machineBusy: number;
  readonly isBottleneck: boolean;
}

/** A server on the same machine. */
export interface ServerSummary {
  readonly pid: number;
  /** Of a core. */
  readonly cpu: number;
  /** CPU time for each message received and answered, or delivered (µs); of each connection in churn. */
  readonly cpuPerMessage: number | null;
  /** Resident memory before the clients opened, when they were open, and at the end. */
  readonly rssBefore: number;
  readonly rssOpen: number;
  readonly rssEnd: number;
  readonly rssPerConnection: number | null;
  readonly rssPerConnectionEnd: number | null;
}
