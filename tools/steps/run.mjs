/**
 * Runs other programs, and ends this one with a message. Knows nothing of what they do.
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { StepError } from "./step-error.mjs";
import { readUsage } from "./usage.mjs";
import { readJson, root } from "./workspace.mjs";

export { StepError };

/**
 * One line that says what is done now.
 *
 * @param {string} line
 */
export function say(line) {
  console.log(line);
}

/**
 * Runs `main`; a {@link StepError} ends the process with its message and exit code.
 *
 * @param {(given: import("./usage.mjs").Words) => void | number | Promise<void | number>} main may return the exit code
 * @param {import("./usage.mjs").Usage} [usage] without it, the words after the tool's name are not looked at
 */
export async function command(main, usage) {
  try {
    const given = usage === undefined ? { values: {}, words: process.argv.slice(2) } : readUsage(usage);
    if (usage !== undefined && given === "help") say(usage.help.trim());
    else if (given !== "help") process.exitCode = (await main(given)) ?? 0;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    console.error(`\nError: ${error.message}`);
    process.exitCode = error.exitCode;
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: the root
 * @property {Record<string, string>} [env] added to this process's own
 */

/**
 * Runs a program to its end, its output on ours.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {number} the exit code; 128 + n after signal n, 127 when it could not be started
 */
export function run(program, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(program, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  if (result.error !== undefined) return 127;
  return result.status ?? 128 + signalNumber(result.signal);
}

/**
 * Runs a program to its end and keeps its output.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {{ ok: boolean, output: string }}
 */
export function capture(program, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  return { ok: result.status === 0, output: `${result.stdout ?? ""}${result.stderr ?? ""}` };
}

/**
 * The command line of a program that an installed package brings.
 *
 * @param {string} packageName
 * @param {string} [binary] default: the package's only one
 * @returns {string[]} arguments for Node itself
 */
export function binaryOf(packageName, binary) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = readJson(join(folder, "package.json"));
  const path = typeof bin === "string" ? bin : (bin[binary ?? ""] ?? Object.values(bin)[0]);
  return [join(folder, path)];
}

/**
 * Runs a program of an installed package.
 *
 * @param {string} packageName
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {number} the exit code
 */
export function runPackage(packageName, args, options) {
  return run(process.execPath, [...binaryOf(packageName), ...args], options);
}

/** Signals that are passed on, and what the child gets. A closed terminal asks for the same as SIGTERM. */
const FORWARDED = /** @type {const} */ ([
  ["SIGINT", "SIGINT"],
  ["SIGTERM", "SIGTERM"],
  ["SIGHUP", "SIGTERM"],
]);

/**
 * One press of Ctrl-C may arrive twice: once from the terminal and once from npm, which forwards it. A program that
 * takes a second signal as "end at once" must see one, so what follows within this time (milliseconds) is not passed on.
 */
const SAME_PRESS = 500;

/**
 * Runs a Node program in the foreground and passes signals on, once each.
 *
 * The child has a process group of its own, so that the terminal's SIGINT reaches it through here alone; it ends when
 * this process is gone.
 *
 * @param {readonly string[]} args the program's path and its arguments
 * @returns {Promise<number>} the exit code; 128 + n after signal n
 */
export function runForeground(args) {
  const guard = new URL("./end-with-parent.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", guard, ...args], {
    cwd: root,
    detached: process.platform !== "win32",
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  let passedAt = Number.NEGATIVE_INFINITY;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    const now = performance.now();
    if (now - passedAt < SAME_PRESS) return;
    passedAt = now;
    child.kill(signal);
  };
  for (const [received, sent] of FORWARDED) process.on(received, () => pass(sent));
  whenParentIsGone(() => pass("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}

/**
 * npm, or the shell between it and us, may die without passing its signal on.
 *
 * @param {() => void} callback called once
 */
function whenParentIsGone(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 250);
  timer.unref();
}

/** @param {NodeJS.Signals | null} signal */
function signalNumber(signal) {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
  return Reflect.get(numbers, signal ?? "SIGTERM") ?? 1;
}
