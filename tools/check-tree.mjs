/**
 * Rules that hold for every file of the repository: size, nothing unfinished, nothing of one machine alone.
 */

import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, StepError } from "./steps/run.mjs";
import { filesBelow, publishedPackages, readJson, root, shown } from "./steps/workspace.mjs";

/** Lines of a source file. A file that needs more holds two things. */
const MAX_LINES = 400;

const SOURCES = [".ts", ".mjs", ".js"];
const TEXTS = [...SOURCES, ".md", ".json", ".jsonc", ".yml", ".yaml", ".html", ".css", ".sh", ""];

/**
 * @typedef {object} Rule
 * @property {readonly string[]} extensions of the files it looks at
 * @property {RegExp} [folders] of the files it looks at, from the root
 * @property {RegExp} pattern what must not stand in a line
 * @property {string} message
 */

/** @type {readonly Rule[]} */
const RULES = [
  { extensions: [".ts"], pattern: /\b(?:TODO|FIXME|XXX)\b/, message: "finish it, or write it up as an issue" },
  {
    extensions: [".ts"],
    pattern: /\b(?:test|it|describe)(?:\.\w+)*\.(?:only|skip|todo)\b/,
    message: "every test runs; a suite that needs a system program uses describeWith",
  },
  {
    extensions: TEXTS,
    pattern: /(?<![\w.:-])\/(?:home|Users|root|work)\/[\w.-]/,
    message: "a path of one machine",
  },
  { extensions: [".json"], pattern: /"resolved": "(?:https?|git)/, message: "a lock file without addresses (.npmrc)" },
  {
    extensions: [".ts"],
    folders: /^packages\/hawser\/src\/(?:bytes|protocol|handshake|deflate|extensions|pubsub)\/(?!.*\.test\.ts$)/,
    pattern: /\bMath\.random\b|\bnew Date\b|\bDate\.now\b/,
    message: "pass chance and the time in",
  },
];

/**
 * What is wrong with one file.
 *
 * @param {string} path from the root, with forward slashes
 * @param {string} text
 * @returns {string[]}
 */
export function fileProblems(path, text) {
  const lines = text.split("\n");
  const problems = RULES.filter((rule) => appliesTo(rule, path)).flatMap((rule) =>
    lines.flatMap((line, index) =>
      rule.pattern.test(line) ? [`${path}:${index + 1}: ${rule.message}: ${line.trim()}`] : [],
    ),
  );
  // Under api/ stand the declarations of whole entry points, which a tool writes
  const isWritten = SOURCES.includes(extname(path)) && !path.startsWith("api/");
  const isTooLong = isWritten && lines.length - 1 > MAX_LINES;
  return isTooLong ? [`${path}: ${lines.length - 1} lines, at most ${MAX_LINES}`, ...problems] : problems;
}

/**
 * @param {Rule} rule
 * @param {string} path
 */
function appliesTo(rule, path) {
  return rule.extensions.includes(extname(path)) && (rule.folders?.test(path) ?? true);
}

/**
 * The files that an exports map names, of one condition or of all.
 *
 * @param {unknown} exports package.json's `exports`, or a part of it
 * @returns {string[]}
 */
export function exportedFiles(exports) {
  if (typeof exports === "string") return [exports];
  return Object.values(exports ?? {}).flatMap(exportedFiles);
}

/** @returns {string[]} */
function exportProblems() {
  return publishedPackages().flatMap((folder) => {
    const files = exportedFiles(readJson(join(folder, "package.json")).exports);
    const missing = files.filter((file) => !existsSync(join(folder, file)));
    return missing.map((file) => `${shown(folder)}/package.json exports ${file}, which does not exist (npm run build)`);
  });
}

/** @returns {string[]} */
export function checkTree() {
  const files = filesBelow(root).filter((path) => TEXTS.includes(extname(path)));
  return [...files.flatMap((path) => fileProblems(shown(path), readFileSync(path, "utf8"))), ...exportProblems()];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await command(() => {
    const problems = checkTree();
    if (problems.length > 0) throw new StepError(`Not fit to be committed:\n  ${problems.join("\n  ")}`);
  });
}
