/**
 * The order of runs: every round makes each workload on each peer, one peer right after the other, so that what disturbs the
 * machine disturbs all; odd rounds go in reverse, so that no peer always comes first.
 *
 * This file does not know how a run is made or shown.
 */
import { type Peer, takesPart } from "../peers/catalogue.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Figure } from "./figure.ts";
import type { Measure } from "./measure.ts";

/** A run that was made, or that failed. */
export interface Run {
  readonly round: number;
  readonly workload: string;
  readonly peer: string;
  readonly figures: readonly Figure[];
  /** Why there are no figures. */
  readonly failure?: string;
}

export interface RoundsPlan {
  readonly workloads: readonly Workload[];
  /** The base of the comparison first. */
  readonly peers: readonly Peer[];
  readonly rounds: number;
  /** Rounds of an idle workload: memory varies little and takes long. */
  readonly idleRounds: number;
}

/** Makes all runs. A failed run is told and recorded, and the others go on. */
export async function runRounds(plan: RoundsPlan, measure: Measure, onRun: (run: Run) => void): Promise<Run[]> {
  const runs: Run[] = [];
  for (const { round, workload, peer } of orderRuns(plan)) {
    const run = { round, workload: workload.id, peer: peer.label, ...(await attempt(measure, workload, peer)) };
    runs.push(run);
    onRun(run);
  }
  return runs;
}

/** The runs in the order in which they are made: those of peers that take part in a workload. */
export function orderRuns({ workloads, peers, rounds, idleRounds }: RoundsPlan): {
  readonly round: number;
  readonly workload: Workload;
  readonly peer: Peer;
}[] {
  return Array.from({ length: rounds }, (_, round) => {
    const due = workloads.filter(({ kind }) => kind !== "idle" || round < idleRounds);
    const order = round % 2 === 0 ? peers : peers.toReversed();
    return due.flatMap((workload) =>
      order.filter((peer) => takesPart(peer, workload)).map((peer) => ({ round, workload, peer })),
    );
  }).flat();
}

async function attempt(measure: Measure, workload: Workload, peer: Peer): Promise<Pick<Run, "figures" | "failure">> {
  try {
    return { figures: await measure(workload, peer) };
  } catch (error) {
    return { figures: [], failure: error instanceof Error ? error.message : String(error) };
  }
}
