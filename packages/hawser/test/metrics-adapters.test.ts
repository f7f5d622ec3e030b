/** Metrics in the registries of other packages. */

import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { createMetrics, type MetricSnapshot, registerOpenTelemetry, registerPromClient } from "hawser/metrics";
import * as promClient from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { parsePrometheus } from "./support/prometheus-parser.ts";
import { openClient } from "./support/raw-client.ts";
import { echo, serving } from "./support/serving.ts";

const SNAPSHOT: MetricSnapshot = [
  { name: "a_total", help: "A.", type: "counter", samples: [{ labels: { x: "1" }, value: 3 }] },
  { name: "g", help: "G.", type: "gauge", samples: [{ labels: {}, value: 0.5 }] },
  {
    name: "h",
    help: "H.",
    type: "histogram",
    samples: [{ labels: {}, buckets: [{ le: 1, count: 2 }], sum: 9, count: 4 }],
  },
];

/** Counts how often it was read. */
function readable() {
  const metrics = {
    reads: 0,
    snapshot() {
      metrics.reads++;
      return SNAPSHOT;
    },
  };
  return metrics;
}

async function served() {
  const server = await serving(echo);
  const client = await openClient(server.port);
  client.text("hello");
  await client.message();
  return createMetrics({ server, runtime: false });
}

describe("OpenTelemetry", () => {
  function collecting() {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    onTestFinished(() => provider.shutdown());
    return {
      meter: provider.getMeter("hawser"),
      collect: async () => {
        exporter.reset();
        await reader.forceFlush();
        const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
        const points = all.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [`${descriptor.name} ${JSON.stringify(attributes)}`, value]),
        );
        return Object.fromEntries(points) as Record<string, unknown>;
      },
    };
  }

  test("counters, gauges and the parts of histograms, read once for each collection, until it ends", async () => {
    const { meter, collect } = collecting();
    const metrics = readable();
    const end = registerOpenTelemetry(meter, metrics);
    const before = metrics.reads;
    expect(await collect()).toEqual({
      'a_total {"x":"1"}': 3,
      "g {}": 0.5,
      'h_bucket {"le":"1"}': 2,
      'h_bucket {"le":"+Inf"}': 4,
      "h_sum {}": 9,
      "h_count {}": 4,
    });
    expect(metrics.reads).toBe(before + 1);
    end();
    await collect();
    expect(metrics.reads).toBe(before + 1);
  });

  test("a server's", async () => {
    const { meter, collect } = collecting();
    registerOpenTelemetry(meter, await served());
    expect(await collect()).toMatchObject({
      'websocket_messages_total {"direction":"received","type":"text"}': 1,
      'websocket_connections_active {"state":"open"}': 1,
    });
  });
});

describe("prom-client", () => {
  test("one snapshot for each scrape, in the registry's own text, until it ends", async () => {
    const registry = new promClient.Registry();
    new promClient.Gauge({ name: "mine", help: "Mine.", registers: [registry] }).set(1);
    registry.setDefaultLabels({ app: "b" });
    const metrics = readable();
    const end = registerPromClient(registry, metrics);
    await Promise.resolve();
    const before = metrics.reads;
    const text = await registry.metrics();
    expect(metrics.reads).toBe(before + 1);
    const families = parsePrometheus(text.replaceAll("\n\n", "\n"));
    expect([...families.keys()]).toEqual(["mine", "a_total", "g", "h"]);
    expect(families.get("a_total")?.samples.get('a_total{x="1",app="b"}')).toBe(3);
    expect(families.get("h")?.samples.get('h_bucket{le="+Inf",app="b"}')).toBe(4);
    registry.resetMetrics();
    expect((await registry.getMetricsAsJSON()).map(({ name }) => name)).toContain("a_total");
    end();
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(["mine"]);
  });

  test("OpenMetrics", async () => {
    const registry = new promClient.Registry<promClient.OpenMetricsContentType>();
    registry.setContentType(promClient.Registry.OPENMETRICS_CONTENT_TYPE);
    registerPromClient(registry as never, readable());
    const lines = (await registry.metrics()).split("\n");
    expect(lines).toContain('a_total{x="1"} 3');
    expect(lines).toContain("# TYPE a counter");
    expect(lines).toContain('h_bucket{le="1"} 2');
  });

  test("names that are taken stay whose they are; the package stands for its registry", async () => {
    const register = new promClient.Registry();
    const own = new promClient.Gauge({ name: "g", help: "Own.", registers: [register] });
    registerPromClient({ register }, readable());
    expect(register.getSingleMetric("g")).toBe(own);
    expect(register.getSingleMetric("a_total")).toBeDefined();
  });

  test("a server's", async () => {
    const registry = new promClient.Registry();
    registerPromClient(registry, await served());
    expect(await registry.metrics()).toContain('websocket_messages_total{direction="received",type="text"} 1');
  });
});
