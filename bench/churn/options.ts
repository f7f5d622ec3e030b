/** The command line of `npm run bench -- churn`. */
import { parseArgs } from "node:util";
import { wholeNumber } from "../memory/options.ts";
import { checkPeerNames } from "../peers/catalogue.ts";

export interface ChurnOptions {
  /** Opened altogether. */
  readonly connections: number;
  /** In so many rounds. */
  readonly rounds: number;
  /** Left in the end. */
  readonly staying: number;
  readonly peers: readonly string[];
  readonly bombs: number;
  /** Whether result files are written. */
  readonly writes: boolean;
}

const CONNECTIONS = 12_000;
const ROUNDS = 6;
const STAYING = 100;
const BOMBS = 20;

export const CHURN_HELP = `Measures what compressed connections that are gone leave behind, and what a bomb does.

Churn: ${CONNECTIONS} connections come in ${ROUNDS} rounds, exchange messages with a server process, and go, all but ${STAYING};
resident memory in the end, against a server that only ever had those ${STAYING}; with compression, with
a small young generation of V8's, and without compression. Bomb: 300 MB of zeros in 300 KB.

  npm run bench -- churn                           about four minutes
  npm run bench -- churn --connections 1200 --peers hawser

Options
  --connections ${CONNECTIONS}  opened altogether
  --rounds ${ROUNDS}           in which they come and go
  --stay ${STAYING}           left in the end
  --peers hawser,ws    whose servers; bombs are for Hawser alone
  --bombs ${BOMBS}           one after another
  --write              write the results of a partial run, too
  --help               this text

A complete run writes bench/results/churn.json and churn.md.
`;

/** Reads the words after `npm run bench -- churn`. Throws a `TypeError` for what is unknown or out of range. */
export function parseChurnOptions(words: readonly string[]): ChurnOptions | "help" {
  const { values } = parseArgs({
    args: [...words],
    options: {
      connections: { type: "string", default: String(CONNECTIONS) },
      rounds: { type: "string", default: String(ROUNDS) },
      stay: { type: "string", default: String(STAYING) },
      peers: { type: "string", default: "hawser,ws" },
      bombs: { type: "string", default: String(BOMBS) },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const connections = wholeNumber("--connections", values.connections, 1);
  const rounds = wholeNumber("--rounds", values.rounds, 1);
  const staying = wholeNumber("--stay", values.stay, 1);
  const peers = values.peers.split(",").filter((name) => name !== "");
  checkPeerNames(peers);
  if (staying < rounds || connections < staying)
    throw new TypeError(`Cannot measure: --stay must be from --rounds to --connections, got ${staying}`);
  return {
    connections,
    rounds,
    staying,
    peers,
    bombs: wholeNumber("--bombs", values.bombs, 1),
    writes: values.write || (connections === CONNECTIONS && rounds === ROUNDS && staying === STAYING),
  };
}
