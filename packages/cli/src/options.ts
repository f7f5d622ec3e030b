/**
 * Reads the words after a command: options by the rules of `node:util`, with errors that name the nearest option.
 *
 * This file knows no particular option.
 */

import { parseArgs } from "node:util";
import { UsageError } from "./command.ts";
import { suggestion } from "./nearest.ts";
import { parseDuration, parseSize } from "./units.ts";

export interface OptionRule {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** Each time it stands there counts; of others, the last. */
  readonly multiple?: true;
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

/** Text for an option with a value, a list of texts for one that may stand there often, `true` for one without a value. */
type OptionValue<Rule extends OptionRule> = Rule["type"] extends "boolean"
  ? true
  : Rule extends { readonly multiple: true }
    ? readonly string[]
    : string;

/** Absent options are `undefined`. */
export type OptionValues<Rules extends OptionRules> = {
  readonly [Name in keyof Rules]: OptionValue<Rules[Name]> | undefined;
};

export interface ReadWords<Rules extends OptionRules> {
  readonly values: OptionValues<Rules>;
  readonly positionals: readonly string[];
}

/**
 * Takes words apart. Where an option stands twice, the last counts, unless its rule is `multiple`.
 *
 * @throws {UsageError} for an unknown option, a missing value, or a value where none belongs
 */
export function readWords<Rules extends OptionRules>(words: readonly string[], rules: Rules): ReadWords<Rules> {
  const { tokens, positionals, values } = parseArgs({
    args: [...words],
    options: rules as Record<string, OptionRule>,
    // The messages of the strict mode name no neighbours
    strict: false,
    tokens: true,
  });
  for (const token of tokens) if (token.kind === "option") checkOption(token, rules);
  return { values: values as OptionValues<Rules>, positionals };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption({ name, rawName, value, inlineValue }: OptionToken, rules: OptionRules): void {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) {
    const known = Object.keys(rules).map((one) => `--${one}`);
    throw new UsageError(`unknown option ${rawName}.${suggestion(rawName, known)}`);
  }
  if (rule.type === "boolean" && value !== undefined) {
    throw new UsageError(`${rawName} takes no value, got ${JSON.stringify(value)}.`);
  }
  const isNextOption = inlineValue !== true && /^--?[a-z]/i.test(value ?? "");
  if (rule.type === "string" && (value === undefined || value === "" || isNextOption)) {
    throw new UsageError(`${rawName} needs a value.`);
  }
}

/**
 * The number that an option stands for, `missing` if it is absent.
 *
 * @throws {UsageError} if it is not a number from `least` to `most`, or has a fraction where whole ones are asked
 */
export function numberOption(
  name: string,
  text: string | undefined,
  missing: number,
  { least, most = Number.POSITIVE_INFINITY, isWhole = true }: NumberRange,
): number {
  if (text === undefined) return missing;
  const value = text.trim() === "" ? Number.NaN : Number(text.replaceAll("_", "").replaceAll(",", ""));
  const isRight = Number.isFinite(value) && value >= least && value <= most && (!isWhole || Number.isInteger(value));
  if (isRight) return value;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${name} must be a ${isWhole ? "whole " : ""}number ${range}, got ${text}.`);
}

export interface NumberRange {
  readonly least: number;
  readonly most?: number;
  /** @default true */
  readonly isWhole?: boolean;
}

/**
 * The milliseconds of `500ms`, `10s`, `2m`, `1h`; a number alone is seconds, as people type it. `missing` if the option is absent.
 *
 * @throws {UsageError}
 */
export function durationOption(name: string, text: string | undefined, missing: number, least = 0): number {
  if (text === undefined) return missing;
  const milliseconds = parseDuration(/^[\d_.]+$/.test(text.trim()) ? `${text.trim()}s` : text);
  if (milliseconds !== undefined && milliseconds >= least) return milliseconds;
  const range = milliseconds === undefined ? "" : ` of at least ${least} ms`;
  throw new UsageError(`${name} must be a time${range} such as 500ms, 10s or 2m, got ${text}.`);
}

/**
 * The bytes of `125`, `16K`, `1.5M`, `2G` (powers of 1,024), at least 1. `missing` if the option is absent.
 *
 * @throws {UsageError}
 */
export function sizeOption<Missing>(name: string, text: string | undefined, missing: Missing): number | Missing {
  if (text === undefined) return missing;
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new UsageError(`${name} must be a size such as 512M, got ${text}.`);
}

/**
 * The two halves of an option `--header`.
 *
 * @throws {UsageError} if it is not `Name: value`
 */
export function headerOption(text: string): [name: string, value: string] {
  const [, name, value] = /^([^\s:]+):\s*(.*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`--header must be "Name: value", got ${JSON.stringify(text)}.`);
}
