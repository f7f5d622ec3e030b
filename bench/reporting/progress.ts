/** What the terminal shows while the runs are made: a line for each row as soon as a round has it for all peers. */
import type { RoundsPlan, Run } from "../measuring/rounds.ts";
import { type Row, rowsOf } from "../workloads/workload.ts";
import { evaluate, type ResultRow } from "./report.ts";
import { formatFigure, formatRatio } from "./table.ts";

/** Takes each run as it is made, and writes lines: the plan at once, rows and failures as they come. */
export function createProgress(plan: RoundsPlan, write: (line: string) => void): (run: Run) => void {
  const labels = plan.peers.map(({ label }) => label);
  const runs: Run[] = [];
  write(
    `${labels.join(" against ")}: ${plan.workloads.length} workloads, ${plan.rounds} rounds (memory: ${plan.idleRounds})`,
  );
  return (run) => {
    runs.push(run);
    if (run.failure !== undefined) write(`FAILED ${run.workload} on ${run.peer}: ${run.failure}`);
    if (!isPaired(runs, run, labels)) return;
    for (const row of rowsOf(plan.workloads.find(({ id }) => id === run.workload)!))
      write(progressLine(runs, row, run.round, labels));
  };
}

function isPaired(runs: readonly Run[], { round, workload }: Run, labels: readonly string[]): boolean {
  return runs.filter((run) => run.round === round && run.workload === workload).length === labels.length;
}

function progressLine(runs: readonly Run[], row: Row, round: number, labels: readonly string[]): string {
  const thisRound = evaluate(
    runs.filter((run) => run.round === round),
    [row],
    labels,
  )[0]!;
  const soFar = evaluate(runs, [row], labels)[0]!;
  const figures = thisRound.peers.map(({ peer, value }) =>
    `${peer} ${value ? formatFigure(value.median) : "failed"}`.padEnd(20),
  );
  return `round ${round + 1}  ${row.id.padEnd(12)}${figures.join("")}ratio ${ratios(thisRound)}  median so far ${ratios(soFar)}`;
}

function ratios({ peers }: ResultRow): string {
  return peers
    .slice(1)
    .map(({ ratio }) => (ratio === undefined ? "-" : formatRatio(ratio.median)))
    .join(", ");
}
