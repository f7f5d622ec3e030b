/**
 * What a value may look like, whoever gives it: a flag, an environment variable or a file. Knows no particular option.
 */

import { formatDuration, formatSize, parseDuration, parseSize } from "../units.ts";

/** What a file can hold for an option; flags and variables are always text. */
export type RawValue = string | number | boolean;

/** `undefined`: not understood. An object, because `undefined` is also what `off` means. */
export type Reading<Value> = { readonly value: Value } | undefined;

/** A part of a JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Grammar<Value> {
  /** After the flag in the help: `<time>`. */
  readonly placeholder: string;
  /** After "must be" in errors: `a time such as 30s or 500ms`. */
  readonly expected: string;
  /** Of the raw value in a file. */
  readonly schema: JsonSchema;
  /** A file may hold a list of words, which {@link read} gets with commas between them. */
  readonly isList?: boolean;
  read(raw: RawValue): Reading<Value>;
  /** As it would be written in a file. */
  show(value: Value): string;
}

interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** The longest that Node's timers take, in milliseconds: 24 days. */
export const MAX_DELAY = 2 ** 31 - 1;

/** Milliseconds, at most {@link MAX_DELAY}. */
export function duration({ least = 0 }: Bounds = {}): Grammar<number> {
  return {
    placeholder: "<time>",
    expected: `a time such as 30s, 5m or 500 (ms)${least > 0 ? `, at least ${formatDuration(least)}` : ""}`,
    schema: {
      anyOf: [
        { type: "integer", minimum: least, maximum: MAX_DELAY },
        patterned("^\\d[\\d_]*(\\.\\d+)? ?(ms|s|m|min|h|d)?$"),
      ],
    },
    read: (raw) => bounded(typeof raw === "boolean" ? undefined : parseDuration(raw), { least, most: MAX_DELAY }),
    show: formatDuration,
  };
}

/** Bytes. */
export function size({ least = 0 }: Bounds = {}): Grammar<number> {
  return {
    placeholder: "<size>",
    expected: `a size such as 512M, 2G or a number of bytes${least > 0 ? `, at least ${formatSize(least)}` : ""}`,
    schema: {
      anyOf: [{ type: "integer", minimum: least }, patterned("^\\d[\\d_]*(\\.\\d+)? ?([KkMmGgTt]?([Ii]?[Bb])?)$")],
    },
    read: (raw) => bounded(typeof raw === "boolean" ? undefined : parseSize(raw), { least }),
    show: formatSize,
  };
}

export function wholeNumber({ least = 0, most = Number.MAX_SAFE_INTEGER }: Bounds = {}): Grammar<number> {
  const isOpen = most === Number.MAX_SAFE_INTEGER;
  return {
    placeholder: "<n>",
    expected: isOpen ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`,
    schema: { type: "integer", minimum: least, ...(isOpen ? {} : { maximum: most }) },
    read: (raw) => bounded(parseWhole(raw), { least, most }),
    show: String,
  };
}

export function choice<const Word extends string>(...words: readonly Word[]): Grammar<Word> {
  return {
    placeholder: `<${words.join("|")}>`,
    expected: words.join(" or "),
    schema: { enum: words },
    read(raw) {
      const word = words.find((one) => one === raw);
      return word === undefined ? undefined : { value: word };
    },
    show: String,
  };
}

/** How a text without a default is shown. */
export const NOT_SET = "not set";

/** Any text but the empty one; `undefined` where none was given. */
export function text({
  placeholder = "<text>",
  expected = "a text",
  pattern = ".+",
} = {}): Grammar<string | undefined> {
  const anchored = `^${pattern}$`;
  const whole = new RegExp(anchored);
  return {
    placeholder,
    expected,
    schema: patterned(anchored),
    read: (raw) => (typeof raw === "string" && whole.test(raw) ? { value: raw } : undefined),
    show: (value) => value ?? NOT_SET,
  };
}

/** The same, and a word that stands for `undefined`; `false` in a file means `off`. */
export function or<Value>(word: string, grammar: Grammar<Value>): Grammar<Value | undefined> {
  const isOff = word === "off";
  return {
    placeholder: grammar.placeholder.replace(/>$/, `|${word}>`),
    expected: `${grammar.expected}, or ${word}`,
    schema: { anyOf: [grammar.schema, { enum: isOff ? [word, false] : [word] }] },
    read: (raw) => (raw === word || (isOff && raw === false) ? { value: undefined } : grammar.read(raw)),
    show: (value) => (value === undefined ? word : grammar.show(value)),
  };
}

/** A JSON Schema of texts. */
export function patterned(pattern: string): JsonSchema {
  return { type: "string", pattern };
}

/** Of digits, or a number that is whole; `undefined` for anything else. */
export function parseWhole(raw: RawValue): number | undefined {
  if (typeof raw === "string") return /^\d[\d_]*$/.test(raw) ? Number(raw.replaceAll("_", "")) : undefined;
  return typeof raw === "number" && Number.isSafeInteger(raw) ? raw : undefined;
}

function bounded(value: number | undefined, { least = 0, most = Number.MAX_SAFE_INTEGER }: Bounds): Reading<number> {
  return value === undefined || value < least || value > most ? undefined : { value };
}
