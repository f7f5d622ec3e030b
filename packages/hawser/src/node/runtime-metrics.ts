/**
 * The process itself: its event loop, its memory, its garbage collections, its descriptors. The names are those that Prometheus'
 * clients have in common, so that dashboards that exist find them.
 */

import { readdirSync, readFileSync, statSync } from "node:fs";
import {
  type EventLoopUtilization,
  type IntervalHistogram,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
  performance,
} from "node:perf_hooks";
import { BUSY_TIMES, Histogram } from "../metrics/histogram.ts";
import type { MetricFamily, MetricType, ValueSample } from "../metrics/snapshot.ts";

/** Milliseconds between two looks at the event loop: 50 wakeups a second are not seen in the CPU time. */
const RESOLUTION = 20;

/** Milliseconds for which a count of descriptors serves where the kernel has to list them all. */
const LISTED_FOR = 10_000;

const GC_KINDS: Readonly<Record<number, string>> = { 1: "minor", 4: "major", 8: "incremental", 16: "weakcb" };

export class RuntimeMetrics {
  readonly #loop: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #collections: Map<string, Histogram> = new Map();
  readonly #observer: PerformanceObserver;
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #descriptors: { readonly count: number; readonly until: number } | undefined;

  constructor() {
    for (const kind of Object.values(GC_KINDS)) this.#collections.set(kind, new Histogram(BUSY_TIMES));
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#collected(entry);
    });
    this.#observer.observe({ entryTypes: ["gc"] });
    this.#loop.enable();
  }

  close(): void {
    this.#loop.disable();
    this.#observer.disconnect();
  }

  families(): readonly MetricFamily[] {
    return [
      ...this.#loopFamilies(),
      ...memoryFamilies(),
      ...cpuFamilies(),
      this.#gcFamily(),
      ...this.#descriptorFamilies(),
    ];
  }

  /** Of the time since the last call. */
  #loopFamilies(): readonly MetricFamily[] {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    const loop = this.#loop;
    // Without a single look there is nothing to tell yet
    const lag = loop.count === 0 ? { p50: 0, p99: 0, max: 0 } : lagOf(loop);
    loop.reset();
    return [
      single(
        "nodejs_eventloop_lag_p50_seconds",
        "gauge",
        "Delay of the event loop since the last scrape, median.",
        lag.p50,
      ),
      single(
        "nodejs_eventloop_lag_p99_seconds",
        "gauge",
        "Delay of the event loop since the last scrape, 99th percentile.",
        lag.p99,
      ),
      single(
        "nodejs_eventloop_lag_max_seconds",
        "gauge",
        "Delay of the event loop since the last scrape, maximum.",
        lag.max,
      ),
      single(
        "nodejs_eventloop_utilization",
        "gauge",
        "Share of the time since the last scrape that the event loop worked.",
        utilization,
      ),
    ];
  }

  #collected(entry: PerformanceEntry & { readonly detail?: unknown }): void {
    const { kind } = entry.detail as { readonly kind: number };
    this.#collections.get(GC_KINDS[kind] ?? "")?.observe(entry.duration / 1000);
  }

  #gcFamily(): MetricFamily {
    const samples = [...this.#collections].map(([kind, durations]) => durations.sample({ kind }));
    return { name: "nodejs_gc_duration_seconds", help: "Garbage collections.", type: "histogram", samples };
  }

  #descriptorFamilies(): readonly MetricFamily[] {
    const max = readOrUndefined(maxDescriptors);
    const open = readOrUndefined(() => this.#openDescriptors());
    return [
      family("process_open_fds", "gauge", "Open file descriptors.", open),
      family("process_max_fds", "gauge", "The limit of open file descriptors.", max),
    ];
  }

  /** Linux 6.2 and newer tell the number as the folder's size; before, a hundred thousand names would be read to be counted. */
  #openDescriptors(): number {
    const { size } = statSync("/proc/self/fd");
    if (size > 0) return size;
    const now = performance.now();
    if (this.#descriptors === undefined || now >= this.#descriptors.until) {
      this.#descriptors = { count: readdirSync("/proc/self/fd").length, until: now + LISTED_FOR };
    }
    return this.#descriptors.count;
  }
}

/** In seconds, less the interval of the looking itself. */
function lagOf(loop: IntervalHistogram): { readonly p50: number; readonly p99: number; readonly max: number } {
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000);
  return { p50: seconds(loop.percentile(50)), p99: seconds(loop.percentile(99)), max: seconds(loop.max) };
}

function memoryFamilies(): readonly MetricFamily[] {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return [
    single("process_resident_memory_bytes", "gauge", "Resident memory.", rss),
    single("nodejs_heap_size_total_bytes", "gauge", "Memory of V8's heap.", heapTotal),
    single("nodejs_heap_size_used_bytes", "gauge", "Memory of V8's heap in use.", heapUsed),
    single("nodejs_external_memory_bytes", "gauge", "Memory of C++ objects bound to JavaScript's.", external),
    single("nodejs_array_buffers_bytes", "gauge", "That of buffers among it.", arrayBuffers),
  ];
}

function cpuFamilies(): readonly MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    single("process_cpu_user_seconds_total", "counter", "CPU time in user mode.", user / 1e6),
    single("process_cpu_system_seconds_total", "counter", "CPU time in the kernel.", system / 1e6),
    single("process_cpu_seconds_total", "counter", "CPU time.", (user + system) / 1e6),
    single(
      "process_start_time_seconds",
      "gauge",
      "When the process started, since 1970.",
      performance.timeOrigin / 1000,
    ),
  ];
}

function maxDescriptors(): number {
  const [, soft = ""] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
  return soft === "" ? Number.NaN : Number(soft);
}

/** Where there is no /proc, there is nothing to tell. */
function readOrUndefined(read: () => number): number | undefined {
  try {
    const value = read();
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function single(name: string, type: MetricType, help: string, value: number): MetricFamily {
  return family(name, type, help, value);
}

function family(name: string, type: MetricType, help: string, value: number | undefined): MetricFamily {
  const samples: readonly ValueSample[] = value === undefined ? [] : [{ labels: {}, value }];
  return { name, help, type, samples };
}
