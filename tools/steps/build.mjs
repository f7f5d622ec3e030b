/**
 * Builds every TypeScript project of the workspace, and removes published outputs whose source is gone.
 *
 * @module
 */

import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runPackage, StepError, say } from "./run.mjs";
import { publishedPackages, shown, workspacesWith } from "./workspace.mjs";

export function build() {
  const projects = workspacesWith("tsconfig.json");
  say(`Building ${projects.map(shown).join(", ")} ...`);
  for (const folder of publishedPackages()) removeStale(folder);
  const code = runPackage("typescript", ["-b", ...projects]);
  if (code !== 0) throw new StepError("The build failed; the compiler's messages are above.", code);
  for (const folder of publishedPackages()) makeProgramsExecutable(folder);
}

/**
 * npm does so when it installs a package; here its links lead to what has just been built.
 *
 * @param {string} folder
 */
function makeProgramsExecutable(folder) {
  /** @type {{ bin?: Record<string, string> }} */
  const { bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const path of Object.values(bin)) chmodSync(join(folder, path), 0o755);
}

/**
 * `tsc -b` leaves the outputs of a deleted or renamed source in place, and they would be published; and it does not always write
 * those of the new name, unless it has to build everything.
 *
 * @param {string} folder
 */
function removeStale(folder) {
  const outputs = join(folder, "dist");
  if (!existsSync(outputs)) return;
  const entries = readdirSync(outputs, { recursive: true, encoding: "utf8" });
  const stale = entries.filter((entry) => {
    const stem = /^(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(entry)?.[1];
    return stem !== undefined && !existsSync(join(folder, "src", `${stem}.ts`));
  });
  const records = stale.length === 0 ? [] : entries.filter((entry) => entry.endsWith(".tsbuildinfo"));
  for (const entry of [...stale, ...records]) rmSync(join(outputs, entry));
}
