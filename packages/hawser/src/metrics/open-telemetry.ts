/**
 * Metrics for OpenTelemetry: instruments that are read whenever the application's reader collects.
 *
 * Knows the package `@opentelemetry/api` by the shape of its `Meter` alone.
 */

import { isHistogram } from "./merge-snapshots.ts";
import type { Metrics } from "./metrics.ts";
import type { MetricFamily, MetricLabels, MetricSample } from "./snapshot.ts";

/** What is needed of a `Meter` of `@opentelemetry/api` 1.3 and newer. */
export interface OpenTelemetryMeter<Instrument = unknown> {
  createObservableCounter(name: string, options?: { description?: string }): Instrument;
  createObservableGauge(name: string, options?: { description?: string }): Instrument;
  addBatchObservableCallback(
    callback: (result: OpenTelemetryResult<Instrument>) => void,
    observables: Instrument[],
  ): void;
  removeBatchObservableCallback(
    callback: (result: OpenTelemetryResult<Instrument>) => void,
    observables: Instrument[],
  ): void;
}

/** Where a collection's values go. */
export interface OpenTelemetryResult<Instrument> {
  observe(instrument: Instrument, value: number, attributes?: Record<string, string>): void;
}

/**
 * Makes an instrument of `meter` for each family of `metrics`, of the same name. A histogram becomes three counters, `_bucket`
 * with the attribute `le`, `_sum` and `_count`: OpenTelemetry has no histogram that is read. All are read at once, and only when
 * the application's reader collects.
 *
 * Returns a function that ends it.
 *
 * @example
 * ```ts no-run
 * import { metrics as openTelemetry } from "@opentelemetry/api";
 * import { createMetrics, registerOpenTelemetry } from "hawser/metrics";
 *
 * registerOpenTelemetry(openTelemetry.getMeter("hawser"), createMetrics({ runtime: false }));
 * ```
 */
export function registerOpenTelemetry<Instrument>(
  meter: OpenTelemetryMeter<Instrument>,
  metrics: Pick<Metrics, "snapshot">,
): () => void {
  const instruments = new Map<string, Instrument>();
  for (const family of metrics.snapshot()) addInstruments(instruments, meter, family);
  const observables = [...instruments.values()];
  const collect = (result: OpenTelemetryResult<Instrument>) => {
    for (const family of metrics.snapshot()) {
      for (const [name, labels, value] of family.samples.flatMap((sample) => valuesOf(family.name, sample))) {
        const instrument = instruments.get(name);
        if (instrument !== undefined) result.observe(instrument, value, { ...labels });
      }
    }
  };
  meter.addBatchObservableCallback(collect, observables);
  return () => meter.removeBatchObservableCallback(collect, observables);
}

function addInstruments<Instrument>(
  instruments: Map<string, Instrument>,
  meter: OpenTelemetryMeter<Instrument>,
  { name, help, type }: MetricFamily,
): void {
  const options = { description: help };
  if (type === "gauge") instruments.set(name, meter.createObservableGauge(name, options));
  else if (type === "counter") instruments.set(name, meter.createObservableCounter(name, options));
  else {
    for (const part of ["bucket", "sum", "count"]) {
      const partName = `${name}_${part}`;
      instruments.set(partName, meter.createObservableCounter(partName, options));
    }
  }
}

/** The values of a sample as Prometheus has them: a histogram's one by one. */
export function valuesOf(
  name: string,
  sample: MetricSample,
): readonly (readonly [name: string, labels: MetricLabels, value: number])[] {
  const { labels } = sample;
  if (!isHistogram(sample)) return [[name, labels, sample.value]];
  const { buckets, sum, count } = sample;
  return [
    ...buckets.map((bucket) => [`${name}_bucket`, { ...labels, le: String(bucket.le) }, bucket.count] as const),
    [`${name}_bucket`, { ...labels, le: "+Inf" }, count],
    [`${name}_sum`, labels, sum],
    [`${name}_count`, labels, count],
  ];
}
