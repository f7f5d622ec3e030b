/** The results as text: the README's section, and the page with every row's spread and origin. */
import type { ResultRow } from "./report.ts";
import type { Provenance, ResultStore, StoredRow } from "./store.ts";
import { detailTable, figureTable, markdownTable, type PeerColumn, ratioTable } from "./table.ts";

/** How each peer is called, in the order of columns. */
export type Titles = ReadonlyMap<string, string>;

/** The page that `latest.md` holds. */
export function resultPage(store: ResultStore, titles: Titles): string {
  return `# Benchmark results

Written by \`npm run bench\`; do not edit. How to read it: [the benchmark's README](../README.md).

${resultSection(store, titles)}

## Every row and peer

The ratio is to the first peer of the row, paired by round; the quartiles are the ratios'.

${detailTable(store.rows)}

## Where each row comes from

${originTable(store.rows)}
`;
}

/** The short tables with what is needed to read them; what the README shows. */
export function resultSection({ rows }: ResultStore, titles: Titles): string {
  const memory = rows.filter(({ better }) => better === "less");
  const speed = rows.filter(({ better }) => better === "more");
  const parts = [
    section(
      "Servers",
      speed.filter(({ side }) => side === "server"),
      titles,
      ratioTable,
    ),
    section(
      "Clients",
      speed.filter(({ side }) => side === "client"),
      titles,
      ratioTable,
    ),
    section("Memory of an idle connection (KiB, less is better)", memory, titles, figureTable),
    originLines(rows)
      .map((line) => `- ${line}`)
      .join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function section(
  title: string,
  rows: readonly ResultRow[],
  titles: Titles,
  table: (rows: readonly ResultRow[], columns: readonly PeerColumn[]) => string,
): string {
  return rows.length === 0 ? "" : `**${title}**\n\n${table(rows, columnsOf(rows, titles))}`;
}

/** The peers of these rows, in the catalogue's order. */
function columnsOf(rows: readonly ResultRow[], titles: Titles): PeerColumn[] {
  const present = new Set(rows.flatMap(({ peers }) => peers.map(({ peer }) => peer)));
  return [...titles].filter(([label]) => present.has(label)).map(([label, title]) => ({ label, title }));
}

function originLines(rows: readonly StoredRow[]): string[] {
  const origins = rows.map(({ from }) => from);
  return [
    "Things done for each second of CPU time, as a ratio to the first column's: more is better. `*`: the load generator had no time left.",
    `Measured ${distinct(origins, ({ startedAt }) => startedAt.slice(0, 10))}, commit ${distinct(origins, ({ machine }) => machine.commit)}: ${versionsOf(origins)}, Node ${distinct(origins, ({ machine }) => machine.node)}.`,
    `${distinct(origins, ({ machine: { cpu, cores, memoryGiB, system } }) => `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}`)}, loopback.`,
    `Medians of ${distinct(origins, roundsText)}.`,
    ...new Set(origins.flatMap(({ notes }) => notes)),
  ];
}

function originTable(rows: readonly StoredRow[]): string {
  const head = ["workload", "begun", "commit", "Node", "rounds"];
  const lines = rows.map(({ title, from }) => [
    title,
    from.startedAt.slice(0, 16).replace("T", " "),
    from.machine.commit,
    from.machine.node,
    roundsText(from),
  ]);
  return markdownTable(head, lines, head.length);
}

function roundsText({ rounds, seconds, connections }: Provenance): string {
  return connections === undefined
    ? `${rounds} paired rounds of ${seconds} s`
    : `${rounds} paired rounds of ${connections.toLocaleString("en-US")} connections`;
}

function versionsOf(origins: readonly Provenance[]): string {
  const all = origins.flatMap(({ versions }) =>
    Object.entries(versions).map(([label, version]) => `${label} ${version}`),
  );
  return [...new Set(all)].join(", ");
}

function distinct(origins: readonly Provenance[], text: (origin: Provenance) => string): string {
  return [...new Set(origins.map(text))].join("; ");
}
