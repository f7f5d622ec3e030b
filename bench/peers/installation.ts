/**
 * Installs what Hawser is compared with, outside the project: each peer in a folder of its own in the user's cache, named
 * after its packages and versions, so that it is installed once and never mixed with another.
 *
 * This file does not know what the packages are for.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Exact versions by package name. */
export type Packages = Readonly<Record<string, string>>;

/** How long npm may take (ms): Bun alone is a hundred megabytes. */
const NPM_TIMEOUT = 300_000;

const LONGEST_REASON = 300;

/** Without network it is to be known soon. */
const FEW_RETRIES = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];

/** The folder that a peer's packages are installed in; its name also keeps platforms apart. */
export function installationFolder(packages: Packages, cache: string = cacheFolder()): string {
  const named = Object.entries(packages).map(([name, version]) => `${name.replace("/", "+")}@${version}`);
  return join(cache, [...named, `${process.platform}-${process.arch}`].join("_"));
}

/**
 * Installs these packages unless they are there, and returns the folder that holds their `node_modules`.
 *
 * No package's own scripts are run. Throws an `Error` that says why when npm fails: no network, another platform.
 */
export function installPackages(packages: Packages): string {
  const folder = installationFolder(packages);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const unfinished = mkdtempSync(join(cacheFolder(), "unfinished-"));
  try {
    runNpm(packages, unfinished);
    rename(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** The version of a package installed in `folder`. */
export function versionIn(folder: string, packageName: string): string {
  const manifest = readFileSync(join(folder, "node_modules", packageName, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "hawser-bench");
}

function runNpm(packages: Packages, folder: string): void {
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const flags = ["--ignore-scripts", "--no-package-lock", "--omit=optional", "--no-audit", "--no-fund", ...FEW_RETRIES];
  const words = ["install", "--prefix", folder, ...flags, "--loglevel=error", ...wanted];
  const { status, stderr, error } = spawnSync("npm", words, {
    cwd: folder,
    env: environment(),
    encoding: "utf8",
    timeout: NPM_TIMEOUT,
  });
  if (status === 0) return;
  const reason = error?.message ?? npmReason(stderr);
  throw new Error(`npm could not install ${wanted.join(" ")}: ${reason}`);
}

/** Without what `npm run` tells its children about this project, which would install into it. */
function environment(): NodeJS.ProcessEnv {
  const ours = ["npm_config_local_prefix", "npm_config_prefix", "npm_config_workspace", "npm_config_workspaces"];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.includes(name.toLowerCase())));
}

/** The line of npm's messages that says what is wrong; all of them if none stands out. */
export function npmReason(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => /^npm (?:error|ERR!) (.*)/.exec(line)?.[1]?.trim() ?? []);
  const telling = lines.find((line) => !/^(?:$|code\b|errno\b|syscall\b|type\b|at |A complete log)/.test(line));
  return (telling ?? stderr.trim()).slice(0, LONGEST_REASON);
}

/** Another run may have been quicker: then its folder is as good. */
function rename(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
