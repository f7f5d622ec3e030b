/**
 * What stands after the name of a tool: `--help` shows what it does, and what it does not know is refused in one line.
 *
 * Knows no particular tool.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { StepError } from "./step-error.mjs";

/**
 * @typedef {object} Usage
 * @property {string} help what `--help` shows
 * @property {Readonly<Record<string, { type: "string" | "boolean", default?: string }>>} [options]
 * @property {boolean} [takesWords] whether words that are no options belong to it
 * @property {string} [passesOnTo] the program that all words but `--help` are for
 */

/**
 * @typedef {object} Words
 * @property {Record<string, string | boolean | undefined>} values of the options
 * @property {string[]} words
 */

/**
 * Takes the words after a tool's name apart.
 *
 * @param {Usage} usage
 * @param {readonly string[]} [args]
 * @returns {Words | "help"}
 * @throws {StepError} for an unknown option, a value that is missing or too many, or a word where none belongs
 */
export function readUsage({ options = {}, takesWords = false, passesOnTo }, args = process.argv.slice(2)) {
  if (passesOnTo !== undefined) {
    return args.some((word) => word === "--help" || word === "-h") ? "help" : { values: {}, words: [...args] };
  }
  const own = { ...options, help: { type: /** @type {const} */ ("boolean"), short: "h" } };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: own, allowPositionals: takesWords });
    return values["help"] === true ? "help" : { values, words: positionals };
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new StepError(`${firstSentence(message)} --help says what there is.`, 2);
  }
}

/**
 * What follows in Node's messages is advice for other programs.
 *
 * @param {string} message
 */
function firstSentence(message) {
  return `${message.split(/\. |\n/, 1)[0]?.replace(/\.$/, "")}.`;
}
