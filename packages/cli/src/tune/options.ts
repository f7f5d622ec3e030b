/** The command line of `hawser tune`: what it may say, and what it comes to. */

import { UsageError } from "../command.ts";
import { CORPORA } from "../corpora/index.ts";
import { suggestion } from "../nearest.ts";
import { numberOption, type OptionRules, type OptionValues, readWords } from "../options.ts";
import type { Plan } from "./result.ts";
import { ALL_LEVELS, QUICK_LEVELS } from "./settings.ts";

/** Where the messages come from. */
export type Source = CorpusSource | RecordSource;

export type CorpusSource =
  | { readonly kind: "files"; readonly path: string }
  | { readonly kind: "sample"; readonly name: string }
  | { readonly kind: "gitLog"; readonly repository: string };

/** Not a corpus yet: traffic that becomes one. */
export interface RecordSource {
  readonly kind: "record";
  readonly url: string;
  readonly seconds: number;
  readonly output: string;
}

export interface TuneOptions {
  readonly source: Source;
  /** Messages to take at most. */
  readonly messages: number;
  /** Where to write the corpus instead of measuring it. */
  readonly output: string | undefined;
  readonly plan: Plan;
  readonly printsJson: boolean;
  /** Where to write the HTML report. */
  readonly html: string | undefined;
}

const RULES = {
  sample: { type: "string" },
  "git-log": { type: "string" },
  record: { type: "string" },
  messages: { type: "string" },
  seconds: { type: "string" },
  output: { type: "string", short: "o" },
  quick: { type: "boolean" },
  rounds: { type: "string" },
  connections: { type: "string" },
  exchange: { type: "string" },
  rate: { type: "string" },
  json: { type: "boolean" },
  html: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies OptionRules;

type Values = OptionValues<typeof RULES>;

/** Messages that are measured by default: enough to fill windows of 15 bits with small ones. */
export const DEFAULT_MESSAGES = 1_000;
const QUICK_MESSAGES = 300;

/** Where `--record` writes by default. */
export const DEFAULT_OUTPUT = "corpus.jsonl";

const DEFAULT_RATE = 10_000;

/** Figures of a run on 1,000 messages in about a minute, and of a quick one in some ten seconds. */
const FULL_PLAN = { rounds: 3, leastTime: 20_000, connections: 1_000, exchange: 20, levels: ALL_LEVELS } as const;
const QUICK_PLAN = { rounds: 1, leastTime: 10_000, connections: 200, exchange: 10, levels: QUICK_LEVELS } as const;

/**
 * Reads the words after `hawser tune`; `"help"` if they ask for it.
 *
 * @throws {UsageError} for words that are wrong
 */
export function parseTuneOptions(words: readonly string[]): TuneOptions | "help" {
  const { values, positionals } = readWords(words, RULES);
  if (values.help === true) return "help";
  const isQuick = values.quick === true;
  const source = sourceOf(values, positionals);
  const usual = source.kind === "record" ? Number.POSITIVE_INFINITY : isQuick ? QUICK_MESSAGES : DEFAULT_MESSAGES;
  return {
    source,
    messages: numberOption("--messages", values.messages, usual, { least: 1 }),
    output: outputOf(values, source),
    plan: planOf(values, isQuick),
    printsJson: values.json === true,
    html: values.html,
  };
}

function planOf(values: Values, isQuick: boolean): Plan {
  const usual = isQuick ? QUICK_PLAN : FULL_PLAN;
  return {
    isQuick,
    levels: usual.levels,
    leastTime: usual.leastTime,
    rounds: numberOption("--rounds", values.rounds, usual.rounds, { least: 1, most: 99 }),
    connections: numberOption("--connections", values.connections, usual.connections, { least: 10, most: 20_000 }),
    exchange: numberOption("--exchange", values.exchange, usual.exchange, { least: 1, most: 10_000 }),
    rate: numberOption("--rate", values.rate, DEFAULT_RATE, { least: 0, isWhole: false }),
  };
}

function sourceOf(values: Values, positionals: readonly string[]): Source {
  const given = [
    ...positionals.map((path) => ({ words: path, source: { kind: "files", path } as const })),
    ...sampleSource(values),
    ...gitSource(values),
    ...recordSource(values),
  ];
  if (given.length === 0) {
    throw new UsageError("which messages? Name a directory or a .jsonl file, or use --sample, --git-log or --record.");
  }
  if (given.length > 1) {
    throw new UsageError(`one corpus at a time, got ${given.map((one) => one.words).join(" and ")}.`);
  }
  if (values.seconds !== undefined && given[0]!.source.kind !== "record") {
    throw new UsageError("--seconds goes with --record.");
  }
  return given[0]!.source;
}

interface GivenSource {
  /** As on the command line. */
  readonly words: string;
  readonly source: Source;
}

function sampleSource({ sample }: Values): GivenSource[] {
  if (sample === undefined) return [];
  const names = CORPORA.map(({ name }) => name);
  if (!names.includes(sample)) {
    throw new UsageError(`--sample must be one of ${names.join(", ")}, got ${sample}.${suggestion(sample, names)}`);
  }
  return [{ words: `--sample ${sample}`, source: { kind: "sample", name: sample } }];
}

function gitSource(values: Values): GivenSource[] {
  const repository = values["git-log"];
  return repository === undefined ? [] : [{ words: `--git-log ${repository}`, source: { kind: "gitLog", repository } }];
}

function recordSource({ record: url, seconds, output = DEFAULT_OUTPUT }: Values): GivenSource[] {
  if (url === undefined) return [];
  if (!/^wss?:\/\//i.test(url))
    throw new UsageError(`--record needs an address that begins with ws:// or wss://, got ${url}.`);
  const limit = numberOption("--seconds", seconds, Number.POSITIVE_INFINITY, { least: 0.1, isWhole: false });
  return [{ words: `--record ${url}`, source: { kind: "record", url, seconds: limit, output } }];
}

function outputOf({ output, json, html }: Values, source: Source): string | undefined {
  const isWritten = output !== undefined || source.kind === "record";
  if (isWritten && (json !== undefined || html !== undefined)) {
    throw new UsageError(
      "--json and --html report a measurement; a corpus is written now, and measured by a second run.",
    );
  }
  if (output !== undefined && source.kind === "files") {
    throw new UsageError("--output writes the corpus of --sample, --git-log or --record; a report goes to --html.");
  }
  return output;
}
