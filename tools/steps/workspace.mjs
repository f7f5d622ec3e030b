/**
 * Where the workspace's parts are. Knows folders, not what is done with them.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Folders that hold what tools made, never sources. */
const MADE = new Set(["node_modules", "dist", "coverage", ".git", ".cache"]);

/**
 * A path as it is written in messages: from the root, with forward slashes.
 *
 * @param {string} path
 * @returns {string}
 */
export function shown(path) {
  return relative(root, path).split(sep).join("/");
}

/**
 * @param {string} path
 * @returns {any}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/**
 * All workspace folders, as the root's package.json lists them, whose `file` exists.
 *
 * @param {string} file
 * @returns {string[]}
 */
export function workspacesWith(file) {
  /** @type {string[]} */
  const patterns = readJson(join(root, "package.json")).workspaces;
  return patterns.flatMap(foldersOf).filter((folder) => existsSync(join(folder, file)));
}

/**
 * @param {string} pattern a folder, or a folder followed by `/*`
 * @returns {string[]}
 */
function foldersOf(pattern) {
  if (!pattern.endsWith("/*")) return [join(root, pattern)];
  const parent = join(root, pattern.slice(0, -2));
  if (!existsSync(parent)) return [];
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
}

/** The packages that are published. */
export function publishedPackages() {
  return workspacesWith("package.json").filter((folder) => readJson(join(folder, "package.json")).private !== true);
}

/**
 * Every file below `folder` that a person wrote, sorted.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !MADE.has(entry.name));
  const nested = entries.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
  return nested.flat().sort();
}

/**
 * A TypeScript source that is not a test.
 *
 * @param {string} path
 * @returns {boolean}
 */
export function isLibrarySource(path) {
  return path.endsWith(".ts") && !path.endsWith(".d.ts") && !path.endsWith(".test.ts");
}
