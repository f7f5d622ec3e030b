/** The result as one HTML file: what happened as curves, and the tables. */

import { type Axis, CHART_STYLE, lineChart, type Series } from "../report/line-chart.ts";
import { html, type Markup } from "../report/markup.ts";
import { htmlPage } from "../report/page.ts";
import { linearScale, logarithmicScale, type Scale } from "../report/scale.ts";
import { TIMER_SLACK } from "./generator/schedule.ts";
import type { BenchResult, TimelinePoint } from "./result.ts";
import { countLines, LATENCY_HEAD, LATENCY_TITLES, latencyCells, loadLine } from "./text-report.ts";

export function htmlReport(result: BenchResult): string {
  const { load, machine, startedAt, notes, broken } = result;
  const body = html`<p>${loadLine(load)}.</p>
<p class="quiet">${startedAt.slice(0, 16).replace("T", " ")} UTC, Node ${machine.node}, ${machine.cores} x ${machine.processor}, ${machine.platform}</p>
${broken.map(({ threshold, value }) => html`<p class="failed">${threshold}: ${value}</p>`)}
${notes.map((note) => html`<p class="note">${note}</p>`)}
${latencySection(result)}
<h2>Counted</h2>
<ul>${countLines(result).map((line) => html`<li>${line}</li>`)}</ul>
<h2>Over time</h2>
<div class="charts">${timeCharts(result)}</div>
${methodSection(result)}`;
  return htmlPage({ title: `Load on ${load.url}`, body, style: html`${CHART_STYLE}${STYLE}` });
}

const STYLE: Markup = html`
.failed::before { content: "Failed: "; font-weight: 600; }
.failed { border-left: 4px solid var(--line-2); padding-left: .75rem; }
ul { padding-left: 1.2rem; }
`;

function latencySection({ latency, opening, curve, load }: BenchResult): Markup {
  const rows = [
    { title: LATENCY_TITLES[load.mode], latency },
    { title: "opening", latency: opening },
  ].flatMap((row) =>
    row.latency === null
      ? []
      : [
          html`<tr><th scope="row">${row.title}</th>${latencyCells(row.latency).map((cell) => html`<td>${cell}</td>`)}</tr>`,
        ],
  );
  if (rows.length === 0) return html``;
  const head = LATENCY_HEAD.map((title) => html`<th scope="col">${title}</th>`);
  const chart = curve.length < 2 ? [] : [percentileChart(curve)];
  return html`<h2>Latency</h2>
<div class="scroll"><table class="rows"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>
<div class="charts">${chart}</div>`;
}

const milliseconds = (value: number) => `${value >= 1 ? value.toLocaleString("en-US") : value} ms`;

function percentileChart(curve: BenchResult["curve"]): Markup {
  const points = curve.map(([percent, latency]) => [100 / (100 - percent), latency] as const);
  const latencies = points.map(([, latency]) => latency);
  return lineChart({
    title: "Percentiles: so many messages were at least as quick",
    x: {
      title: "percentile, each nine as wide as the last",
      scale: logarithmicScale(1, Math.max(10, points.at(-1)![0])),
      text: percentText,
    },
    y: { title: "ms", scale: latencyScale(latencies), text: milliseconds },
    series: [{ name: "latency", points }],
  });
}

/** `99.9` for one of a thousand beyond. */
function percentText(oneOf: number): string {
  return `${Number((100 - 100 / oneOf).toPrecision(9))}`;
}

/** Logarithmic where the largest is more than ten times the least. */
function latencyScale(latencies: readonly number[]): Scale {
  const positive = latencies.filter((latency) => latency > 0);
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length === 0) return linearScale(0, 1);
  return most > least * 10 ? logarithmicScale(least, most) : linearScale(0, most);
}

function timeCharts({ timeline, load }: BenchResult): Markup[] {
  if (timeline.length === 0) return [];
  const x: Axis = {
    title: "seconds",
    scale: linearScale(0, Math.round(timeline.at(-1)!.time / 100) / 10),
    text: (value) => value.toLocaleString("en-US"),
  };
  const pointsOf = (value: (point: TimelinePoint) => number | null): Series["points"] =>
    timeline.map((point) => [point.time / 1_000, value(point)]);
  const rates = load.mode === "churn" ? (["opened"] as const) : (["sent", "received"] as const);
  const latencies = ["p50", "p90", "p99", "max"] as const;
  const all = timeline.flatMap((point) => latencies.map((name) => point[name] ?? 0));
  const plain = (title: string, series: readonly Series[]) =>
    lineChart({ title, x, y: { title: "", scale: countScale(series), text: count }, series });
  return [
    lineChart({
      title: "Latency (ms)",
      x,
      y: { title: "ms", scale: latencyScale(all), text: figureText },
      series: latencies.map((name) => ({ name, points: pointsOf((point) => point[name]) })),
    }),
    plain(
      load.mode === "churn" ? "Connections opened a second" : "Messages a second",
      rates.map((name) => ({ name, points: pointsOf((point) => point[name]) })),
    ),
    plain("Clients that are open", [{ name: "open", points: pointsOf(({ open }) => open) }]),
    ...(timeline.every(({ errors }) => errors === 0)
      ? []
      : [plain("Errors", [{ name: "errors", points: pointsOf(({ errors }) => errors) }])]),
  ];
}

function countScale(series: readonly Series[]): Scale {
  return linearScale(0, Math.max(1, ...series.flatMap(({ points }) => points.map(([, value]) => value ?? 0))));
}

function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function figureText(value: number): string {
  return value >= 1 ? count(value) : String(Number(value.toPrecision(2)));
}

function methodSection({ load }: BenchResult): Markup {
  const corrected =
    load.rate === null
      ? "No rate was given: each client sent when it had its answer, so nobody sent while the server paused, and high percentiles are better than what users see."
      : `Messages were due at fixed times, evenly over the clients. Latency counts from then, so whoever waited while the server paused is counted (coordinated omission); a message that left no more than ${TIMER_SLACK} ms late, which is as exact as a timer is, counts from when it left.`;
  return html`<h2>How this was measured</h2>
<p>${corrected} Percentiles are of all messages of the measured time, from an HDR histogram of three digits, which those of all threads add up to.</p>`;
}
