/** The benchmark's command line. */
import { parseArgs } from "node:util";
import { PEER_NAMES, peerTitle } from "./peers/catalogue.ts";
import { QUICK_WORKLOADS, WORKLOADS } from "./workloads/catalogue.ts";

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
  /** The workloads to show the profiles of, instead of measuring: ids or groups, as in `only`. */
  readonly profile: string | undefined;
  /** Whether result files and the README's tables are written. */
  readonly writes: boolean;
  readonly help: boolean;
}

/** Without `ws-local`, which stands in for `ws` only where nothing can be installed. */
const FULL_PEERS = PEER_NAMES.filter((name) => name !== "ws-local").join(",");
const SHORT_PEERS = "ws,hawser";

/** Reads the words after `npm run bench --`. Throws a `TypeError` for what is unknown or out of range. */
export function parseOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seconds: { type: "string" },
      reps: { type: "string" },
      only: { type: "string" },
      peers: { type: "string" },
      gate: { type: "string" },
      profile: { type: "string" },
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { quick, profile } = values;
  const isShort = quick || profile !== undefined;
  const rounds = positive("--reps", values.reps ?? (quick ? "3" : "9"));
  if (!Number.isInteger(rounds)) throw new TypeError(`Cannot run: --reps must be a whole number, got ${rounds}`);
  const options = {
    seconds: positive("--seconds", values.seconds ?? (quick ? "0.5" : "2")),
    rounds,
    only: listOf(profile ?? values.only ?? (quick ? QUICK_WORKLOADS.join(",") : "")),
    peers: listOf(values.peers ?? (isShort ? SHORT_PEERS : FULL_PEERS)),
    gate: values.gate === undefined ? undefined : positive("--gate", values.gate),
    isQuick: quick,
    profile,
    writes: values.write || (!isShort && values.only === undefined && values.peers === undefined),
    help: values.help,
  };
  if (options.peers.length === 0) throw new TypeError("Cannot run: --peers names nobody");
  if (values.write && options.peers[0] !== "ws")
    throw new TypeError(`Cannot write: results are kept as ratios to ws, got ${options.peers[0]} as the base`);
  return options;
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
  const workloads = WORKLOADS.map(({ id, group, title }) => `  ${id.padEnd(12)}${group.padEnd(8)}${title}`).join("\n");
  const peers = PEER_NAMES.map((name) => `  ${name.padEnd(18)}${peerTitle(name)}`).join("\n");
  return `Compares Hawser with ws, uWebSockets.js, Bun and undici on this machine: what is done for
each second of CPU time, and what an idle connection holds. The peers are installed once, outside
the project.

  npm run bench                                  everything, more than an hour
  npm run bench -- --quick --gate 0.75           under a minute; fails if a row falls under 0.75 of ws
  npm run bench -- --only pp125,idle             some workloads, all peers
  npm run bench -- --only pp --peers ws,hawser --reps 3
  npm run bench -- --only in --write             measures them anew, and writes their rows
  npm run bench -- --peers ws,ws --only pp       how much of a difference is noise
  npm run bench -- --profile pp125               where the time goes, for ws and hawser
  npm run bench -- memory                        what compression holds for each connection
  npm run bench -- churn                         what connections leave behind, and bombs
  npm run bench -- slow                          what a receiver that does not read does to the others
  npm run bench -- workers                       several processes under hawser run

memory, churn, slow and workers have options of their own: npm run bench -- memory --help

Options
  --only LIST     workload ids or groups, see below (default all)
  --peers LIST    the base first, see below (default all but ws-local; with --quick or --profile
                  ${SHORT_PEERS})
  --reps 9        paired rounds; the result is the median of their ratios
  --seconds 2     measured seconds of a run, after a warm-up
  --quick         0.5 s, 3 rounds, 1,000 idle connections, and unless --only says otherwise only
                  ${QUICK_WORKLOADS.join(",")}: shows trouble, not percents
  --gate RATIO    exit with 1 if a row's median of ours is worse than RATIO times the base
                  (more done or less memory is better) each of three times
  --write         write the results of a partial run, too: its rows replace the stored ones, the
                  others stay
  --profile LIST  profiles of these workloads: shares of kernel, Node, JavaScript and the rest, and
                  the functions at the top; with perf if it is installed (Debian: linux-perf), else
                  V8's own profiler; written to bench/results/profile-ID.md
  --help          this text

Workloads (id, group)
${workloads}

Peers
${peers}

A complete run writes bench/results/results.json, latest.md, and the tables between the bench
marks in README.md. Exit code: 0, or 1 if the gate was missed or any run failed, for example
because a server returned something else than it was sent.

Close other programs first, and trust ratios, not figures: bench/README.md says why.
`;
}
