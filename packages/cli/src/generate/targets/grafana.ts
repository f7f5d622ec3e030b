/**
 * Grafana: one dashboard, from how many are connected down to what a process holds.
 */

import type { Deployment } from "../deployment.ts";
import { origin } from "../header.ts";
import { seriesOf } from "../series.ts";
import type { Target } from "../target.ts";

export const grafana: Target = {
  name: "grafana",
  summary: "a dashboard of Grafana",
  generate: (deployment) => [{ path: "dashboard.json", text: dashboardText(deployment) }],
};

/** Of Grafana's own versions: 39 is that of Grafana 11, and newer ones read it. */
const SCHEMA_VERSION = 39;

export function dashboardText(deployment: Deployment): string {
  return `${JSON.stringify(dashboard(deployment), null, 2)}\n`;
}

function dashboard(deployment: Deployment): unknown {
  return {
    uid: `hawser-${deployment.name}`.slice(0, 40),
    title: `${deployment.name}: connections`,
    description: origin("grafana"),
    tags: ["websocket"],
    schemaVersion: SCHEMA_VERSION,
    timezone: "browser",
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: { list: [{ name: "datasource", type: "datasource", query: "prometheus", label: "Prometheus" }] },
    panels: panelsOf(deployment).map(panel),
  };
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly (readonly [legend: string, expr: string])[];
  readonly description?: string;
  readonly isStacked?: boolean;
}

const COLUMNS = 2;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

