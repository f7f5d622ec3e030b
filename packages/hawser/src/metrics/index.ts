/**
 * Snapshots of metrics, what joins them, and what writes them down.
 */

export { mergeSnapshots, type SnapshotPart } from "./merge-snapshots.ts";
export type { Metrics } from "./metrics.ts";
export { type OpenTelemetryMeter, type OpenTelemetryResult, registerOpenTelemetry } from "./open-telemetry.ts";
export { type PromClientRegistry, registerPromClient } from "./prom-client.ts";
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from "./prometheus-text.ts";
export type {
  HistogramBucket,
  HistogramSample,
  MetricFamily,
  MetricLabels,
  MetricSample,
  MetricSnapshot,
  MetricType,
  ValueSample,
} from "./snapshot.ts";
