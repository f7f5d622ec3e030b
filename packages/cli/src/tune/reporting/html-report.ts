/**
 * The result as one HTML file: no script, nothing that is fetched, readable on a phone.
 */

import { byteSize, figure, kib, percent } from "../../report/format.ts";
import { html, type Markup } from "../../report/markup.ts";
import { htmlPage } from "../../report/page.ts";
import type { Row, TuneResult } from "../result.ts";
import { codeOf } from "./code.ts";
import { GRID_TABLES } from "./grids.ts";
import { heatMap } from "./heat-map.ts";
import { type RowTable, rowTables } from "./row-columns.ts";
import { STYLE } from "./style.ts";

export function htmlReport(result: TuneResult): string {
  const { corpus, rows, grid, plan, recommendation } = result;
  const body = html`${headSection(result)}
${recommendationSection(result)}
<h2>At a glance</h2>
<div class="charts">${charts(rows, recommendation.row)}</div>
${rowTables(plan).map((table) => rowSection(table, rows, recommendation.row))}
<h2>Every window, every level</h2>
<p class="quiet">One connection that keeps its context. Rows are window bits, columns are levels; 12/5 at level 6, which others are compared with, is underlined, what is recommended is framed.</p>
<div class="maps">${GRID_TABLES.map((table) => heatMap(table, grid, recommendation))}</div>
${methodSection(result)}`;
  return htmlPage({ title: `Compression of ${corpus.source}`, body, style: STYLE });
}

function headSection({ corpus, machine, startedAt }: TuneResult): Markup {
  const { count, bytes, smallest, median, largest, warnings } = corpus;
  const sizes = `${byteSize(smallest)} to ${byteSize(largest)}, median ${byteSize(median)}`;
  return html`<p>${count.toLocaleString("en-US")} messages, ${byteSize(bytes)}: ${sizes}.</p>
<p class="quiet">${startedAt.slice(0, 16).replace("T", " ")} UTC, Node ${machine.node}, ${machine.processor}, ${machine.platform}</p>
${warnings.map((warning) => html`<p class="note">${warning}</p>`)}`;
}

function recommendationSection({ recommendation }: TuneResult): Markup {
  return html`<section class="card"><h2>Recommended: ${recommendation.row}</h2>
<p>${recommendation.reason}</p>
<pre><code>${codeOf(recommendation)}</code></pre></section>`;
}

interface Chart {
  readonly title: string;
  value(row: Row): number;
  text(row: Row): string;
}

const CHARTS: readonly Chart[] = [
  { title: "Size, of the original", value: ({ ratio }) => ratio, text: ({ ratio }) => percent(ratio) },
  {
    title: "Memory of a connection, windows full",
    value: ({ server }) => server.rssFull ?? server.rss,
    text: ({ server }) => `${kib(server.rssFull ?? server.rss)} KiB`,
  },
  {
    title: "CPU to compress and decompress",
    value: ({ roundRobin }) => roundRobin.deflate + roundRobin.inflate,
    text: ({ roundRobin }) => `${figure(roundRobin.deflate + roundRobin.inflate)} µs`,
  },
];

function charts(rows: readonly Row[], chosen: string): Markup[] {
  return CHARTS.map(({ title, value, text }) => {
    const most = Math.max(...rows.map(value));
    const lines = rows.map((row) => {
      const mark = row.id === chosen ? "chosen" : "";
      const share = most > 0 ? Math.max(0, value(row) / most) : 0;
      return html`<span class="${mark}">${row.id}</span><i class="${mark}" style="--share:${share.toFixed(3)}"></i><span class="value ${mark}">${text(row)}</span>`;
    });
    return html`<figure><figcaption>${title}</figcaption><div class="bars">${lines}</div></figure>`;
  });
}

function rowSection({ title, columns }: RowTable, rows: readonly Row[], chosen: string): Markup {
  const head = columns.map((column) => html`<th scope="col">${column.title}</th>`);
  const lines = rows.map((row) => {
    const cells = columns.map((column) => html`<td>${column.text(row)}</td>`);
    return html`<tr class="${row.id === chosen ? "chosen" : ""}"><th scope="row">${row.id}</th>${cells}</tr>`;
  });
  return html`<h2>${title}</h2>
<div class="scroll"><table class="rows"><thead><tr><th scope="col"></th>${head}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

function methodSection({ plan }: TuneResult): Markup {
  const { rounds, connections, exchange, isQuick } = plan;
  const count = connections.toLocaleString("en-US");
  return html`<h2>How this was measured</h2>
${isQuick ? [html`<p class="note">A quick run: few messages, one round, few connections. It shows trouble, not percents.</p>`] : []}
<p>Sizes are payloads on the wire as <code>serve()</code> sends them: what does not shrink goes as it is. Times are CPU time, ${rounds === 1 ? "one round" : `the least of ${rounds} rounds over all settings`}. The first table and the maps have one connection at a time, which keeps its context in the processor's cache; deflates and inflates a second are of ${count} connections in turn.</p>
<p>Memory is that of a server process of its own for each setting: its growth from before ${count} connections were opened until each had sent and received ${exchange} messages, after a forced collection. RSS is resident memory, with what the allocator keeps to itself; &ldquo;in use&rdquo; is heap and buffers alone; &ldquo;windows full&rdquo; adds what is still missing from the windows of both directions. &ldquo;server µs/echo&rdquo; is all of the server's CPU time for a message received and sent back.</p>`;
}