function panel({ title, unit, queries, description, isStacked = false }: Panel, index: number): unknown {
  return {
    id: index + 1,
    type: "timeseries",
    title,
    ...(description === undefined ? {} : { description }),
    datasource: DATASOURCE,
    gridPos: { x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: {
      defaults: { unit, min: 0, custom: { stacking: { mode: isStacked ? "normal" : "none" }, fillOpacity: 10 } },
      overrides: [],
    },
    options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
    targets: queries.map(([legendFormat, expr], query) => {
      return { refId: String.fromCharCode(65 + query), datasource: DATASOURCE, expr, legendFormat };
    }),
  };
}

const DATASOURCE = { type: "prometheus", uid: "$datasource" };

/** Grafana's own choice of a window for rates. */
const WINDOW = "[$__rate_interval]";

function panelsOf(deployment: Deployment): readonly Panel[] {
  return [
    ...connectionPanels(deployment),
    ...trafficPanels(deployment),
    ...processPanels(deployment),
    ...enginePanels(deployment),
    ...stoppingPanels(deployment),
  ];
}

function connectionPanels(deployment: Deployment): readonly Panel[] {
  const { series } = seriesOf(deployment);
  const open = series("connections_active", 'state="open"');
  const rate = (name: string, labels?: string) => `rate(${series(name, labels)}${WINDOW})`;
  return [
    {
      title: "Connections",
      unit: "short",
      queries: [
        ["all", `sum(${open})`],
        ["a week ago", `sum(${open} offset 1w)`],
      ],
    },
    {
      title: "Connections by instance",
      unit: "short",
      queries: [["{{instance}}", `sum by (instance) (${open})`]],
      description: "New instances fill up with new clients alone, unless connections have a greatest age.",
      isStacked: true,
    },
    {
      title: "Opened and closed",
      unit: "cps",
      queries: [
        ["opened", `sum(${rate("connections_opened_total", 'result="accepted"')})`],
        ["closed", `sum(${rate("connections_closed_total")})`],
      ],
    },
    {
      title: "Closed, by code",
      unit: "cps",
      queries: [["{{code}} by {{initiator}}", `sum by (code, initiator) (${rate("connections_closed_total")})`]],
      description: "1006: lost. 1001 and 1012: we sent them away. 1011: given up, or our own fault.",
      isStacked: true,
    },
    {
      title: "Handshakes refused, by status",
      unit: "cps",
      queries: [["{{status}}", `sum by (status) (${rate("handshake_rejected_total")})`]],
    },
    {
      title: "Round trip of pings",
      unit: "s",
      queries: quantiles(series("ping_rtt_seconds_bucket")),
    },
  ];
}

function quantiles(buckets: string): Panel["queries"] {
  return [0.5, 0.95, 0.99].map((quantile) => {
    return [`p${quantile * 100}`, `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}${WINDOW})))`];
  });
}

function trafficPanels(deployment: Deployment): readonly Panel[] {
  const { series } = seriesOf(deployment);
  const rate = (name: string, labels?: string) => `rate(${series(name, labels)}${WINDOW})`;
  return [
    {
      title: "Messages",
      unit: "cps",
      queries: [["{{direction}}", `sum by (direction) (${rate("messages_total")})`]],
    },
    {
      title: "Bytes on the wire",
      unit: "Bps",
      queries: [["{{direction}}", `sum by (direction) (${rate("bytes_total", 'layer="wire"')})`]],
    },
    {
      title: "Waiting for slow clients",
      unit: "bytes",
      queries: [["{{instance}}", `sum by (instance) (${series("send_buffer_bytes")})`]],
    },
    {
      title: "Slow consumers",
      unit: "cps",
      queries: [["{{action}}", `sum by (action) (${rate("slow_consumer_total")})`]],
    },
    {
      title: "A broadcast keeps the event loop",
      unit: "s",
      queries: quantiles(series("broadcast_duration_seconds_bucket")),
    },
    {
      title: "Handshakes take",
      unit: "s",
      queries: quantiles(series("handshake_duration_seconds_bucket")),
    },
  ];
}

function processPanels(deployment: Deployment): readonly Panel[] {
  const { series, job } = seriesOf(deployment);
  const each = "{{instance}} {{worker}}";
  return [
    { title: "Event loop lag, p99", unit: "s", queries: [[each, `nodejs_eventloop_lag_p99_seconds{${job}}`]] },
    { title: "Event loop in use", unit: "percentunit", queries: [[each, `nodejs_eventloop_utilization{${job}}`]] },
    { title: "CPU", unit: "percentunit", queries: [[each, `rate(process_cpu_seconds_total{${job}}${WINDOW})`]] },
    {
      title: "Memory",
      unit: "bytes",
      queries: [
        [`${each} resident`, `process_resident_memory_bytes{${job}}`],
        [`${each} heap`, `nodejs_heap_size_used_bytes{${job}}`],
      ],
    },
    {
      title: "Memory for each connection",
      unit: "bytes",
      queries: [
        [
          "resident",
          `sum(process_resident_memory_bytes{${job}}) / clamp_min(sum(${series("connections_active", 'state="open"')}), 1)`,
        ],
      ],
    },
    {
      title: "Descriptors in use",
      unit: "percentunit",
      queries: [[each, `process_open_fds{${job}} / process_max_fds{${job}}`]],
    },
  ];
}

function enginePanels(deployment: Deployment): readonly Panel[] {
  const { series } = seriesOf(deployment);
  return [
    {
      title: "Publishing, until the engine answers",
      unit: "s",
      queries: quantiles(series("publish_lag_seconds_bucket")),
    },
    {
      title: "Engine",
      unit: "short",
      queries: [
        ["connected: {{instance}} {{engine}}", series("engine_up")],
        ["errors: {{kind}}", `sum by (kind) (rate(${series("engine_errors_total")}${WINDOW}))`],
      ],
    },
  ];
}

function stoppingPanels(deployment: Deployment): readonly Panel[] {
  const { series, job } = seriesOf(deployment);
  const { name } = deployment;
  return [
    { title: "Draining", unit: "percentunit", queries: [["{{instance}}", series("drain_progress_ratio")]] },
    {
      title: "Replicas and connections for each",
      unit: "short",
      queries: [
        ["replicas", `kube_horizontalpodautoscaler_status_current_replicas{horizontalpodautoscaler="${name}"}`],
        ["at most", `kube_horizontalpodautoscaler_spec_max_replicas{horizontalpodautoscaler="${name}"}`],
        ["connections for each worker", `avg(websocket_connections_per_worker{${job}})`],
      ],
    },
  ];
}
