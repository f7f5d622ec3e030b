/** The benchmark's command line. */
import { parseArgs } from "node:util";
import { PEER_NAMES } from "./peers/catalogue.ts";
import { WORKLOADS } from "./workloads/catalogue.ts";

export interface BenchOptions {
  /** Measured seconds of a run. */
  readonly seconds: number;
  /** Paired rounds. */
  readonly rounds: number;
  /** Workload ids or groups; empty: all. */
  readonly only: readonly string[];
  /** The base first. */
  readonly peers: readonly string[];
  /** The least median advantage over the base, or `undefined` for no gate. */
  readonly gate: number | undefined;
  readonly isQuick: boolean;
  /** Whether result files and the README's table are written. */
  readonly writes: boolean;
  readonly help: boolean;
}

const DEFAULT_PEERS = "ws,hawser";

/** Reads the words after `npm run bench --`. Throws a `TypeError` for what is unknown or out of range. */
export function parseOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seconds: { type: "string" },
      reps: { type: "string" },
      only: { type: "string", default: "" },
      peers: { type: "string", default: DEFAULT_PEERS },
      gate: { type: "string" },
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const only = listOf(values.only);
  const rounds = positive("--reps", values.reps ?? (values.quick ? "3" : "9"));
  if (!Number.isInteger(rounds)) throw new TypeError(`Cannot run: --reps must be a whole number, got ${rounds}`);
  return {
    seconds: positive("--seconds", values.seconds ?? (values.quick ? "0.5" : "2")),
    rounds,
    only,
    peers: listOf(values.peers),
    gate: values.gate === undefined ? undefined : positive("--gate", values.gate),
    isQuick: values.quick,
    writes: values.write || (!values.quick && only.length === 0 && values.peers === DEFAULT_PEERS),
    help: values.help,
  };
}

function listOf(text: string): string[] {
  return text.split(",").filter((word) => word !== "");
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`Cannot run: ${option} must be a positive number, got ${text}`);
}

/** What `--help` prints. */
export function helpText(): string {
  const workloads = WORKLOADS.map(({ id, group, title }) => `  ${id.padEnd(10)}${group.padEnd(7)}${title}`).join("\n");
  return `Compares Hawser with ws on this machine: echo throughput and memory of idle connections.

  npm run bench                                  everything, about ten minutes
  npm run bench -- --quick                       everything, roughly, about two minutes
  npm run bench -- --only pp125,idle             some workloads
  npm run bench -- --quick --gate 0.75           fails if a row falls under 0.75 of ws
  npm run bench -- --peers ws,ws --only pp       how much of a difference is noise

Options
  --seconds 2     measured seconds of a run, after a warm-up
  --reps 9        paired rounds; the result is the median of their ratios
  --only LIST     workload ids or groups, see below
  --peers LIST    the base first; known: ${PEER_NAMES.join(", ")} (default ${DEFAULT_PEERS})
  --quick         0.5 s, 3 rounds, 1,000 idle connections: shows trouble, not percents
  --gate RATIO    exit with 1 if a row's median is worse than RATIO times the base
                  (more messages or less memory is better)
  --write         write the results of a partial or quick run, too
  --help          this text

Workloads (id, group)
${workloads}

A complete run writes bench/results/<date>-echo.json and latest.md, and the table between the
bench marks in README.md. Exit code: 0, or 1 if the gate was missed or any run failed, for
example because a server returned something else than it was sent.

Close other programs first, and trust ratios, not figures: bench/README.md says why.
`;
}
