/** Counts what happens in a thread, and hands it out stretch by stretch. */

import { type EventLoopUtilization, performance, type RecordableHistogram } from "node:perf_hooks";
import type { Interval, Stage } from "../interval.ts";
import { createLatencies, recordLatency } from "../latencies.ts";
import { starvedTime } from "../processors.ts";
import { now } from "./clock.ts";
import { TIMER_SLACK } from "./schedule.ts";

export class Tally {
  /** Clients that are open. */
  open = 0;
  /** Latencies of messages that were due earlier are not counted: they are of the warm-up. */
  countedFrom: number = Number.POSITIVE_INFINITY;
  #begin: number = now();
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #starved: number = starvedTime();
  #counts: Counts = createCounts();

  /** @param due for openings that are what is measured: when it was to begin */
  opened(milliseconds: number, due = Number.POSITIVE_INFINITY): void {
    this.open += 1;
    this.#counts.opened += 1;
    if (due >= this.countedFrom) recordLatency(this.#counts.openings, milliseconds);
  }

  /** @param due when it was to be sent, on the clock of the threads */
  sent(bytes: number, due: number, left: number): void {
    this.#counts.sent += 1;
    this.#counts.bytesSent += bytes;
    if (left - due > TIMER_SLACK) this.#counts.late += 1;
  }

  received(bytes: number): void {
    this.#counts.received += 1;
    this.#counts.bytesReceived += bytes;
  }

  /** @param from from when on it counts */
  answered(from: number, at: number): void {
    if (from >= this.countedFrom) recordLatency(this.#counts.latencies, at - from);
  }

  error(kind: string, count = 1): void {
    const { errors } = this.#counts;
    errors.set(kind, (errors.get(kind) ?? 0) + count);
  }

  closed(code: number): void {
    const { closes } = this.#counts;
    closes.set(code, (closes.get(code) ?? 0) + 1);
  }

  /** What was counted since the last call. */
  take(stage: Stage): Interval {
    const [counts, begin, end] = [this.#counts, this.#begin, now()];
    const total = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(total, this.#utilization);
    const waited = starvedTime();
    const starved = end > begin ? (waited - this.#starved) / (end - begin) : 0;
    this.#counts = createCounts();
    this.#starved = waited;
    this.#begin = end;
    this.#utilization = total;
    return { ...counts, stage, begin, end, open: this.open, utilization, starved };
  }
}

interface Counts {
  opened: number;
  sent: number;
  received: number;
  bytesSent: number;
  bytesReceived: number;
  late: number;
  readonly errors: Map<string, number>;
  readonly closes: Map<number, number>;
  readonly latencies: RecordableHistogram;
  readonly openings: RecordableHistogram;
}

function createCounts(): Counts {
  return {
    opened: 0,
    sent: 0,
    received: 0,
    bytesSent: 0,
    bytesReceived: 0,
    late: 0,
    errors: new Map(),
    closes: new Map(),
    latencies: createLatencies(),
    openings: createLatencies(),
  };
}
