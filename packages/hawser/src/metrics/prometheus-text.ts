/**
 * Prometheus' text format, version 0.0.4: what a scrape is answered with.
 */

import { isHistogram } from "./merge-snapshots.ts";
import type { HistogramSample, MetricFamily, MetricLabels, MetricSample, MetricSnapshot } from "./snapshot.ts";

/** The `Content-Type` of {@link prometheusText}. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A snapshot as text. Families without samples are left out. */
export function prometheusText(snapshot: MetricSnapshot): string {
  return snapshot
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join("");
}

function familyText({ name, help, type, samples }: MetricFamily): string {
  const head = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  return head + samples.map((sample) => sampleText(name, sample)).join("");
}

function sampleText(name: string, sample: MetricSample): string {
  if (isHistogram(sample)) return histogramText(name, sample);
  return line(name, sample.labels, sample.value);
}

function histogramText(name: string, { labels, buckets, sum, count }: HistogramSample): string {
  const lines = buckets.map((bucket) => line(`${name}_bucket`, { ...labels, le: number(bucket.le) }, bucket.count));
  lines.push(line(`${name}_bucket`, { ...labels, le: "+Inf" }, count));
  lines.push(line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count));
  return lines.join("");
}

function line(name: string, labels: MetricLabels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeValue(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${number(value)}\n`;
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
