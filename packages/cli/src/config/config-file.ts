/**
 * The configuration file: found, read, and checked against a table of options. Every error names file, line and column.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative, resolve } from "node:path";
import * as v from "valibot";
import { UsageError } from "../command.ts";
import { suggestion } from "../nearest.ts";
import type { RawValue } from "./grammar.ts";
import type { OptionEntry, OptionTable } from "./option-table.ts";
import { type Place, parseSourceText, type SourceContent } from "./source-text.ts";

/** Looked for in this order; two of them at once are an error. */
export const CONFIG_FILES: readonly string[] = [
  "hawser.config.json",
  "hawser.config.jsonc",
  "hawser.config.yaml",
  "hawser.config.yml",
];

export interface FileValue {
  readonly value: unknown;
  /** `hawser.config.yaml:3:12`. */
  readonly place: string;
}

export interface ConfigFile {
  /** As messages name it: from the working folder. */
  readonly path: string;
  /** Absolute: paths in the file start here. */
  readonly folder: string;
  /** By the table's names; absent where the file says nothing. */
  readonly values: Readonly<Record<string, FileValue>>;
  /** Whole lines, each with its place. */
  readonly problems: readonly string[];
}

/**
 * @param path as given by the user; `undefined`: one of {@link CONFIG_FILES} in `folder`, if there is one
 * @returns `undefined` if there is none
 * @throws {UsageError} if the file can't be read, or there are two
 */
export function loadConfigFile(table: OptionTable, folder: string, path: string | undefined): ConfigFile | undefined {
  const name = path ?? findConfigFile(folder);
  if (name === undefined) return undefined;
  const syntax = syntaxOf(name);
  const shown = relative(folder, resolve(folder, name)) || name;
  return readConfigText(table, { text: readText(resolve(folder, name), name), syntax, path: shown, folder });
}

function findConfigFile(folder: string): string | undefined {
  const [first, second] = CONFIG_FILES.filter((name) => existsSync(join(folder, name)));
  if (second === undefined) return first;
  throw new UsageError(`there are ${first} and ${second}; remove one, or choose with --config.`);
}

function syntaxOf(name: string): "json" | "yaml" {
  const extension = extname(name).toLowerCase();
  if (extension === ".json" || extension === ".jsonc") return "json";
  if (extension === ".yaml" || extension === ".yml") return "yaml";
  throw new UsageError(`the configuration file must end with .json, .jsonc, .yaml or .yml, got ${name}.`);
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`the configuration file ${name} can't be read: ${(error as Error).message}.`);
  }
}

interface ConfigText {
  readonly text: string;
  readonly syntax: "json" | "yaml";
  readonly path: string;
  /** The working folder. */
  readonly folder: string;
}

/** The same with the text at hand. Nothing is thrown: what is wrong stands in `problems`. */
export function readConfigText(table: OptionTable, { text, syntax, path, folder }: ConfigText): ConfigFile {
  const { problems, content } = parseSourceText(text, syntax);
  const place = ({ line, column }: Place) => `${path}:${line}:${column}`;
  const file = { path, folder: dirname(resolve(folder, path)) };
  if (problems.length > 0) {
    return { ...file, values: {}, problems: problems.map((one) => `${place(one)}: ${one.message}`) };
  }
  const { output, issues = [] } = v.safeParse(fileSchema(table), content.value ?? {});
  if (issues.length > 0) {
    return { ...file, values: {}, problems: issues.map((issue) => problemOf(issue, table, content, place)) };
  }
  const placeOf = (keys: readonly string[]) => place(content.placeOfValue(keys));
  return { ...file, values: valuesOf(table, output as FileShape, placeOf), problems: [] };
}

type FileShape = Readonly<Record<string, unknown>> & { readonly run?: Readonly<Record<string, unknown>> };

/** An issue whose message is only this has its words made here. */
const UNKNOWN_KEY = "unknown key";

/** Keys of other sections come beside `run`. */
function fileSchema(table: OptionTable) {
  return closedObject(
    {
      $schema: v.optional(v.string("$schema must be a text.")),
      ...entriesOf(table, "top"),
      run: v.optional(closedObject(entriesOf(table, "run"), "run must hold options.")),
    },
    "the file must hold keys and values.",
  );
}

/** As `strictObject`, but every unknown key is reported. */
function closedObject<Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  const unknown = v.pipe(
    v.unknown(),
    v.check(() => false, UNKNOWN_KEY),
  );
  return v.pipe(v.custom<object>(isObject, message), v.objectWithRest(entries, unknown));
}

/** valibot takes arrays for objects. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entriesOf(table: OptionTable, place: "top" | "run"): v.ObjectEntries {
  const entries = Object.entries(table).filter(([, { place: one = "run" }]) => one === place);
  return Object.fromEntries(entries.map(([name, entry]) => [name, v.optional(valueSchema(name, entry))]));
}

function valueSchema(name: string, { grammar, isSecret }: OptionEntry<unknown>) {
  return v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
      const reading = isRaw(value) ? grammar.read(value) : undefined;
      if (reading !== undefined) return reading.value;
      addIssue({
        message: `${name} must be ${grammar.expected}, got ${isSecret ? "something else" : shownValue(value)}.`,
      });
      return NEVER;
    }),
  );
}

function isRaw(value: unknown): value is RawValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Characters of a wrong value that an error repeats. */
const SHOWN_LENGTH = 60;

/** What stands there: a single value as in JSON, shortened; more than that, which may contain itself, in words. */
export function shownValue(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "keys and values";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}

type Issue = v.BaseIssue<unknown>;

function problemOf(issue: Issue, table: OptionTable, source: SourceContent, place: (one: Place) => string): string {
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  if (issue.message !== UNKNOWN_KEY) return `${place(source.placeOfValue(keys))}: ${issue.message}`;
  return `${place(source.placeOfKey(keys))}: ${unknownKey(keys, table)}`;
}

function unknownKey(keys: readonly string[], table: OptionTable): string {
  const key = keys.at(-1) ?? "";
  const namesIn = (where: "top" | "run") =>
    Object.keys(table).filter((name) => (table[name]!.place ?? "run") === where);
  if (keys.length > 1) {
    const hint = namesIn("top").includes(key)
      ? ` ${key} stands beside run, not in it.`
      : suggestion(key, namesIn("run"));
    return `run has no option ${key}.${hint}`;
  }
  const hint = namesIn("run").includes(key) ? ` ${key} belongs into run.` : suggestion(key, ["run", ...namesIn("top")]);
  return `unknown key ${key}.${hint}`;
}

function valuesOf(
  table: OptionTable,
  output: FileShape,
  placeOf: (keys: readonly string[]) => string,
): Readonly<Record<string, FileValue>> {
  const found = Object.entries(table).flatMap(([name, { place = "run" }]) => {
    const [section, keys] = place === "top" ? [output, [name]] : [output.run ?? {}, ["run", name]];
    const isGiven = place !== "nowhere" && Object.hasOwn(section, name);
    return isGiven ? [[name, { value: section[name], place: placeOf(keys) }] as const] : [];
  });
  return Object.fromEntries(found);
}
