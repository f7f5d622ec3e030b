/** The gate: whether our own results reach a share of the base's. */
import { advantage, type ResultRow } from "./report.ts";

export interface Missed {
  /** The id of the workload. */
  readonly workload: string;
  readonly text: string;
}

/**
 * The results of our own whose median advantage is under the gate. A result that is missing is under every gate; other libraries
 * are not held to it.
 */
export function belowGate(rows: readonly ResultRow[], gate: number): Missed[] {
  return rows.flatMap((row) =>
    row.peers.slice(1).flatMap(({ peer, ratio }) => {
      if (!peer.startsWith("hawser")) return [];
      const { id, workload } = row;
      if (ratio === undefined) return [{ workload, text: `${id}: no result for ${peer}` }];
      const reached = advantage(row, ratio.median);
      if (reached >= gate) return [];
      return [{ workload, text: `${id}: ${peer} reaches ${reached.toFixed(2)} of the base, the gate is ${gate}` }];
    }),
  );
}

/** How often what missed the gate is measured again. */
const FURTHER_LOOKS = 2;

/**
 * What misses the gate every time: a machine that has other things to do makes a row miss it once, a loss makes it miss always.
 *
 * @param measureAgain gives the rows of these workloads anew
 */
export async function missedAlways(
  rows: readonly ResultRow[],
  gate: number,
  measureAgain: (workloads: ReadonlySet<string>, missed: readonly Missed[]) => Promise<readonly ResultRow[]>,
): Promise<readonly Missed[]> {
  let missed = belowGate(rows, gate);
  for (let look = 0; look < FURTHER_LOOKS && missed.length > 0; look++) {
    const workloads = new Set(missed.map(({ workload }) => workload));
    missed = belowGate(await measureAgain(workloads, missed), gate);
  }
  return missed;
}
