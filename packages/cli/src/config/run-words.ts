/**
 * Which words after `hawser run` are its own, and which are the program's. Knows the options' names, not what they mean.
 */

import { suggestion } from "../nearest.ts";
import type { OptionRules } from "../options.ts";

export interface RunWords {
  /** Options and their values. */
  readonly own: readonly string[];
  readonly entry: string | undefined;
  readonly program: readonly string[];
}

/**
 * Options of ours may stand on both sides of the entry. The program's words begin behind `--`, or else with the first word
 * behind the entry that is none of ours; one that is nearly ours is taken for a slip, and is left to be refused.
 */
export function splitRunWords(words: readonly string[], rules: OptionRules): RunWords {
  const own: string[] = [];
  let entry: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === "--") return { own, entry, program: words.slice(index + 1) };
    const isOption = word.startsWith("-") && word !== "-";
    if (!isOption && entry === undefined) entry = word;
    else if (entry !== undefined && !(isOption && isMeantForUs(word, rules))) {
      return { own, entry, program: words.slice(index) };
    } else {
      own.push(word);
      if (takesNextWord(word, rules) && index + 1 < words.length) own.push(words[++index]!);
    }
  }
  return { own, entry, program: [] };
}

function isMeantForUs(word: string, rules: OptionRules): boolean {
  if (ruleOf(word, rules) !== undefined) return true;
  const flags = Object.keys(rules).map((name) => `--${name}`);
  return suggestion(word.replace(/=.*$/s, ""), flags) !== "";
}

function takesNextWord(word: string, rules: OptionRules): boolean {
  const isInline = word.startsWith("--") ? word.includes("=") : word.length > 2;
  return ruleOf(word, rules)?.type === "string" && !isInline;
}

function ruleOf(word: string, rules: OptionRules) {
  if (!word.startsWith("--")) return Object.values(rules).find(({ short }) => short === word[1]);
  const name = word.slice(2).replace(/=.*$/s, "");
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}
