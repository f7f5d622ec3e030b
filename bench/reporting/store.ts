/**
 * The results that are kept: rows of several sessions side by side, each with where it comes from. A session replaces the
 * rows that it has measured and leaves the others.
 */
import type { Machine } from "../measuring/machine.ts";
import type { PeerResult, ResultRow } from "./report.ts";
import type { Summary } from "./statistics.ts";

/** Where a row's figures come from. */
export interface Provenance {
  /** ISO 8601, when the session began. */
  readonly startedAt: string;
  readonly machine: Machine;
  /** By label. */
  readonly versions: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly rounds: number;
  /** For rows of memory. */
  readonly connections?: number;
  readonly notes: readonly string[];
}

export interface StoredRow extends ResultRow {
  readonly from: Provenance;
}

/** What the file of results holds, in the order of the catalogue. */
export interface ResultStore {
  readonly rows: readonly StoredRow[];
}

export const EMPTY_STORE: ResultStore = { rows: [] };

/** Digits that a stored figure keeps: more than it is known by. */
const DIGITS = 5;

/** The store with these rows in the place of those of the same id. `order`: all ids; a row that is not among them goes. */
export function mergeRows(store: ResultStore, fresh: readonly StoredRow[], order: readonly string[]): ResultStore {
  const rows = new Map([...store.rows, ...fresh.map(roundRow)].map((row) => [row.id, row]));
  return { rows: order.flatMap((id) => rows.get(id) ?? []) };
}

function roundRow(row: StoredRow): StoredRow {
  return { ...row, peers: row.peers.map(roundPeer) };
}

function roundPeer(peer: PeerResult): PeerResult {
  const circumstances = Object.entries(peer.circumstances).map(([name, value]) => [name, round(value)]);
  return {
    ...peer,
    values: peer.values.map(round),
    value: roundSummary(peer.value),
    ratio: roundSummary(peer.ratio),
    circumstances: Object.fromEntries(circumstances),
  };
}

function roundSummary(summary: Summary | undefined): Summary | undefined {
  if (summary === undefined) return undefined;
  const { median, lower, upper, count } = summary;
  return { median: round(median), lower: round(lower), upper: round(upper), count };
}

function round(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
