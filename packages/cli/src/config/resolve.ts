/**
 * Flags before environment before file before defaults, and where each value came from. Knows no particular option.
 */

import { editDistance } from "../nearest.ts";
import type { OptionValues } from "../options.ts";
import { type ConfigFile, shownValue } from "./config-file.ts";
import { flagOf, nameOfFlag, type OptionTable, type Settings, VARIABLE_PREFIX, variableOf } from "./option-table.ts";

export type Origin =
  | { readonly kind: "default" }
  /** `hawser.config.yaml:3:12`. */
  | { readonly kind: "file"; readonly place: string }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "flag"; readonly flag: string };

export type Origins<Table extends OptionTable> = { readonly [Name in keyof Table]: Origin };

export interface Resolved<Table extends OptionTable> {
  readonly settings: Settings<Table>;
  readonly origins: Origins<Table>;
  /** Sentences. With any, the settings of the options named are their defaults. */
  readonly problems: readonly string[];
}

export interface Sources {
  /** By the names of the table. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | undefined;
}

type Found = { readonly value: unknown; readonly origin: Origin } | { readonly problem: string };

/** Every option's value and origin. Nothing is thrown; an empty variable counts as none. */
export function resolveOptions<Table extends OptionTable>(table: Table, sources: Sources): Resolved<Table> {
  const settings: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  const problems = [...(sources.file?.problems ?? [])];
  for (const name of Object.keys(table)) {
    const found = findValue(table, name, sources);
    if ("problem" in found) problems.push(found.problem);
    settings[name] = "problem" in found ? table[name]!.default : found.value;
    origins[name] = "problem" in found ? { kind: "default" } : found.origin;
  }
  return { settings: settings as Settings<Table>, origins: origins as Origins<Table>, problems };
}

function findValue(table: OptionTable, name: string, { flags, environment, file }: Sources): Found {
  const entry = table[name]!;
  const flag = flags[name];
  if (flag !== undefined) {
    const shown = entry.isPositional ? `the ${name}` : flagOf(name);
    return readText(table, name, flag, { kind: "flag", flag: shown }, shown);
  }
  const variable = variableOf(name);
  const text = environment[variable] || undefined;
  if (text !== undefined) return readText(table, name, text, { kind: "environment", variable }, variable);
  const inFile = file?.values[name];
  if (inFile !== undefined) return { value: inFile.value, origin: { kind: "file", place: inFile.place } };
  return { value: entry.default, origin: { kind: "default" } };
}

function readText(table: OptionTable, name: string, text: string, origin: Origin, shown: string): Found {
  const { grammar, isSecret } = table[name]!;
  const reading = grammar.read(text);
  if (reading !== undefined) return { value: reading.value, origin };
  return { problem: `${shown} must be ${grammar.expected}, got ${isSecret ? "something else" : shownValue(text)}.` };
}

/** The table's names of what `readWords()` found. */
export function namedFlags(
  table: OptionTable,
  values: OptionValues<Readonly<Record<string, { readonly type: "string" | "boolean" }>>>,
): Readonly<Record<string, string>> {
  const named = Object.entries(values).flatMap(([flag, value]) => {
    const name = nameOfFlag(table, flag);
    return name !== undefined && typeof value === "string" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(named);
}

/** Letters that may differ. More would take the variables of others for slips. */
const SLIPS = 2;

/**
 * Sentences about variables that are probably misspelt. Others that begin alike are none of ours: Kubernetes makes
 * `HAWSER_PORT` and more for a service called hawser.
 */
export function misspeltVariables(
  table: OptionTable,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const known = Object.keys(table).map(variableOf);
  const strange = Object.keys(environment).filter((one) => one.startsWith(VARIABLE_PREFIX) && !known.includes(one));
  return strange.flatMap((variable) => {
    const meant = known.find((one) => editDistance(one, variable) <= SLIPS);
    return meant === undefined ? [] : [`${variable} means nothing. Did you mean ${meant}?`];
  });
}
