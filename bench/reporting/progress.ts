/** What the terminal shows while the runs are made: a line for each row as soon as a round has it for all peers. */

import type { RoundsPlan, Run } from "../measuring/rounds.ts";
import { takesPart } from "../peers/catalogue.ts";
import { type Row, rowsOf } from "../workloads/workload.ts";
import { evaluate } from "./report.ts";
import { formatFigure, formatRatio } from "./table.ts";

/**
 * Takes each run as it is made, and writes lines: the plan at once, rows and failures as they come. In brackets: the median
 * so far of the ratios to the base.
 */
export function createProgress(plan: RoundsPlan, write: (line: string) => void): (run: Run) => void {
  const labels = plan.peers.map(({ label }) => label);
  const runs: Run[] = [];
  write(
    `${labels.join(" against ")}: ${plan.workloads.length} workloads, ${plan.rounds} rounds (memory: ${plan.idleRounds})`,
  );
  return (run) => {
    runs.push(run);
    if (run.failure !== undefined) write(`FAILED ${run.workload} on ${run.peer}: ${run.failure}`);
    const workload = plan.workloads.find(({ id }) => id === run.workload)!;
    if (!isPaired(runs, run, plan.peers.filter((peer) => takesPart(peer, workload)).length)) return;
    for (const row of rowsOf(workload)) write(progressLine(runs, row, run.round, labels));
  };
}

function isPaired(runs: readonly Run[], { round, workload }: Run, peers: number): boolean {
  return runs.filter((run) => run.round === round && run.workload === workload).length === peers;
}

function progressLine(runs: readonly Run[], row: Row, round: number, labels: readonly string[]): string {
  const thisRound = evaluate(
    runs.filter((run) => run.round === round),
    [row],
    labels,
  )[0]!;
  const soFar = evaluate(runs, [row], labels)[0]!;
  const figures = thisRound.peers.map(({ peer, value }, index) => {
    const ratio = soFar.peers[index]?.ratio;
    const figure = value === undefined ? "failed" : formatFigure(value.median);
    return index === 0 || ratio === undefined
      ? `${peer} ${figure}`
      : `${peer} ${figure} (${formatRatio(ratio.median)})`;
  });
  return `round ${round + 1}  ${row.id.padEnd(12)}${figures.map((text) => text.padEnd(26)).join("")}`.trimEnd();
}
