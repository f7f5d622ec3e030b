/**
 * The entry point `hawser/metrics`: what servers count, for whoever watches over them.
 *
 * @module
 */

export * from "../metrics/index.ts";
export { createMetrics, type MeasuredServer, type MetricsOptions } from "./create-metrics.ts";
export { type MetricsEndpointOptions, metricsEndpoint } from "./metrics-endpoint.ts";
