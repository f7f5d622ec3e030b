/** `npm run test:nodes`: the transports on the other versions of Node, each of which is fetched from npm once. */

import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { build } from "./steps/build.mjs";
import { install } from "./steps/install.mjs";
import { binaryOf, capture, command, run, StepError, say } from "./steps/run.mjs";
import { chosen, SERVER_TESTS, TRANSPORT_TESTS, TRANSPORT_VARIABLE, TRANSPORTS } from "./steps/server-tests.mjs";
import { root } from "./steps/workspace.mjs";

/** The versions with long-term support besides the one that everything else is tested on, and the current one. */
const VERSIONS = /** @type {const} */ (["22", "24", "26"]);

/** Outside of the project: it is none of its dependencies. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "hawser", "nodes");

const HELP = `
Tests the transports on other versions of Node: their own tests, and the conformance suite over each of them.
Each version is fetched from npm once, into ${CACHE}.

  npm run test:nodes                 Node ${VERSIONS.join(", ")}
  npm run test:nodes -- 26           one of them
  npm run test:nodes -- --all        every test of servers, over each transport

Options
  --all
  -h, --help
`;

await command(testNodes, { help: HELP, options: { all: { type: "boolean" } }, takesWords: true });

/** @param {import("./steps/usage.mjs").Words} given */
async function testNodes({ values, words }) {
  const isWhole = values["all"] === true;
  const versions = chosen(words, VERSIONS, VERSIONS);
  install();
  build();
  const nodes = fetchNodes(versions);
  /** @type {string[]} */
  const failed = [];
  for (const node of nodes) failed.push(...(await testOn(node, isWhole)));
  if (failed.length > 0) throw new StepError(`Tests failed on ${failed.join(", ")}; their messages are above.`);
  say(`The transports work on Node ${nodes.map(({ version }) => version).join(", ")}.`);
}

/** @typedef {{ version: string, program: string }} Node */

/**
 * @param {readonly string[]} versions
 * @returns {Node[]}
 */
function fetchNodes(versions) {
  const missing = versions.filter((version) => exactVersion(version) === undefined);
  if (missing.length > 0) fetchMissing(missing);
  return versions.map((version) => {
    const exact = exactVersion(version);
    if (exact === undefined) throw new StepError(`Node ${version} does not run: ${programOf(version)}`);
    return { version: exact, program: programOf(version) };
  });
}

/** @param {readonly string[]} versions */
function fetchMissing(versions) {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const packages = versions.map((version) => `node-${version}@npm:node-${platform}-${process.arch}@${version}`);
  say(`Fetching Node ${versions.join(", ")} into ${CACHE} ...`);
  mkdirSync(CACHE, { recursive: true });
  const npm = process.env["npm_execpath"];
  const args = ["install", "--prefix", CACHE, "--no-fund", "--no-audit", ...packages];
  const code = npm?.endsWith(".js") ? run(process.execPath, [npm, ...args]) : run("npm", args);
  if (code !== 0) throw new StepError("npm could not install these versions of Node; its messages are above.");
}

/** @param {string} version */
function programOf(version) {
  return join(CACHE, "node_modules", `node-${version}`, "bin", process.platform === "win32" ? "node.exe" : "node");
}

/**
 * @param {string} version
 * @returns {string | undefined} if it is there and runs
 */
function exactVersion(version) {
  const { ok, output } = capture(programOf(version), ["--version"]);
  return ok && output.startsWith(`v${version}.`) ? output.trim().slice(1) : undefined;
}

/**
 * Over all transports at the same time: most of the time, tests of a protocol wait.
 *
 * @param {Node} node
 * @param {boolean} isWhole
 * @returns {Promise<string[]>} what failed
 */
async function testOn(node, isWhole) {
  say(`Testing on Node ${node.version} ...`);
  const conformance = isWhole ? SERVER_TESTS : ["conformance/server"];
  const results = await Promise.all(
    TRANSPORTS.map(async (transport) => {
      const tests = transport === "auto" ? [...TRANSPORT_TESTS, ...conformance] : conformance;
      return { transport, ...(await runTests(node, transport, tests)) };
    }),
  );
  for (const { ok, output } of results) if (!ok) console.error(output);
  for (const { transport, counts } of results) say(`  ${transport}: ${counts}`);
  return results.filter(({ ok }) => !ok).map(({ transport }) => `Node ${node.version} with transport "${transport}"`);
}

/**
 * @param {Node} node
 * @param {string} transport
 * @param {readonly string[]} tests
 * @returns {Promise<{ ok: boolean, output: string, counts: string }>}
 */
function runTests({ program }, transport, tests) {
  const args = [...binaryOf("vitest"), "run", "--reporter=dot", ...tests];
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1", [TRANSPORT_VARIABLE]: transport },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const counts = /^\s*Tests\s+(.*)$/m.exec(output)?.[1] ?? `exit code ${code}`;
      resolve({ ok: code === 0, output, counts });
    });
  });
}
