/**
 * From runs to results: pairs each peer's figure with the base's of the same round, and takes the median of the ratios.
 *
 * This file does not know how results are shown or kept.
 */
import type { Run } from "../measuring/rounds.ts";
import type { Row } from "../workloads/workload.ts";
import { type Summary, summarize } from "./statistics.ts";

/** One peer's part of a row. */
export interface PeerResult {
  readonly peer: string;
  /** The figure of each run that succeeded, in the order of rounds. */
  readonly values: readonly number[];
  /** In the row's unit; `undefined` if no run succeeded. */
  readonly value: Summary | undefined;
  /** This peer's figure divided by the base's, round by round; 1 by definition for the base itself. */
  readonly ratio: Summary | undefined;
  /** Means over the runs of what `Figure.circumstances` holds. */
  readonly circumstances: Readonly<Record<string, number>>;
}

export interface ResultRow extends Row {
  /** Those that take part in the workload, the base first. */
  readonly peers: readonly PeerResult[];
}

/** The results of these runs, a row for each of `rows`. The first of `peers` is the base; one without any run is left out. */
export function evaluate(runs: readonly Run[], rows: readonly Row[], peers: readonly string[]): ResultRow[] {
  return rows.map((row) => {
    const base = figuresByRound(runs, row.id, peers[0]!);
    const taking = peers.filter((peer) => runs.some((run) => run.workload === row.workload && run.peer === peer));
    return { ...row, peers: taking.map((peer) => evaluatePeer(peer, figuresByRound(runs, row.id, peer), base)) };
  });
}

/** How much better than the base: the ratio where more is better, its inverse where less is. */
export function advantage(row: Row, ratio: number): number {
  return row.better === "more" ? ratio : 1 / ratio;
}

type ByRound = ReadonlyMap<number, Run["figures"][number]>;

function figuresByRound(runs: readonly Run[], row: string, peer: string): ByRound {
  const own = runs.filter((run) => run.peer === peer);
  return new Map(
    own.flatMap(({ round, figures }) => figures.filter((one) => one.row === row).map((one) => [round, one])),
  );
}

function evaluatePeer(peer: string, own: ByRound, base: ByRound): PeerResult {
  const figures = [...own.values()];
  const ratios = [...own].flatMap(([round, { value }]) => {
    const paired = base.get(round);
    return paired === undefined ? [] : [value / paired.value];
  });
  return {
    peer,
    values: figures.map(({ value }) => value),
    value: summaryOf(figures.map(({ value }) => value)),
    ratio: summaryOf(ratios),
    circumstances: meanOf(figures.map(({ circumstances }) => circumstances)),
  };
}

function summaryOf(values: readonly number[]): Summary | undefined {
  return values.length === 0 ? undefined : summarize(values);
}

function meanOf(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = Object.keys(records[0] ?? {});
  const mean = (name: string) => records.reduce((sum, record) => sum + record[name]!, 0) / records.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)]));
}
