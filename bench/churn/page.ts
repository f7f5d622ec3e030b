/** The tables of what connections leave behind, and of bombs. */
import { markdownTable } from "../reporting/table.ts";
import { BOMB_MEGABYTES, type Bombed } from "./measure-bombs.ts";
import type { Churned } from "./measure-churn.ts";
import type { ChurnOptions } from "./options.ts";

const MIB = 1024 * 1024;

/** Columns of words, before those of numbers. */
const WORDS = 2;

/** MiB of the server's process, a line for each peer. */
export function churnTable(results: readonly Churned[]): string {
  return markdownTable(
    ["server", "", "those that stay alone", "first round open", "highest", "after all rounds", "ratio"],
    results.map(({ peer, variant, needed, firstRound, highest, left }) => [
      peer,
      variant,
      ...[needed, firstRound, highest, left].map(mebibytes),
      (left / needed).toFixed(2),
    ]),
    WORDS,
  );
}

export function bombTable({ bombs, cpu, elapsed, growth, peakGrowth }: Bombed): string {
  return markdownTable(
    ["server", "bombs", "CPU ms each", "ms each", "MiB more after all", "highest MiB rose by"],
    [["hawser", String(bombs), cpu.toFixed(2), elapsed.toFixed(2), mebibytes(growth), mebibytes(peakGrowth)]],
  );
}

export interface ChurnPage {
  readonly extent: Pick<ChurnOptions, "connections" | "rounds" | "staying">;
  readonly churned: readonly Churned[];
  readonly bombed: Bombed;
  /** Where the figures come from, a line each. */
  readonly origin: readonly string[];
}

/** The page that `churn.md` holds. */
export function churnPage({ extent, churned, bombed, origin }: ChurnPage): string {
  const { connections, rounds, staying } = extent;
  return `# What connections leave behind, and bombs

Written by \`npm run bench -- churn\`; do not edit. How it is measured: [the benchmark's README](../README.md).

${connections.toLocaleString("en-US")} connections came in ${rounds} rounds, exchanged JSON messages that fill both windows of 12 bits, and went; ${staying} of them stayed, some of each round. Resident memory of the server's process in MiB, after forced collections; the ratio is to a process that only ever had ${staying} connections.

${churnTable(churned)}

V8's young generation grows under load, by up to some 30 MiB, and stays, with compression and without, whatever connections there are. With a small one (\`--max-semi-space-size=1\`), the ratio shows what connections leave behind.

Bombs: one message of ${BOMB_MEGABYTES} MB of zeros in 300 KB each, against the default limit of 1 MiB. Each connection was closed with 1009. The times are for a whole connection: handshake, 300 KB through the kernel, inflating up to the limit, closing. The highest also has what was inflated up to the limit, 1 MiB for each bomb however large, until it is collected.

${bombTable(bombed)}

${origin.map((line) => `- ${line}`).join("\n")}
`;
}

function mebibytes(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
