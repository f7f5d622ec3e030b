/** The command line of `npm run bench -- slow`. */
import { parseArgs } from "node:util";
import { wholeNumber } from "../memory/options.ts";

export interface SlowOptions {
  /** Fast ones. */
  readonly receivers: number;
  readonly rounds: number;
  /** Publications in each run. */
  readonly messages: number;
  /** Milliseconds between two of them. */
  readonly interval: number;
  /** Whether result files are written. */
  readonly writes: boolean;
}

const DEFAULTS = { receivers: 1_000, rounds: 40, messages: 20, interval: 30 };

export const SLOW_HELP = `Measures what a receiver that does not read does to those that do: messages of 240 bytes are published at
a fixed rate to ${DEFAULTS.receivers} fast receivers, and to one more that does not read, in turn.

  npm run bench -- slow                            about three minutes
  npm run bench -- slow --receivers 100 --rounds 3

Options
  --receivers ${DEFAULTS.receivers}    fast ones, in a process of their own
  --rounds ${DEFAULTS.rounds}          of all ways in turn
  --messages ${DEFAULTS.messages}      published in each run
  --interval ${DEFAULTS.interval}       milliseconds between two of them
  --write             write the results of a partial run, too
  --help              this text

A complete run writes bench/results/slow-receiver.json and slow-receiver.md.
`;

/** Reads the words after `npm run bench -- slow`. Throws a `TypeError` for what is unknown or out of range. */
export function parseSlowOptions(words: readonly string[]): SlowOptions | "help" {
  const { values } = parseArgs({
    args: [...words],
    options: {
      receivers: { type: "string", default: String(DEFAULTS.receivers) },
      rounds: { type: "string", default: String(DEFAULTS.rounds) },
      messages: { type: "string", default: String(DEFAULTS.messages) },
      interval: { type: "string", default: String(DEFAULTS.interval) },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const names = ["receivers", "rounds", "messages", "interval"] as const;
  const numbers = Object.fromEntries(names.map((name) => [name, wholeNumber(`--${name}`, values[name], 1)]));
  const given = numbers as Pick<SlowOptions, (typeof names)[number]>;
  return { ...given, writes: values.write || names.every((name) => given[name] === DEFAULTS[name]) };
}
