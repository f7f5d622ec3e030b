/**
 * Holds the import direction of the packages' folders, and that no files import each other in a circle.
 *
 * The rules are the table below; tests and their support are free. The compiler holds the other half: the folders that
 * know no platform compile without any platform's types.
 */

import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { command, StepError } from "./steps/run.mjs";
import { filesBelow, isLibrarySource, root, shown } from "./steps/workspace.mjs";

/**
 * @typedef {object} FolderRule
 * @property {readonly string[]} imports folders whose files may be imported
 * @property {readonly string[]} [types] folders of which only types may be imported
 * @property {readonly string[]} [outside] what may be imported from outside: a package, or a prefix that ends with ":"
 */

const CORE = ["bytes", "protocol", "handshake", "deflate", "extensions", "pubsub", "metrics"];

/** @type {Record<string, FolderRule>} a file directly in src/ is in the folder "." */
export const RULES = {
  bytes: { imports: [] },
  protocol: { imports: ["bytes"] },
  handshake: { imports: ["bytes", "protocol"], types: ["extensions"] },
  deflate: { imports: ["bytes"] },
  extensions: { imports: ["bytes", "protocol", "deflate"], types: ["handshake"] },
  pubsub: { imports: ["bytes"] },
  metrics: { imports: ["bytes"] },
  backplanes: { imports: ["bytes", "pubsub"], outside: ["node:"] },
  node: { imports: CORE, outside: ["node:", "socks"] },
  testing: { imports: [...CORE, "node"], outside: ["node:"] },
  ".": { imports: [...CORE, "node"] },
};

const PUBLIC_NAMES = [
  "hawser",
  "hawser/protocol",
  "hawser/deflate",
  "hawser/testing",
  "hawser/metrics",
  "hawser/pubsub",
  "hawser/backplanes/redis",
  "hawser/backplanes/nats",
  "hawser/backplanes/ipc",
];

/** Clients of engines: the user's, and only their types are known. */
const ENGINE_CLIENTS = ["redis", "ioredis", "@nats-io/transport-node", "@nats-io/jetstream"];

/** @type {Record<string, FolderRule>} the same for the command line, which knows the library by its public names alone */
export const CLI_RULES = {
  ".": {
    imports: ["bench", "connect", "doctor", "generate", "plan", "publish", "run", "status", "stop", "terminal", "tune"],
    outside: ["node:"],
  },
  terminal: { imports: ["."], outside: ["node:"] },
  report: { imports: [] },
  workers: { imports: [] },
  messages: { imports: ["."], outside: ["node:"] },
  config: { imports: [".", "terminal"], outside: ["node:", "valibot", "yaml"] },
  scaling: { imports: [], types: ["config", "run"] },
  admin: { imports: [".", "config", "scaling"], types: ["run"], outside: ["node:", ...PUBLIC_NAMES] },
  status: { imports: [".", "config", "terminal"], outside: ["node:", "valibot"] },
  stop: { imports: [".", "config", "status", "terminal"], outside: ["node:"] },
  run: { imports: [".", "admin", "config", "scaling", "terminal"], outside: ["node:", ...PUBLIC_NAMES] },
  corpora: { imports: [] },
  connect: { imports: [".", "terminal"], outside: ["node:", ...PUBLIC_NAMES] },
  doctor: { imports: [".", "terminal"], outside: ["node:", ...PUBLIC_NAMES] },
  generate: { imports: [".", "config", "terminal"], outside: ["node:", "yaml"] },
  publish: { imports: [".", "terminal"], outside: ["node:", ...PUBLIC_NAMES, ...ENGINE_CLIENTS] },
  bench: { imports: [".", "terminal", "report", "messages", "workers"], outside: ["node:", ...PUBLIC_NAMES] },
  plan: { imports: [".", "terminal", "report", "messages", "workers", "bench"], outside: ["node:", ...PUBLIC_NAMES] },
  tune: { imports: [".", "terminal", "report", "messages", "workers", "corpora"], outside: ["node:", ...PUBLIC_NAMES] },
};

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {boolean} isType nothing of it is left when the program runs
 * @property {boolean} isDynamic
 */

