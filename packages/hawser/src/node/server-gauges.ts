/**
 * How servers are at this moment, as families of metrics.
 */

import type { MetricFamily, ValueSample } from "../metrics/snapshot.ts";
import { type CompressionMetrics, compressionMetrics } from "./compression.ts";
import { SESSION } from "./connection.ts";
import type { ServerCore } from "./server-core.ts";
import { VERSION } from "./version.ts";

/** The sums over all connections of all servers: the one place that looks at each of them. */
interface ConnectionSums {
  open: number;
  closing: number;
  bufferedAmount: number;
}

export function serverGauges(
  cores: readonly ServerCore<unknown>[],
  name: (own: string) => string,
): readonly MetricFamily[] {
  const families = [
    ...connectionGauges(cores),
    ...stateGauges(cores),
    ...topicGauges(cores),
    ...compressionGauges(cores),
    gauge("build_info", "The versions of the library and of Node.", [
      { labels: { version: VERSION, node: process.versions.node }, value: 1 },
    ]),
  ];
  return families.map((family) => ({ ...family, name: name(family.name) }));
}

function connectionGauges(cores: readonly ServerCore<unknown>[]): readonly MetricFamily[] {
  const sums = sumConnections(cores);
  const opening = sum(cores, ({ registry }) => registry.openingCount);
  return [
    gauge("connections_active", "Connections now; opening: not yet upgraded, or being refused.", [
      { labels: { state: "opening" }, value: opening },
      { labels: { state: "open" }, value: sums.open },
      { labels: { state: "closing" }, value: sums.closing },
    ]),
    single("send_buffer_bytes", "Bytes sent that wait for clients to take them.", sums.bufferedAmount),
  ];
}

function sumConnections(cores: readonly ServerCore<unknown>[]): ConnectionSums {
  const sums: ConnectionSums = { open: 0, closing: 0, bufferedAmount: 0 };
  for (const { registry } of cores) {
    for (const ws of registry.connections) {
      const { protocol, bufferedAmount } = ws[SESSION];
      if (protocol.state === "open") sums.open++;
      else sums.closing++;
      sums.bufferedAmount += bufferedAmount;
    }
  }
  return sums;
}

function stateGauges(cores: readonly ServerCore<unknown>[]): readonly MetricFamily[] {
  const stopping = cores.filter(({ stoppingFrom }) => stoppingFrom !== undefined);
  const of = sum(stopping, ({ stoppingFrom = 0 }) => stoppingFrom);
  const left = sum(stopping, ({ registry }) => registry.connections.size);
  // Some may have come while a drain still let them in
  const progress = of === 0 ? Number(stopping.length > 0) : Math.max(0, 1 - left / of);
  return [
    single(
      "ready",
      "1 if all servers want connections.",
      Number(cores.every(({ readiness }) => readiness.accepting && readiness.backplane)),
    ),
    single("draining", "How many servers drain or close.", stopping.length),
    single("drain_progress_ratio", "The share of their connections that has ended since.", progress),
  ];
}

function topicGauges(cores: readonly ServerCore<unknown>[]): readonly MetricFamily[] {
  const engines = cores.flatMap(({ topics }) => topics.metrics ?? []);
  return [
    single(
      "topics",
      "Topics with subscribers in this process.",
      sum(cores, ({ topics }) => topics.counts.size),
    ),
    single(
      "subscriptions",
      "Subscriptions of connections to topics.",
      sum(cores, ({ topics }) => [...topics.counts.values()].reduce((all, count) => all + count, 0)),
    ),
    gauge(
      "engine_up",
      "1 if the backplane's engine is connected.",
      [...new Set(engines.map(({ name }) => name))].map((engine) => ({
        labels: { engine },
        value: Number(engines.every(({ name, isConnected }) => name !== engine || isConnected)),
      })),
    ),
  ];
}

/** Servers may share a factory: its windows count once. */
function compressionGauges(cores: readonly ServerCore<unknown>[]): readonly MetricFamily[] {
  const factories = new Set(cores.flatMap(({ settings }) => settings.handshake.extensions));
  const all = [...factories].flatMap((factory) => compressionMetrics([factory]) ?? []);
  const byState = (hot: (metrics: CompressionMetrics) => number, cold: (metrics: CompressionMetrics) => number) =>
    all.length === 0
      ? []
      : [
          { labels: { state: "hot" }, value: sum(all, hot) },
          { labels: { state: "cold" }, value: sum(all, cold) },
        ];
  return [
    gauge(
      "compression_windows",
      "Windows that hold plaintext.",
      byState(
        ({ windows, coldWindows }) => windows - coldWindows,
        ({ coldWindows }) => coldWindows,
      ),
    ),
    gauge(
      "compression_window_bytes",
      "Bytes that windows hold.",
      byState(
        ({ heldBytes, coldBytes }) => heldBytes - coldBytes,
        ({ coldBytes }) => coldBytes,
      ),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly ValueSample[]): MetricFamily {
  return { name, help, type: "gauge", samples };
}

function single(name: string, help: string, value: number): MetricFamily {
  return gauge(name, help, [{ labels: {}, value }]);
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((all, item) => all + value(item), 0);
}
