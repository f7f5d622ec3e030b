/** The whole of a session's results as one value, and as a page. */
import type { MeasureSettings } from "../measuring/figure.ts";
import type { Machine } from "../measuring/machine.ts";
import type { Run } from "../measuring/rounds.ts";
import type { ResultRow } from "./report.ts";
import { resultTable } from "./table.ts";

/** What a result file holds. */
export interface ResultDocument {
  /** ISO 8601, when the session began. */
  readonly startedAt: string;
  readonly machine: Machine;
  readonly peers: readonly { readonly label: string; readonly version: string }[];
  readonly settings: MeasureSettings & { readonly rounds: number; readonly idleRounds: number };
  /** What a reader must know: pinning, missing parts, reduced numbers. */
  readonly notes: readonly string[];
  readonly rows: readonly ResultRow[];
  readonly failures: readonly string[];
  readonly runs: readonly Run[];
}

/** The page that `latest.md` holds. */
export function resultPage(document: ResultDocument): string {
  return `# Benchmark results

Written by \`npm run bench\`; do not edit. How to read it: [the benchmark's README](../README.md).

${resultSection(document)}
`;
}

/** The table with what is needed to read it; also what the README shows. */
export function resultSection(document: ResultDocument): string {
  const parts = [
    resultTable(document.rows),
    `${[...circumstances(document), ...document.notes].map((note) => `- ${note}`).join("\n")}`,
  ];
  if (document.failures.length > 0)
    parts.push(`Failed runs:\n\n${document.failures.map((text) => `- ${text}`).join("\n")}`);
  return parts.join("\n\n");
}

function circumstances({ startedAt, machine, peers, settings }: ResultDocument): string[] {
  const versions = peers.map(({ label, version }) => `${label} ${version}`).join(", ");
  const { seconds, rounds, idleRounds, idleConnections } = settings;
  return [
    `${startedAt.slice(0, 10)}, commit ${machine.commit}: ${versions}, Node ${machine.node}.`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, loopback.`,
    `Medians of ${rounds} paired rounds of ${seconds} s; memory: ${idleRounds} rounds of ${idleConnections} connections.`,
    "Echo: messages for each second of the server's CPU time. `*`: the load generator had no time left.",
  ];
}
