/**
 * A table of options, and the names that follow from it: flags, environment variables, keys in a file.
 *
 * Knows no particular option. {@link OptionTable}'s keys are the names in the file, in camel case.
 */

import type { OptionRule } from "../options.ts";
import { type Grammar, NOT_SET } from "./grammar.ts";

export interface OptionEntry<Value> {
  readonly grammar: Grammar<Value>;
  readonly default: NoInfer<Value>;
  /** One line, without the default. */
  readonly help: string;
  readonly short?: string;
  /** Where in the file: within `run`, beside it, or nowhere. @default "run" */
  readonly place?: "run" | "top" | "nowhere";
  /** A word by itself, not a flag. */
  readonly isPositional?: boolean;
  /** Never shown. */
  readonly isSecret?: boolean;
}

export type OptionTable = Readonly<Record<string, OptionEntry<unknown>>>;

/** Every option's value. */
export type Settings<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends OptionEntry<infer Value> ? Value : never;
};

/** Lets TypeScript find the type of the value. */
export function option<const Value>(entry: OptionEntry<Value>): OptionEntry<Value> {
  return entry;
}

/** `memoryLimit`: `--memory-limit`. */
export function flagOf(name: string): string {
  return `--${kebab(name)}`;
}

/** `memoryLimit`: `HAWSER_MEMORY_LIMIT`. */
export function variableOf(name: string): string {
  return `${VARIABLE_PREFIX}${kebab(name).replaceAll("-", "_").toUpperCase()}`;
}

export const VARIABLE_PREFIX = "HAWSER_";

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The flags, for `readWords()`: all take a value. */
export function flagRules(table: OptionTable): Readonly<Record<string, OptionRule & { readonly type: "string" }>> {
  const flags = Object.entries(table).filter(([, entry]) => entry.isPositional !== true);
  return Object.fromEntries(
    flags.map(([name, { short }]) => [kebab(name), { type: "string", ...(short === undefined ? {} : { short }) }]),
  );
}

/** The name in the table of a flag without its dashes. */
export function nameOfFlag(table: OptionTable, flag: string): string | undefined {
  return Object.keys(table).find((name) => kebab(name) === flag);
}

/** A flag that is not in the table, in its help: `["    --once", "one look"]`. */
export type HelpRow = readonly [flag: string, help: string];

/**
 * A line for each flag: `  -w, --workers <n>  how many (auto)`.
 *
 * @param more flags that come first
 */
export function flagsHelp(table: OptionTable, more: readonly HelpRow[] = []): string {
  const flags = Object.entries(table).filter(([, entry]) => entry.isPositional !== true);
  const rows = [...more, ...flags.map(([name, entry]) => helpRow(name, entry)), ["-h, --help", ""] as const];
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`.trimEnd()).join("\n");
}

function helpRow(name: string, { grammar, help, short, default: usual }: OptionEntry<unknown>): HelpRow {
  const shown = grammar.show(usual);
  const flag = `${short === undefined ? "   " : `-${short},`} ${flagOf(name)} ${grammar.placeholder}`;
  return [flag, shown === NOT_SET ? help : `${help} (${shown})`];
}
