/**
 * The programs outside npm that tests talk to: one table, and their set-up with apt-get where that is possible.
 *
 * @module
 */

import { accessSync } from "node:fs";
import { capture, run, StepError, say } from "./steps/run.mjs";

/**
 * @typedef {object} SystemProgram
 * @property {string} package the Debian package
 * @property {readonly [string, ...string[]]} detect a command that succeeds when the program is there
 */

/**
 * Debian's own Python is asked by its full path: another one earlier in PATH doesn't see Debian's modules.
 *
 * @satisfies {Record<string, SystemProgram>}
 */
export const SYSTEM_PROGRAMS = {
  chromium: { package: "chromium", detect: ["/usr/bin/chromium", "--version"] },
  firefox: { package: "firefox-esr", detect: ["/usr/bin/firefox-esr", "--version"] },
  "python3-websockets": { package: "python3-websockets", detect: ["/usr/bin/python3", "-c", "import websockets"] },
  "redis-server": { package: "redis-server", detect: ["/usr/bin/redis-server", "--version"] },
  tmux: { package: "tmux", detect: ["/usr/bin/tmux", "-V"] },
  nginx: { package: "nginx-light", detect: ["/usr/sbin/nginx", "-v"] },
  haproxy: { package: "haproxy", detect: ["/usr/sbin/haproxy", "-v"] },
  caddy: { package: "caddy", detect: ["/usr/bin/caddy", "version"] },
  apache: { package: "apache2", detect: ["/usr/sbin/apache2", "-v"] },
  nghttpx: { package: "nghttp2-proxy", detect: ["/usr/sbin/nghttpx", "--version"] },
  supervisor: { package: "supervisor", detect: ["/usr/bin/supervisord", "--version"] },
  systemd: { package: "systemd", detect: ["/usr/bin/systemd-socket-activate", "--version"] },
  "nats-server": { package: "nats-server", detect: ["/usr/sbin/nats-server", "--version"] },
  curl: { package: "curl", detect: ["/usr/bin/curl", "--version"] },
};

/** @typedef {keyof typeof SYSTEM_PROGRAMS} ProgramName */

/** The environment variable that tells the tests what is missing: names, separated by commas. */
export const MISSING_VARIABLE = "HAWSER_MISSING_PROGRAMS";

/**
 * @param {ProgramName} name
 * @returns {boolean}
 */
export function isPresent(name) {
  const [program, ...args] = SYSTEM_PROGRAMS[name].detect;
  return capture(program, args).ok;
}

/** @returns {ProgramName[]} */
export function missingPrograms() {
  const names = /** @type {ProgramName[]} */ (Object.keys(SYSTEM_PROGRAMS));
  return names.filter((name) => !isPresent(name));
}

/**
 * Installs what is missing, as root on Debian; elsewhere says what to do.
 *
 * @returns {ProgramName[]} what is still missing
 */
export function setUpSystemPrograms() {
  const wanted = missingPrograms();
  if (wanted.length === 0) return [];
  if (canInstall()) installPackages(wanted.map((name) => SYSTEM_PROGRAMS[name].package));
  const missing = missingPrograms();
  if (missing.length > 0) report(missing);
  return missing;
}

function canInstall() {
  try {
    accessSync("/etc/debian_version");
  } catch {
    return false;
  }
  return process.getuid?.() === 0;
}

/** @param {string[]} packages */
function installPackages(packages) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  say(`Installing system programs for the tests (apt-get install ${packages.join(" ")}) ...`);
  const steps = [
    ["update", "-q"],
    ["install", "-q", "-y", "--no-install-recommends", ...packages],
  ];
  for (const args of steps) {
    if (run("apt-get", args, { env }) !== 0) say(`apt-get ${args[0]} failed; its messages are above.`);
  }
}

/** @param {ProgramName[]} missing */
function report(missing) {
  const packages = missing.map((name) => SYSTEM_PROGRAMS[name].package).join(" ");
  const message = `Missing system programs: ${missing.join(", ")}. Install them with: sudo apt-get install --no-install-recommends ${packages}`;
  if (process.env["CI"] === "true") throw new StepError(`${message}\nWith CI=true a missing program is a failure.`);
  say(`\n*** ${message}\n*** The test suites that need them are SKIPPED.\n`);
}
