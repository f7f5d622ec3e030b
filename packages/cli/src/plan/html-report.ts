/** The plan as one HTML file: the measured curves, and the answer. */

import { type Axis, CHART_STYLE, lineChart, type Series } from "../report/line-chart.ts";
import { html, type Markup } from "../report/markup.ts";
import { htmlPage } from "../report/page.ts";
import { linearScale, logarithmicScale } from "../report/scale.ts";
import type { PlanResult, Step } from "./result.ts";
import {
  answerLines,
  answerTitle,
  capacityLines,
  capacityTitle,
  headLine,
  limitLines,
  STEP_HEAD,
  stepRows,
} from "./text-report.ts";

export function htmlReport(result: PlanResult): string {
  const { startedAt, measured, notes } = result;
  const body = html`<p class="quiet">${headLine(result)}; ${startedAt.slice(0, 16).replace("T", " ")} UTC</p>
${notes.map((note) => html`<p class="note">${note}</p>`)}
<section class="card"><h2>${answerTitle(result)}</h2>${listOf(answerLines(result))}
<pre><code>${limitLines(result).join("\n")}</code></pre></section>
<h2>${capacityTitle(result)}</h2>
${listOf(capacityLines(result))}
<h2>Under load</h2>
<div class="charts">${charts(result)}</div>
${stepTable(measured.steps)}
${methodSection(result)}`;
  return htmlPage({ title: `Plan for ${result.entry}`, body, style: html`${CHART_STYLE}${STYLE}` });
}

const STYLE: Markup = html`
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
`;

function listOf(rows: readonly (readonly [string, string])[]): Markup {
  return html`<dl>${rows.map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>`)}</dl>`;
}

function charts({ measured, capacity, demand }: PlanResult): Markup[] {
  const steps = measured.steps.toSorted((one, other) => one.received - other.received);
  const most = Math.max(1, ...steps.map(({ received }) => received));
  const x: Axis = { title: "messages answered a second", scale: linearScale(0, most), text: count };
  const pointsOf = (value: (step: Step) => number | null): Series["points"] =>
    steps.map((step) => [step.received, value(step)]);
  const target = capacity.messages <= most ? [{ name: "planned", x: capacity.messages }] : [];
  const latencies = steps.flatMap(({ p50, p99 }) => [p50 ?? 0, p99 ?? 0]).filter((latency) => latency > 0);
  const y =
    latencies.length === 0 ? linearScale(0, 1) : logarithmicScale(Math.min(...latencies), Math.max(...latencies));
  return [
    lineChart({
      title: "Latency",
      x,
      y: { title: "ms", scale: y, text: (value) => `${Number(value.toPrecision(3))} ms` },
      series: [
        { name: "p50", points: pointsOf(({ p50 }) => p50) },
        { name: "p99", points: pointsOf(({ p99 }) => p99) },
      ],
      marks: target,
      hasDots: true,
    }),
    lineChart({
      title: "Time of the process that is used",
      x,
      y: { title: "", scale: linearScale(0, 1), text: (share) => `${Math.round(share * 100)} %` },
      series: [
        { name: "CPU, of a core", points: pointsOf(({ cpu }) => cpu) },
        { name: "event loop busy", points: pointsOf(({ loop }) => loop) },
      ],
      marks: [...target, { name: "headroom begins", y: 1 - demand.headroom }],
      hasDots: true,
    }),
  ];
}

function stepTable(steps: readonly Step[]): Markup {
  const head = STEP_HEAD.map((title) => html`<th scope="col">${title}</th>`);
  const rows = stepRows(steps).map(([first = "", ...cells]) => {
    return html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  });
  return html`<div class="scroll"><table class="rows"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function methodSection({ measured, demand }: PlanResult): Markup {
  return html`<h2>How this was measured</h2>
<p>One process of the program, ${count(measured.memory.sample)} connections to it from the same machine. Memory is resident memory after a forced collection, before and after the connections were opened and each had messages. Then messages were sent at growing rates, evenly over the connections and on time whether answers came or not; latency counts from when a message was due.</p>
<p>CPU time of a message is the slope of a line through CPU time over messages, of all rates at which everything was answered; ± is twice the deviation of the points from it. A ping every 20 s for each connection is added. ${Math.round(demand.headroom * 100)} % of the time stays free: for bursts, for collections of garbage, and for the clients of a process that restarts.</p>`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
