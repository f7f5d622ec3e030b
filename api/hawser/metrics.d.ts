// metrics.d.ts
export * from "../metrics/index.ts";
export { createMetrics, type MeasuredServer, type MetricsOptions } from "./create-metrics.ts";
export { type MetricsEndpointOptions, metricsEndpoint } from "./metrics-endpoint.ts";

// packages/hawser/dist/metrics/index.d.ts
export { mergeSnapshots, type SnapshotPart } from "./merge-snapshots.ts";
export type { Metrics } from "./metrics.ts";
export { type OpenTelemetryMeter, type OpenTelemetryResult, registerOpenTelemetry } from "./open-telemetry.ts";
export { type PromClientRegistry, registerPromClient } from "./prom-client.ts";
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from "./prometheus-text.ts";
export type { HistogramBucket, HistogramSample, MetricFamily, MetricLabels, MetricSample, MetricSnapshot, MetricType, ValueSample, } from "./snapshot.ts";

// create-metrics.d.ts
import type { Metrics } from "../metrics/metrics.ts";
import { type Server } from "./server.ts";
export type MeasuredServer = Pick<Server, "metrics">;
export interface MetricsOptions {
    readonly prefix?: string;
    readonly server?: MeasuredServer | readonly MeasuredServer[];
    readonly runtime?: boolean;
}
export declare function createMetrics(options?: MetricsOptions): Metrics;

// metrics-endpoint.d.ts
import type { Metrics } from "../metrics/metrics.ts";
import type { ProcessRequest } from "./request-hooks.ts";
export interface MetricsEndpointOptions {
    readonly path?: string;
}
export declare function metricsEndpoint(metrics: Pick<Metrics, "text" | "contentType">, options?: MetricsEndpointOptions): ProcessRequest;

// packages/hawser/dist/metrics/merge-snapshots.d.ts
import type { HistogramSample, MetricLabels, MetricSnapshot, ValueSample } from "./snapshot.ts";
export interface SnapshotPart {
    readonly labels?: MetricLabels;
    readonly snapshot: MetricSnapshot;
}
export declare function mergeSnapshots(parts: readonly SnapshotPart[]): MetricSnapshot;
export declare function isHistogram(sample: ValueSample | HistogramSample): sample is HistogramSample;

// packages/hawser/dist/metrics/metrics.d.ts
import type { MetricSnapshot } from "./snapshot.ts";
export interface Metrics {
    snapshot(): MetricSnapshot;
    text(): string;
    readonly contentType: string;
    close(): void;
}

// packages/hawser/dist/metrics/open-telemetry.d.ts
import type { Metrics } from "./metrics.ts";
import type { MetricLabels, MetricSample } from "./snapshot.ts";
export interface OpenTelemetryMeter<Instrument = unknown> {
    createObservableCounter(name: string, options?: {
        description?: string;
    }): Instrument;
    createObservableGauge(name: string, options?: {
        description?: string;
    }): Instrument;
    addBatchObservableCallback(callback: (result: OpenTelemetryResult<Instrument>) => void, observables: Instrument[]): void;
    removeBatchObservableCallback(callback: (result: OpenTelemetryResult<Instrument>) => void, observables: Instrument[]): void;
}
export interface OpenTelemetryResult<Instrument> {
    observe(instrument: Instrument, value: number, attributes?: Record<string, string>): void;
}
export declare function registerOpenTelemetry<Instrument>(meter: OpenTelemetryMeter<Instrument>, metrics: Pick<Metrics, "snapshot">): () => void;
export declare function valuesOf(name: string, sample: MetricSample): readonly (readonly [name: string, labels: MetricLabels, value: number])[];

// packages/hawser/dist/metrics/prom-client.d.ts
import type { Metrics } from "./metrics.ts";
export interface PromClientRegistry {
    registerMetric(metric: never): void;
    getSingleMetric(name: string): unknown;
    removeSingleMetric(name: string): void;
}
export declare function registerPromClient(target: PromClientRegistry | {
    readonly register: PromClientRegistry;
}, metrics: Pick<Metrics, "snapshot">): () => void;

// packages/hawser/dist/metrics/prometheus-text.d.ts
import type { MetricSnapshot } from "./snapshot.ts";
export declare const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
export declare function prometheusText(snapshot: MetricSnapshot): string;

// packages/hawser/dist/metrics/snapshot.d.ts
export interface MetricFamily {
    readonly name: string;
    readonly help: string;
    readonly type: MetricType;
    readonly samples: readonly MetricSample[];
}
export type MetricType = "counter" | "gauge" | "histogram";
export type MetricLabels = Readonly<Record<string, string>>;
export type MetricSample = ValueSample | HistogramSample;
export interface ValueSample {
    readonly labels: MetricLabels;
    readonly value: number;
}
export interface HistogramSample {
    readonly labels: MetricLabels;
    readonly buckets: readonly HistogramBucket[];
    readonly sum: number;
    readonly count: number;
}
export interface HistogramBucket {
    readonly le: number;
    readonly count: number;
}
export type MetricSnapshot = readonly MetricFamily[];
