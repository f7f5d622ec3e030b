/** `npm run bench`: reads the command line, makes the runs, shows, keeps and judges the results. */
import { join } from "node:path";
import { measureChurn } from "./churn/command.ts";
import { describeMachine } from "./measuring/machine.ts";
import { createMeasure } from "./measuring/measure.ts";
import { type Run, runRounds } from "./measuring/rounds.ts";
import { measureMemory } from "./memory/command.ts";
import { type BenchOptions, helpText, parseOptions } from "./options.ts";
import { PEER_NAMES, peerTitle } from "./peers/catalogue.ts";
import { profile } from "./profiling/profile.ts";
import { missedAlways } from "./reporting/gate.ts";
import { createProgress } from "./reporting/progress.ts";
import { evaluate, type ResultRow } from "./reporting/report.ts";
import { writeResults } from "./reporting/result-files.ts";
import type { Provenance, StoredRow } from "./reporting/store.ts";
import { detailTable } from "./reporting/table.ts";
import { planSession, type Session } from "./session.ts";
import { measureSlow } from "./slow/command.ts";
import { measureWorkers } from "./workers/command.ts";
import { WORKLOADS } from "./workloads/catalogue.ts";
import { rowsOf } from "./workloads/workload.ts";

/** The repository: this file runs as `bench/dist/main.js`. */
const ROOT = join(import.meta.dirname, "..", "..");

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What stands in place of options: measurements of their own, each with its own options. */
const COMMANDS: Readonly<
  Record<string, (words: readonly string[], root: string, say: (line: string) => void) => Promise<number>>
> = { memory: measureMemory, churn: measureChurn, slow: measureSlow, workers: measureWorkers };

async function bench(words: readonly string[]): Promise<number> {
  const command = COMMANDS[words[0] ?? ""];
  if (command !== undefined) return command(words.slice(1), ROOT, say);
  const options = parseOptions(words);
  if (options.help) {
    process.stdout.write(helpText());
    return 0;
  }
  const session = await planSession(options, say);
  if (options.profile !== undefined) {
    await profile(ROOT, session, say);
    return 0;
  }
  const startedAt = new Date().toISOString();
  const { rows, failures } = await measure(session);
  say(`${session.notes.map((note) => `- ${note}`).join("\n")}\n`);
  keep(
    rows.map((row) => storedRow(row, session, startedAt)),
    failures,
    options,
  );
  for (const text of failures) process.stderr.write(`Failed: ${text}\n`);
  const passes = options.gate === undefined || (await passesGate(session, rows, options.gate));
  return passes && failures.length === 0 ? 0 : 1;
}

interface Outcome {
  readonly rows: readonly ResultRow[];
  readonly failures: readonly string[];
}

async function measure(session: Session): Promise<Outcome> {
  const progress = createProgress(session, say);
  const runs = await runRounds(session, createMeasure(session.settings, session.pinning), progress);
  const rows = evaluate(
    runs,
    session.workloads.flatMap(rowsOf),
    session.peers.map(({ label }) => label),
  );
  say(`\n${detailTable(rows)}\n`);
  return { rows, failures: runs.flatMap(describeFailure) };
}

async function passesGate(session: Session, rows: readonly ResultRow[], gate: number): Promise<boolean> {
  const missed = await missedAlways(rows, gate, async (doubtful, reasons) => {
    say(`Measured again, since\n${reasons.map(({ text }) => `  ${text}`).join("\n")}`);
    return (await measure({ ...session, workloads: session.workloads.filter(({ id }) => doubtful.has(id)) })).rows;
  });
  for (const { text } of missed) process.stderr.write(`Gate missed: ${text}\n`);
  return missed.length === 0;
}

function storedRow(row: ResultRow, session: Session, startedAt: string): StoredRow {
  const { peers, settings, rounds, idleRounds, notes } = session;
  const from: Provenance = {
    startedAt,
    machine: describeMachine(),
    versions: Object.fromEntries(peers.map(({ label, version }) => [label, version])),
    seconds: settings.seconds,
    ...(row.better === "less" ? { rounds: idleRounds, connections: settings.idleConnections } : { rounds }),
    notes,
  };
  return { ...row, from };
}

/** The first line: the rest was shown when it happened. */
function describeFailure({ failure, workload, peer, round }: Run): string[] {
  return failure === undefined ? [] : [`${workload}, ${peer}, round ${round + 1}: ${failure.split("\n")[0]}`];
}

function keep(rows: readonly StoredRow[], failures: readonly string[], { writes }: BenchOptions): void {
  if (!writes || failures.length > 0) {
    const why = writes ? "some runs failed" : "the run was quick or partial (--write writes it all the same)";
    say(`Not written: ${why}.`);
    return;
  }
  const order = WORKLOADS.flatMap(rowsOf).map(({ id }) => id);
  const titles = new Map(PEER_NAMES.map((name) => [name, peerTitle(name)]));
  say(`Written: ${writeResults(ROOT, rows, order, titles).join(", ")}`);
}

try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 1;
}
