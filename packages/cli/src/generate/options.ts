/** The command line of `hawser generate`, taken apart and checked. */

import { UsageError } from "../command.ts";
import { DEPLOY_OPTIONS } from "../config/deploy-options.ts";
import { flagRules, type HelpRow } from "../config/option-table.ts";
import { namedFlags } from "../config/resolve.ts";
import { suggestion } from "../nearest.ts";
import { type OptionRules, readWords } from "../options.ts";
import type { Target } from "./target.ts";

export interface GenerateOptions {
  readonly target: Target;
  /** Of the section `deploy`, by name. */
  readonly flags: Readonly<Record<string, string>>;
  readonly config: string | undefined;
  /** `undefined`: standard output. */
  readonly out: string | undefined;
  readonly isCheck: boolean;
  /** Files of others are overwritten. */
  readonly isForced: boolean;
}

const OWN_RULES = {
  config: { type: "string", short: "c" },
  out: { type: "string", short: "o" },
  check: { type: "boolean" },
  force: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies OptionRules;

export const OWN_HELP: readonly HelpRow[] = [
  ["-c, --config <file>", "the configuration file, instead of hawser.config.json, .jsonc or .yaml here"],
  ["-o, --out <folder>", "writes the files there; without it, they are printed"],
  ["    --force", "overwrites files of --out that it has not made itself"],
  ["    --check", "writes nothing; exit code 1 if a file of --out is not what would be written"],
];

/** @throws {UsageError} */
export function parseGenerateOptions(words: readonly string[], targets: readonly Target[]): GenerateOptions | "help" {
  const rules: OptionRules = { ...flagRules(DEPLOY_OPTIONS), ...OWN_RULES };
  const { values, positionals } = readWords(words, rules);
  if (values["help"] !== undefined) return "help";
  const [name, ...more] = positionals;
  if (name === undefined) throw new UsageError("which target? hawser generate --help lists them.");
  if (more.length > 0) throw new UsageError(`one target can be given, got ${more[0]} after it.`);
  const { config, out } = values as { readonly config?: string; readonly out?: string };
  const isCheck = values["check"] !== undefined;
  if (isCheck && out === undefined) throw new UsageError("--check needs --out, the folder to look at.");
  const isForced = values["force"] !== undefined;
  return { target: targetOf(name, targets), flags: namedFlags(DEPLOY_OPTIONS, values), config, out, isCheck, isForced };
}

function targetOf(name: string, targets: readonly Target[]): Target {
  const target = targets.find((one) => one.name === name);
  if (target !== undefined) return target;
  const names = targets.map((one) => one.name);
  throw new UsageError(`unknown target ${name}.${suggestion(name, names)}`);
}
