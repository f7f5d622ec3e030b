/** The command line of `hawser plan`, taken apart and checked. */

import { LOAD_RULES, type LoadOptions, loadOptions } from "../bench/options.ts";
import { UsageError } from "../command.ts";
import { numberOption, type OptionRules, readWords, sizeOption } from "../options.ts";

const RULES = {
  ...LOAD_RULES,
  connections: { type: "string", short: "c" },
  rate: { type: "string", short: "r" },
  headroom: { type: "string" },
  memory: { type: "string" },
  sample: { type: "string" },
  url: { type: "string" },
  quick: { type: "boolean" },
  json: { type: "string" },
  html: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies OptionRules;

/** What is asked: so much load, so much left. */
export interface Demand {
  readonly connections: number;
  /** Messages a second that each client sends. */
  readonly rate: number;
  /** Share of a process' time that stays free, 0 to 1. */
  readonly headroom: number;
  /** What a process may use (bytes); `undefined`: no limit but the heap's. */
  readonly memory: number | undefined;
}

export interface PlanOptions extends LoadOptions {
  readonly entry: string;
  readonly args: readonly string[];
  readonly demand: Demand;
  /** Connections that are opened to measure. */
  readonly sample: number;
  /** What the clients connect to; its port, if it has none, is the program's. */
  readonly url: string | undefined;
  readonly isQuick: boolean;
  readonly json: string | undefined;
  readonly html: string | undefined;
}

/** Percent: what a restart of one process of four brings to the others, and what a busy minute has over the average. */
const HEADROOM = 30;
const SAMPLE = 1_500;
const QUICK_SAMPLE = 600;

/** @throws {UsageError} */
export function parsePlanOptions(words: readonly string[]): PlanOptions | "help" {
  const { values, positionals } = readWords(words, RULES);
  if (values.help === true) return "help";
  const [entry, ...args] = positionals;
  if (entry === undefined) throw new UsageError("the program must be given: a file that calls serve().");
  if (values.connections === undefined || values.rate === undefined) {
    throw new UsageError(
      "--connections (of all clients together) and --rate (messages a second of each) must be given.",
    );
  }
  const isQuick = values.quick === true;
  const { url } = values;
  if (url !== undefined && !(/^wss?:\/\//i.test(url) && URL.canParse(url))) {
    throw new UsageError(`--url must begin with ws:// or wss://, got ${url}.`);
  }
  return {
    ...loadOptions(values),
    entry,
    args,
    demand: {
      connections: numberOption("--connections", values.connections, 0, { least: 1 }),
      rate: numberOption("--rate", values.rate, 0, { least: 0, isWhole: false }),
      headroom: headroomOf(values.headroom),
      memory: sizeOption("--memory", values.memory, undefined),
    },
    sample: numberOption("--sample", values.sample, isQuick ? QUICK_SAMPLE : SAMPLE, { least: 100, most: 20_000 }),
    url,
    isQuick,
    json: values.json,
    html: values.html,
  };
}

function headroomOf(text: string | undefined): number {
  const percent = numberOption("--headroom", text?.replace(/ ?%$/, ""), HEADROOM, {
    least: 0,
    most: 95,
    isWhole: false,
  });
  return percent / 100;
}
