/**
 * Prometheus: rules that wake somebody, and rules that wait for the morning.
 */

import { why, yamlText } from "../annotated-yaml.ts";
import type { Deployment } from "../deployment.ts";
import { header } from "../header.ts";
import { seriesOf } from "../series.ts";
import type { Target } from "../target.ts";
import { seconds } from "../timings.ts";

export const alerts: Target = {
  name: "alerts",
  summary: "alerting rules of Prometheus",
  generate: (deployment) => [
    {
      path: "alerts.yaml",
      text: yamlText(header("alerts", "#", "rule_files in prometheus.yml names this file.", SEVERITIES), {
        groups: alertGroups(deployment),
      }),
    },
  ],
};

const SEVERITIES = "severity page: users notice. severity ticket: they soon might.";

/** The same for a PrometheusRule. */
export function alertGroups(deployment: Deployment): readonly unknown[] {
  return [
    { name: `${deployment.name}-page`, rules: pages(deployment) },
    { name: `${deployment.name}-ticket`, rules: tickets(deployment) },
  ];
}

interface Alert {
  readonly name: string;
  readonly expr: string;
  readonly for: string;
  readonly summary: string;
  readonly reason?: string;
}

function pages(deployment: Deployment): readonly unknown[] {
  const { series, job } = seriesOf(deployment);
  const all: readonly Alert[] = [
    {
      name: "NobodyAnswers",
      expr: `absent(up{${job}} == 1)`,
      for: "1m",
      summary: "No process is scraped: none runs, or Prometheus has the wrong token.",
    },
    {
      name: "EventLoopBlocked",
      expr: `nodejs_eventloop_lag_p99_seconds{${job}} > 0.2`,
      for: "5m",
      summary:
        "Every client of {{ $labels.instance }} waits for {{ $value }} s. A computation in a handler, or too large a broadcast.",
    },
    {
      name: "HandlersFail",
      expr: `sum by (instance) (rate(${series("handler_failures_total")}[5m])) > 0`,
      for: "5m",
      summary: "A handler throws on {{ $labels.instance }}; its log line has the stack.",
    },
    {
      name: "EngineDown",
      expr: `${series("engine_up")} == 0`,
      for: "1m",
      summary: "{{ $labels.instance }} has lost its backplane: publications reach its own clients alone.",
    },
    {
      name: "WorkersCrash",
      expr: `sum by (instance) (increase(${plainSeries("websocket_worker_restarts_total", deployment)}[10m])) > 3`,
      for: "1m",
      summary: "Workers of {{ $labels.instance }} end and are replaced again and again.",
    },
  ];
  return all.map((alert) => rule(alert, "page"));
}

function tickets(deployment: Deployment): readonly unknown[] {
  const { series } = seriesOf(deployment);
  const { maxConnections, notReady, drainWindow, closeTimeout, grace } = deployment;
  const opened = series("connections_opened_total");
  const closed = series("connections_closed_total");
  const all: readonly Alert[] = [
    {
      name: "ReconnectStorm",
      expr: `sum(rate(${opened}[1m])) > 10 * sum(rate(${opened}[1h])) + 10`,
      for: "2m",
      summary: "Clients come back in crowds: a restart without a drain, or something closes them after they connect.",
    },
    {
      name: "ClientsLost",
      expr: `sum(rate(${series("connections_closed_total", 'code="1006"')}[15m])) / sum(rate(${closed}[15m])) > 0.5`,
      for: "15m",
      summary: "Most connections end without a Close frame: a router's idle timeout below two pings, or a bad network.",
    },
    {
      name: "ServerFaults",
      expr: `sum(rate(${series("connections_closed_total", 'code="1011"')}[15m])) / sum(rate(${closed}[15m])) > 0.1`,
      for: "15m",
      summary: "One connection in ten ends with 1011: clients given up, or handlers that throw.",
    },
    {
      name: "PingTimeouts",
      expr: `sum(rate(${series("pings_timeouts_total")}[15m])) > 10 * sum(rate(${series("pings_timeouts_total")}[1d])) + 0.1`,
      for: "15m",
      summary: "Clients vanish without a word, ten times as many as usual.",
    },
    {
      name: "HandshakesRefused",
      expr: `sum by (reason) (rate(${series("connections_opened_total", 'result="refused"')}[5m])) > 1`,
      for: "10m",
      summary: "Handshakes are refused: {{ $labels.reason }}.",
    },
    {
      name: "FullSoon",
      expr: `${series("connections_active", 'state="open"')} > ${Math.floor(maxConnections * 0.8)}`,
      for: "10m",
      summary: "{{ $labels.instance }} has {{ $value }} connections; it refuses more at the limit.",
      reason: `Four fifths of maxConnections, ${maxConnections}.`,
    },
    {
      name: "DescriptorsShort",
      expr: `${plainSeries("process_open_fds", deployment)} / ${plainSeries("process_max_fds", deployment)} > 0.8`,
      for: "10m",
      summary: "{{ $labels.instance }} soon has no descriptor for another connection.",
    },
    {
      name: "SlowConsumers",
      expr: `sum by (instance) (rate(${series("slow_consumer_total")}[5m])) > 1`,
      for: "15m",
      summary: "Clients do not keep up with what {{ $labels.instance }} sends; memory follows.",
    },
    {
      name: "DrainStuck",
      expr: `${series("draining")} > 0`,
      for: `${seconds(Math.max(grace, notReady + drainWindow + closeTimeout) + 60_000)}s`,
      summary: "{{ $labels.instance }} still drains: a handler does not return.",
      reason: "A minute more than the grace period.",
    },
  ];
  return all.map((alert) => rule(alert, "ticket"));
}

function rule({ name, expr, for: time, summary, reason }: Alert, severity: string): unknown {
  const tree = { alert: name, expr, for: time, labels: { severity }, annotations: { summary } };
  return reason === undefined ? tree : why(tree, reason);
}

function plainSeries(name: string, deployment: Deployment): string {
  return `${name}{${seriesOf(deployment).job}}`;
}
