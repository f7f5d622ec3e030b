/**
 * Installs the development dependencies where they are missing or out of date.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { run, StepError, say } from "./run.mjs";
import { readJson, root } from "./workspace.mjs";

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, peer?: boolean }} LockEntry */
/** @typedef {{ packages?: Record<string, LockEntry> }} Lock */

/**
 * Whether what is installed is what the lock file says. Dates are not compared: a checkout gives files new ones.
 *
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json, which npm writes when it is done
 * @returns {boolean}
 */
export function isCurrent(wanted, installed) {
  const present = installed.packages ?? {};
  return Object.entries(wanted.packages ?? {}).every(([path, entry]) => {
    // Workspaces' own entries are not installed, and an optional package may be for another platform.
    if (!path.includes("node_modules/") || entry.optional) return true;
    const found = present[path];
    return found !== undefined && found.version === entry.version && found.link === entry.link;
  });
}

export function install() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && isCurrent(readJson(join(root, "package-lock.json")), readJson(installed))) return;
  say("Installing the development dependencies (npm ci) ...");
  const npm = process.env["npm_execpath"];
  const args = ["ci", "--no-fund", "--no-audit"];
  const code = npm?.endsWith(".js") ? run(process.execPath, [npm, ...args]) : run("npm", args);
  if (code !== 0) {
    throw new StepError(
      `npm ci failed with exit code ${code}. Check that the npm registry can be reached (npm ping), that the disk is ` +
        "not full, and that package-lock.json fits the package.json files; then run this command again.",
    );
  }
}
