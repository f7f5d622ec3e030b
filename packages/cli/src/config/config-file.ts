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
  /** The same of each further section. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, FileValue>>>>;
  /** Whole lines, each with its place. */
  readonly problems: readonly string[];
}

/** Sections of the file beside `run`, each with a table of its own. */
export type SectionTables = Readonly<Record<string, OptionTable>>;

/**
 * @param path as given by the user; `undefined`: one of {@link CONFIG_FILES} in `folder`, if there is one
 * @returns `undefined` if there is none
 * @throws {UsageError} if the file can't be read, or there are two
 */
export function loadConfigFile(
  table: OptionTable,
  folder: string,
  path: string | undefined,
  sections: SectionTables = {},
): ConfigFile | undefined {
  const name = path ?? findConfigFile(folder);
  if (name === undefined) return undefined;
  const syntax = syntaxOf(name);
  const shown = relative(folder, resolve(folder, name)) || name;
  return readConfigText(table, { text: readText(resolve(folder, name), name), syntax, path: shown, folder }, sections);
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
export function readConfigText(
  table: OptionTable,
  { text, syntax, path, folder }: ConfigText,
  sections: SectionTables = {},
): ConfigFile {
  const { problems, content } = parseSourceText(text, syntax);
  const place = ({ line, column }: Place) => `${path}:${line}:${column}`;
  const file = { path, folder: dirname(resolve(folder, path)), values: {}, sections: {} };
  if (problems.length > 0) return { ...file, problems: problems.map((one) => `${place(one)}: ${one.message}`) };
  const all = { run: table, ...sections };
  const { output, issues = [] } = v.safeParse(fileSchema(table, all), content.value ?? {});
  if (issues.length > 0) {
    return { ...file, problems: issues.map((issue) => problemOf(issue, { table, all }, content, place)) };
  }
  const placeOf = (keys: readonly string[]) => place(content.placeOfValue(keys));
  const further = Object.entries(sections).map(
    ([section, own]) => [section, valuesOf(own, output as FileShape, placeOf, section)] as const,
  );
  const values = valuesOf(table, output as FileShape, placeOf, "run");
  return { ...file, values, sections: Object.fromEntries(further), problems: [] };
}

type FileShape = Readonly<Record<string, unknown>>;

/** An issue whose message is only this has its words made here. */
const UNKNOWN_KEY = "unknown key";

/** @param all the tables of the sections, `run` among them */
function fileSchema(table: OptionTable, all: SectionTables) {
  const sections = Object.entries(all).map(([name, own]) => {
    const section = closedObject(entriesOf(own, "run"), `${name} must hold options.`);
    return [name, v.optional(section)] as const;
  });
  return closedObject(
    {
      $schema: v.optional(v.string("$schema must be a text.")),
      ...entriesOf(table, "top"),
      ...Object.fromEntries(sections),
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
      const raw = grammar.isList === true ? joined(value) : value;
      const reading = isRaw(raw) ? grammar.read(raw) : undefined;
      if (reading !== undefined) return reading.value;
      addIssue({
        message: `${name} must be ${grammar.expected}, got ${isSecret ? "something else" : shownValue(value)}.`,
      });
      return NEVER;
    }),
  );
}

/** A list of words, as a flag would have it. */
function joined(value: unknown): unknown {
  const isList = Array.isArray(value) && value.every((word) => typeof word === "string" && !word.includes(","));
  return isList ? value.join(",") : value;
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

interface Tables {
  readonly table: OptionTable;
  readonly all: SectionTables;
}

function problemOf(issue: Issue, tables: Tables, source: SourceContent, place: (one: Place) => string): string {
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  if (issue.message !== UNKNOWN_KEY) return `${place(source.placeOfValue(keys))}: ${issue.message}`;
  return `${place(source.placeOfKey(keys))}: ${unknownKey(keys, tables)}`;
}

function namesIn(table: OptionTable, where: "top" | "run"): readonly string[] {
  return Object.keys(table).filter((name) => (table[name]!.place ?? "run") === where);
}

function unknownKey(keys: readonly string[], { table, all }: Tables): string {
  const key = keys.at(-1) ?? "";
  const top = namesIn(table, "top");
  if (keys.length > 1) {
    const section = keys[0]!;
    const hint = top.includes(key)
      ? ` ${key} stands beside ${section}, not in it.`
      : suggestion(key, namesIn(all[section] ?? {}, "run"));
    return `${section} has no option ${key}.${hint}`;
  }
  const home = Object.keys(all).find((section) => namesIn(all[section]!, "run").includes(key));
  const hint = home === undefined ? suggestion(key, [...Object.keys(all), ...top]) : ` ${key} belongs into ${home}.`;
  return `unknown key ${key}.${hint}`;
}

/** @param section where those options stand whose place is no other */
function valuesOf(
  table: OptionTable,
  output: FileShape,
  placeOf: (keys: readonly string[]) => string,
  section: string,
): Readonly<Record<string, FileValue>> {
  const inSection = (output[section] ?? {}) as FileShape;
  const found = Object.entries(table).flatMap(([name, { place = "run" }]) => {
    const [holder, keys] = place === "top" ? [output, [name]] : [inSection, [section, name]];
    const isGiven = place !== "nowhere" && Object.hasOwn(holder, name);
    return isGiven ? [[name, { value: holder[name], place: placeOf(keys) }] as const] : [];
  });
  return Object.fromEntries(found);
}
