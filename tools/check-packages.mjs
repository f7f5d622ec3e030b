/**
 * Packs each published package as npm would and has the result judged: what is in it, and how its types resolve.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { capture, command, runPackage, StepError, say } from "./steps/run.mjs";
import { publishedPackages, shown } from "./steps/workspace.mjs";

/**
 * Files that must not be published.
 *
 * @param {readonly string[]} paths in the package
 * @returns {string[]}
 */
export function strayFiles(paths) {
  return paths.filter((path) => /\.tsbuildinfo$|\.test\.|(?:^|\/)test\/|^src\//.test(path));
}

/**
 * @param {string} folder
 * @param {string} target where the archive goes
 * @returns {string[]}
 */
function packageProblems(folder, target) {
  const packed = capture("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", target], { cwd: folder });
  if (!packed.ok) return [`npm pack failed:\n${packed.output}`];
  const { filename, files } = firstPack(packed.output);
  const problems = strayFiles(files.map((file) => file.path)).map(
    (path) => `${path} must not be published ("files" in package.json)`,
  );
  const archive = join(target, filename);
  if (runPackage("publint", ["run", archive, "--strict"]) !== 0) problems.push("publint found faults");
  if (runPackage("@arethetypeswrong/cli", [archive, "--profile", "esm-only"]) !== 0) problems.push("attw found faults");
  return problems;
}

/**
 * @param {string} output of `npm pack --json`, perhaps with warnings around it
 * @returns {{ filename: string, files: { path: string }[] }}
 */
export function firstPack(output) {
  const json = output.slice(output.indexOf("[\n"), output.lastIndexOf("]") + 1);
  return JSON.parse(json)[0];
}

/** @returns {string[]} */
export function checkPackages() {
  const target = mkdtempSync(join(tmpdir(), "hawser-pack-"));
  try {
    return publishedPackages().flatMap((folder) => {
      say(`Checking the package ${shown(folder)} (npm pack, publint, attw) ...`);
      return packageProblems(folder, target).map((problem) => `${shown(folder)}: ${problem}`);
    });
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await command(() => {
    const problems = checkPackages();
    if (problems.length > 0) throw new StepError(problems.join("\n"));
  });
}
