/** Adds up what the threads report. */

import type { RecordableHistogram } from "node:perf_hooks";
import type { Interval } from "./interval.ts";
import { createLatencies, percentileOf } from "./latencies.ts";
import type { Throughput, TimelinePoint } from "./result.ts";

/** What all threads together do at the moment. */
export type Status = Omit<TimelinePoint, "time" | "p90" | "max">;

/** Several threads' intervals that belong together, as rates. */
interface Merged extends Omit<TimelinePoint, "time"> {
  readonly end: number;
}

export class Measurement {
  readonly latencies: RecordableHistogram = createLatencies();
  /** Of connections that were opened to be kept; in churn, of those that were measured. */
  readonly openings: RecordableHistogram = createLatencies();
  readonly errors: Map<string, number> = new Map();
  readonly closes: Map<number, number> = new Map();
  readonly timeline: TimelinePoint[] = [];
  opened = 0;
  /** Of the measured time. */
  sent = 0;
  late = 0;
  /** The last interval of each thread. */
  readonly #latest = new Map<number, Interval>();
  /** Measured intervals that wait for those of other threads, by thread. */
  readonly #waiting: Interval[][];
  readonly #totals: Total[];
  #begin: number | undefined;

  constructor(threads: number) {
    this.#waiting = Array.from({ length: threads }, () => []);
    this.#totals = Array.from({ length: threads }, () => ({ time: 0, busy: 0, starved: 0, ...NOTHING }));
  }

  add(interval: Interval, thread: number): void {
    const { stage, latencies, openings, errors, closes } = interval;
    this.#latest.set(thread, interval);
    this.opened += interval.opened;
    this.latencies.add(latencies as RecordableHistogram);
    this.openings.add(openings as RecordableHistogram);
    for (const [kind, count] of errors) this.errors.set(kind, (this.errors.get(kind) ?? 0) + count);
    for (const [code, count] of closes) this.closes.set(code, (this.closes.get(code) ?? 0) + count);
    if (stage === "measuring") this.#measured(interval, thread);
  }

  /** Of the last stretch of time. */
  get status(): Status {
    return merge([...this.#latest.values()]);
  }

  /** Milliseconds of measured time. */
  get measured(): number {
    return Math.max(...this.#totals.map(({ time }) => time));
  }

  /** Of the busiest thread. */
  get utilization(): number {
    return Math.max(...this.#totals.map(({ time, busy }) => (time === 0 ? 0 : busy / time)));
  }

  /** Of the thread that lacked a processor for longest. */
  get starved(): number {
    return Math.max(...this.#totals.map(({ time, starved }) => (time === 0 ? 0 : starved / time)));
  }

  get throughput(): Throughput {
    const rate = (name: keyof Throughput) =>
      this.#totals.reduce((sum, total) => sum + (total.time === 0 ? 0 : (total[name] * 1_000) / total.time), 0);
    return {
      opened: rate("opened"),
      sent: rate("sent"),
      received: rate("received"),
      bytesSent: rate("bytesSent"),
      bytesReceived: rate("bytesReceived"),
    };
  }

  #measured(interval: Interval, thread: number): void {
    const total = this.#totals[thread]!;
    const time = interval.end - interval.begin;
    total.time += time;
    total.busy += time * interval.utilization;
    total.starved += time * interval.starved;
    for (const name of COUNTS) total[name] += interval[name];
    this.sent += interval.sent;
    this.late += interval.late;
    this.#begin ??= interval.begin;
    this.#waiting[thread]!.push(interval);
    if (this.#waiting.every(({ length }) => length > 0)) this.#addPoint();
  }

  #addPoint(): void {
    const { end, ...merged } = merge(this.#waiting.map((intervals) => intervals.shift()!));
    this.timeline.push({ time: end - this.#begin!, ...merged });
  }
}

const COUNTS = ["opened", "sent", "received", "bytesSent", "bytesReceived"] as const;
const NOTHING = { opened: 0, sent: 0, received: 0, bytesSent: 0, bytesReceived: 0 };

type Total = Record<(typeof COUNTS)[number] | "time" | "busy" | "starved", number>;

function merge(intervals: readonly Interval[]): Merged {
  const latencies = createLatencies();
  for (const interval of intervals) latencies.add(interval.latencies as RecordableHistogram);
  const sum = (value: (interval: Interval) => number) => intervals.reduce((all, one) => all + value(one), 0);
  const rate = (name: "opened" | "sent" | "received") =>
    sum(({ begin, end, [name]: count }) => (end > begin ? (count * 1_000) / (end - begin) : 0));
  const at = (percent: number) => (latencies.count === 0 ? null : percentileOf(latencies, percent));
  return {
    open: sum(({ open }) => open),
    opened: rate("opened"),
    sent: rate("sent"),
    received: rate("received"),
    errors: sum(({ errors }) => [...errors.values()].reduce((all, count) => all + count, 0)),
    p50: at(50),
    p90: at(90),
    p99: at(99),
    max: at(100),
    end: Math.max(0, ...intervals.map(({ end }) => end)),
  };
}
