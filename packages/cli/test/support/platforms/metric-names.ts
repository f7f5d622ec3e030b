/**
 * The families that a scrape of the admin endpoint has: what dashboards, rules and autoscalers may ask for.
 * docs/guides/observability.md explains them.
 */

/** Of a process's servers; histograms by their base name. */
export const SERVER_FAMILIES: readonly string[] = [
  "websocket_connections_opened_total",
  "websocket_handshake_rejected_total",
  "websocket_http_answers_total",
  "websocket_connections_closed_total",
  "websocket_client_faults_total",
  "websocket_handler_failures_total",
  "websocket_pings_timeouts_total",
  "websocket_messages_total",
  "websocket_bytes_total",
  "websocket_message_size_bytes",
  "websocket_slow_consumer_total",
  "websocket_publish_total",
  "websocket_delivered_total",
  "websocket_recovered_total",
  "websocket_engine_publish_total",
  "websocket_engine_received_total",
  "websocket_engine_errors_total",
  "websocket_handshake_duration_seconds",
  "websocket_connection_duration_seconds",
  "websocket_close_duration_seconds",
  "websocket_ping_rtt_seconds",
  "websocket_broadcast_duration_seconds",
  "websocket_publish_lag_seconds",
  "websocket_connections_active",
  "websocket_send_buffer_bytes",
  "websocket_ready",
  "websocket_draining",
  "websocket_drain_progress_ratio",
  "websocket_topics",
  "websocket_subscriptions",
  "websocket_engine_up",
  "websocket_compression_windows",
  "websocket_compression_window_bytes",
  "websocket_build_info",
];

/** Of the process itself. */
export const RUNTIME_FAMILIES: readonly string[] = [
  "nodejs_eventloop_lag_p50_seconds",
  "nodejs_eventloop_lag_p99_seconds",
  "nodejs_eventloop_lag_max_seconds",
  "nodejs_eventloop_utilization",
  "nodejs_heap_size_used_bytes",
  "nodejs_heap_size_total_bytes",
  "nodejs_external_memory_bytes",
  "nodejs_array_buffers_bytes",
  "nodejs_gc_duration_seconds",
  "process_cpu_user_seconds_total",
  "process_cpu_system_seconds_total",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "process_start_time_seconds",
  "process_open_fds",
  "process_max_fds",
];

/** Of the supervisor. */
export const SUPERVISOR_FAMILIES: readonly string[] = [
  "websocket_supervisor_info",
  "websocket_supervisor_state",
  "websocket_supervisor_uptime_seconds",
  "websocket_supervisor_drain_connections",
  "websocket_supervisor_drain_connections_left",
  "websocket_workers",
  "websocket_workers_target",
  "websocket_connections_per_worker",
  "websocket_worker_cpu_ratio",
  "websocket_worker_restarts_total",
  "websocket_worker_memory_bytes",
  "websocket_worker_lag_seconds",
];

/** Of others, on the dashboard: the cluster's own figures, absent outside Kubernetes; and `up` of Prometheus itself. */
const FOREIGN_FAMILIES: readonly string[] = [
  "kube_horizontalpodautoscaler_status_current_replicas",
  "kube_horizontalpodautoscaler_spec_max_replicas",
  "up",
];

export const EXPORTED_FAMILIES: ReadonlySet<string> = new Set([
  ...SERVER_FAMILIES,
  ...RUNTIME_FAMILIES,
  ...SUPERVISOR_FAMILIES,
]);

const HISTOGRAM_PART = /_(?:bucket|sum|count)$/;

function isHistogramPart(name: string): boolean {
  return HISTOGRAM_PART.test(name) && EXPORTED_FAMILIES.has(name.replace(HISTOGRAM_PART, ""));
}

/** Of those names, the ones that nothing exports; a histogram's parts count as the histogram. */
export function unknownFamilies(names: readonly string[]): readonly string[] {
  const families = names.map((name) => (isHistogramPart(name) ? name.replace(HISTOGRAM_PART, "") : name));
  return families.filter((name) => !EXPORTED_FAMILIES.has(name) && !FOREIGN_FAMILIES.includes(name));
}
