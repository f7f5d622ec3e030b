/**
 * The published types as committed text, so that a change of the public interface is seen in review.
 *
 * `api/<package>/<entry>.d.ts` holds, for each entry point, the declarations of its file and of the files that it
 * re-exports from, without comments. `--update` writes them; otherwise a difference is a failure.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { command, StepError, say } from "./steps/run.mjs";
import { publishedPackages, readJson, root, shown } from "./steps/workspace.mjs";

const UPDATE = "npm run build && node tools/check-api.mjs --update";

/**
 * Declarations without comments, source map lines and blank lines.
 *
 * @param {string} declarations as the compiler writes them
 * @returns {string}
 */
export function withoutComments(declarations) {
  // Strings are matched too, so that what looks like a comment within one stays.
  const bare = declarations.replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "$1");
  return bare
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .trim();
}

/**
 * The relative files that declarations export from.
 *
 * @param {string} declarations
 * @returns {string[]}
 */
export function exportedFrom(declarations) {
  return Array.from(
    declarations.matchAll(/^export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*["'](\.[^"']+)["']/gm),
    ([, path]) => path ?? "",
  );
}

/**
 * @param {string} entry the entry point's declaration file
 * @returns {string}
 */
function reportOf(entry) {
  const files = new Set([entry]);
  // A set's iteration reaches what is added while it goes on.
  for (const file of files) {
    for (const path of exportedFrom(readFileSync(file, "utf8"))) files.add(declarationFile(join(dirname(file), path)));
  }
  const folder = dirname(entry);
  const parts = [...files].map(
    (file) => `// ${shownFrom(folder, file)}\n${withoutComments(readFileSync(file, "utf8"))}\n`,
  );
  return parts.join("\n");
}

/** @param {string} path of a module, as imported */
function declarationFile(path) {
  return path.replace(/\.(?:ts|js)$/, ".d.ts");
}

/**
 * @param {string} folder
 * @param {string} file
 */
function shownFrom(folder, file) {
  return shown(file).replace(`${shown(folder)}/`, "");
}

/** @returns {Map<string, string>} committed path, and what it should hold */
function reports() {
  /** @type {Map<string, string>} */
  const wanted = new Map();
  for (const folder of publishedPackages()) {
    const { name, exports } = readJson(join(folder, "package.json"));
    for (const [entry, target] of Object.entries(exports ?? {})) {
      const built = typeof target === "string" ? target : target.default;
      if (!built?.endsWith(".js")) continue;
      const file = declarationFile(join(folder, built));
      if (!existsSync(file)) throw new StepError(`${shown(file)} does not exist: run npm run build first.`);
      wanted.set(join(root, "api", name, `${entry === "." ? "index" : entry.slice(2)}.d.ts`), reportOf(file));
    }
  }
  return wanted;
}

/** @returns {string[]} */
export function checkApi() {
  const changed = [...reports()].filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  return changed.map(
    ([path]) =>
      `${shown(path)} ${existsSync(path) ? "differs from what is built" : "is missing"}: look at the change, then ${UPDATE}`,
  );
}

function update() {
  rmSync(join(root, "api"), { recursive: true, force: true });
  for (const [path, text] of reports()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    say(`Wrote ${shown(path)}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await command(() => {
    if (process.argv.includes("--update")) return update();
    const problems = checkApi();
    if (problems.length > 0) throw new StepError(problems.join("\n"));
  });
}
