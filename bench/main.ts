/** `npm run bench`: reads the command line, makes the runs, shows, keeps and judges the results. */
import { join } from "node:path";
import type { MeasureSettings } from "./measuring/figure.ts";
import { describeMachine, openFilesLimit } from "./measuring/machine.ts";
import { createMeasure } from "./measuring/measure.ts";
import { type RoundsPlan, type Run, runRounds } from "./measuring/rounds.ts";
import { type BenchOptions, helpText, parseOptions } from "./options.ts";
import { findPeers } from "./peers/catalogue.ts";
import { choosePinning } from "./processes/pinning.ts";
import { type ResultDocument, resultSection } from "./reporting/document.ts";
import { createProgress } from "./reporting/progress.ts";
import { belowGate, evaluate } from "./reporting/report.ts";
import { writeResults } from "./reporting/result-files.ts";
import { selectWorkloads } from "./workloads/catalogue.ts";
import { rowsOf } from "./workloads/workload.ts";

/** The repository: this file runs as `bench/dist/main.js`. */
const ROOT = join(import.meta.dirname, "..", "..");

const IDLE_CONNECTIONS = 10_000;
const QUICK_IDLE_CONNECTIONS = 1_000;

/** Memory differs little from run to run. */
const IDLE_ROUNDS = 3;

/** Descriptors that a process needs besides its connections. */
const SPARE_FILES = 100;

/** What a session consists of, once the command line and the machine are known. */
interface Session extends RoundsPlan {
  readonly settings: MeasureSettings;
  readonly notes: readonly string[];
  readonly pinning: ReturnType<typeof choosePinning>;
}

async function bench(words: readonly string[]): Promise<number> {
  const options = parseOptions(words);
  if (options.help) {
    process.stdout.write(helpText());
    return 0;
  }
  const session = planSession(options);
  const startedAt = new Date().toISOString();
  const progress = createProgress(session, (line) => process.stdout.write(`${line}\n`));
  const runs = await runRounds(session, createMeasure(session.settings, session.pinning), progress);
  const document = makeDocument(session, startedAt, runs);
  process.stdout.write(`\n${resultSection(document)}\n\n`);
  keep(document, options);
  return judge(document, options.gate);
}

function planSession(options: BenchOptions): Session {
  const wanted = options.isQuick ? QUICK_IDLE_CONNECTIONS : IDLE_CONNECTIONS;
  const idleConnections = Math.min(wanted, openFilesLimit() - SPARE_FILES);
  const peers = findPeers(options.peers);
  const pinning = choosePinning();
  const notes = [pinning.note, ...peers.flatMap((peer) => peer.notes)];
  if (idleConnections < wanted)
    notes.push(`Fewer idle connections than the usual ${wanted}: \`ulimit -n\` is too low.`);
  return {
    workloads: selectWorkloads(options.only),
    peers,
    rounds: options.rounds,
    idleRounds: Math.min(options.rounds, IDLE_ROUNDS),
    settings: { seconds: options.seconds, warmUp: 0.5, idleConnections },
    notes,
    pinning,
  };
}

function makeDocument(session: Session, startedAt: string, runs: readonly Run[]): ResultDocument {
  const { peers, workloads, settings, rounds, idleRounds, notes } = session;
  const labels = peers.map(({ label }) => label);
  return {
    startedAt,
    machine: describeMachine(),
    peers: peers.map(({ label, version }) => ({ label, version })),
    settings: { ...settings, rounds, idleRounds },
    notes,
    rows: evaluate(runs, workloads.flatMap(rowsOf), labels),
    failures: runs.flatMap(describeFailure),
    runs,
  };
}

/** The first line: the rest was shown when it happened, and is kept with the run. */
function describeFailure({ failure, workload, peer, round }: Run): string[] {
  return failure === undefined ? [] : [`${workload}, ${peer}, round ${round + 1}: ${failure.split("\n")[0]}`];
}

function keep(document: ResultDocument, { writes }: BenchOptions): void {
  if (!writes)
    return void process.stdout.write("Not written: the run was quick or partial (--write writes it all the same).\n");
  if (document.failures.length > 0) return void process.stdout.write("Not written: some runs failed.\n");
  process.stdout.write(`Written: ${writeResults(ROOT, document).join(", ")}\n`);
}

function judge({ rows, failures }: ResultDocument, gate: number | undefined): number {
  const missed = gate === undefined ? [] : belowGate(rows, gate);
  for (const text of missed) process.stderr.write(`Gate missed: ${text}\n`);
  if (failures.length > 0) process.stderr.write(`${failures.length} runs failed.\n`);
  return missed.length + failures.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`);
  process.exitCode = 1;
}
