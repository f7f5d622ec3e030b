/** The command line of `npm run bench -- memory`. */
import { parseArgs } from "node:util";
import { parseSetting, settingTitle } from "../workloads/compression.ts";
import { GUIDE_ROWS, type GuideRow, MESSAGES } from "./guide.ts";

export interface MemoryOptions {
  readonly connections: number;
  /** Of `ws`, whose contexts would take gigabytes. */
  readonly wsConnections: number;
  /** Without compression first: the others are read against it. */
  readonly rows: readonly GuideRow[];
  /** Milliseconds after which unused windows are compressed, where that is measured. */
  readonly coldAfter: number;
  /** Whether result files are written. */
  readonly writes: boolean;
}

const CONNECTIONS = 10_000;
const WS_CONNECTIONS = 2_000;
const COLD_AFTER = 1_000;

export const MEMORY_HELP = `Measures the memory that compression takes for each connection of a server process, at the settings
of the compression guide of Python's websockets, beside that guide's figures and ws: just open; after
${MESSAGES} JSON messages each way, with both windows full; and once unused windows are compressed in place.

  npm run bench -- memory                          every row, a quarter of an hour
  npm run bench -- memory --connections 500 --only 12/5,9/2

Options
  --connections ${CONNECTIONS}    connections to Hawser
  --ws-connections ${WS_CONNECTIONS}  connections to ws, whose contexts would take gigabytes; 0 leaves it out
  --only LIST            rows, such as 15/8,12/5 (default all); the one without compression is always there
  --cold-after ${COLD_AFTER}      milliseconds until a window counts as unused
  --write                write the results of a partial run, too
  --help                 this text

A complete run writes bench/results/compression-memory.json, compression-memory.md, and the table
between the bench marks in docs/guides/compression.md.
`;

/** Reads the words after `npm run bench -- memory`. Throws a `TypeError` for what is unknown or out of range. */
export function parseMemoryOptions(words: readonly string[]): MemoryOptions | "help" {
  const { values } = parseArgs({
    args: [...words],
    options: {
      connections: { type: "string", default: String(CONNECTIONS) },
      "ws-connections": { type: "string", default: String(WS_CONNECTIONS) },
      only: { type: "string" },
      "cold-after": { type: "string", default: String(COLD_AFTER) },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const connections = wholeNumber("--connections", values.connections, 1);
  const wsConnections = wholeNumber("--ws-connections", values["ws-connections"], 0);
  const isComplete = values.only === undefined && connections === CONNECTIONS && wsConnections === WS_CONNECTIONS;
  return {
    connections,
    wsConnections,
    rows: selectRows(values.only),
    coldAfter: wholeNumber("--cold-after", values["cold-after"], 1),
    writes: values.write || isComplete,
  };
}

function selectRows(list: string | undefined): readonly GuideRow[] {
  if (list === undefined) return GUIDE_ROWS;
  const wanted = list.split(",").map(titleOf);
  return GUIDE_ROWS.filter(({ setting }) => setting === undefined || wanted.includes(settingTitle(setting)));
}

function titleOf(word: string): string {
  const setting = parseSetting(word);
  const titles = GUIDE_ROWS.flatMap((row) => (row.setting === undefined ? [] : [settingTitle(row.setting)]));
  if (setting !== undefined && titles.includes(word)) return word;
  throw new TypeError(`Cannot measure memory: --only must name settings (${titles.join(", ")}), got ${word}`);
}

/** Throws a `TypeError` unless the text is a whole number and not less than `least`. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new TypeError(`Cannot measure: ${option} must be a whole number, at least ${least}, got ${text}`);
}