const STATIC =
  /^(?:import|export)\s+(type\s+)?(?:(?:[\w$]+\s*,\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from\s*|[\w$]+\s+from\s*)?["']([^"']+)["']/gm;
const DYNAMIC = /^(?!\s*(?:\*|\/\/|\/\*)).*?\bimport\(\s*["']([^"']+)["']/gm;

/**
 * The imports of a formatted source: statements begin at a line's first column, where comments' examples never stand.
 *
 * @param {string} source
 * @returns {Import[]}
 */
export function importsOf(source) {
  const found = Array.from(source.matchAll(STATIC), ([, type, specifier = ""]) => ({
    specifier,
    isType: type !== undefined,
    isDynamic: false,
  }));
  const dynamic = Array.from(source.matchAll(DYNAMIC), ([, specifier = ""]) => ({
    specifier,
    isType: false,
    isDynamic: true,
  }));
  return [...found, ...dynamic];
}

/** @typedef {ReadonlyMap<string, readonly Import[]>} Sources a file's path from src/, and its imports */

/**
 * What breaks the direction.
 *
 * @param {Sources} sources
 * @param {Record<string, FolderRule>} [rules]
 * @returns {string[]}
 */
export function directionProblems(sources, rules = RULES) {
  return [...sources].flatMap(([file, imports]) =>
    imports.flatMap((one) => {
      const problem = problemOf(file, one, rules);
      return problem === undefined ? [] : [`${file} imports ${one.specifier}: ${problem}`];
    }),
  );
}

/**
 * @param {string} file
 * @param {Import} one
 * @param {Record<string, FolderRule>} rules
 * @returns {string | undefined}
 */
function problemOf(file, one, rules) {
  const folder = folderOf(file);
  const rule = rules[folder];
  if (rule === undefined) return `the folder ${folder}/ has no rule in tools/check-imports.mjs`;
  const target = targetOf(file, one.specifier);
  if (target === undefined) return outsideProblem(folder, one.specifier, rule);
  const to = folderOf(target);
  if (to === folder || rule.imports.includes(to)) return undefined;
  if (!rule.types?.includes(to)) return `${name(folder)} may import ${listed(rule.imports)} only`;
  return one.isType ? undefined : `${name(folder)} may import types alone from ${to}/ (import type)`;
}

/**
 * @param {string} folder
 * @param {string} specifier
 * @param {FolderRule} rule
 */
function outsideProblem(folder, specifier, rule) {
  const allowed = rule.outside ?? [];
  if (allowed.some((one) => (one.endsWith(":") ? specifier.startsWith(one) : specifier === one))) return undefined;
  return `from outside ${name(folder)} may import ${listed(allowed)} only`;
}

/**
 * Circles of imports, types included; each once.
 *
 * @param {Sources} sources
 * @returns {string[]}
 */
export function cycleProblems(sources) {
  /** @type {Map<string, "open" | "done">} */
  const seen = new Map();
  /** @type {string[]} */
  const path = [];
  /** @type {string[]} */
  const problems = [];
  /** @param {string} file */
  const visit = (file) => {
    const state = seen.get(file);
    if (state === "open")
      problems.push(`imports in a circle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
    if (state !== undefined) return;
    seen.set(file, "open");
    path.push(file);
    for (const target of staticTargets(file, sources)) visit(target);
    path.pop();
    seen.set(file, "done");
  };
  for (const file of sources.keys()) visit(file);
  return problems;
}

/**
 * @param {string} file
 * @param {Sources} sources
 */
function staticTargets(file, sources) {
  const targets = (sources.get(file) ?? []).filter((one) => !one.isDynamic).map((one) => targetOf(file, one.specifier));
  return targets.filter((target) => target !== undefined).filter((target) => sources.has(target));
}

/**
 * @param {string} file
 * @param {string} specifier
 * @returns {string | undefined} a path from src/; `undefined` for something outside
 */
function targetOf(file, specifier) {
  return specifier.startsWith(".") ? posix.join(dirname(file), specifier) : undefined;
}

/** @param {string} path */
function folderOf(path) {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : ".";
}

/** @param {string} folder */
function name(folder) {
  return folder === "." ? "a file directly in src/" : `${folder}/`;
}

/** @param {readonly string[]} names */
function listed(names) {
  return names.length === 0 ? "nothing" : names.join(", ");
}

/** @returns {string[]} */
export function checkImports() {
  return [...packageProblems("hawser", RULES), ...packageProblems("cli", CLI_RULES)];
}

/**
 * @param {string} name the package's folder
 * @param {Record<string, FolderRule>} rules
 * @returns {string[]}
 */
function packageProblems(name, rules) {
  const folder = join(root, "packages", name, "src");
  const files = filesBelow(folder).filter(isLibrarySource);
  const prefix = `${shown(folder)}/`;
  const sources = new Map(
    files.map((file) => [shown(file).slice(prefix.length), importsOf(readFileSync(file, "utf8"))]),
  );
  return [...directionProblems(sources, rules), ...cycleProblems(sources)];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await command(() => {
    const problems = checkImports();
    if (problems.length > 0) throw new StepError(`The import direction is broken:\n  ${problems.join("\n  ")}`);
  });
}
