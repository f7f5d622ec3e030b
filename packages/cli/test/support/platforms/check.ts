/**
 * What checks of generated files have in common.
 */

import { spawnSync } from "node:child_process";
import { variableOf } from "../../../src/config/option-table.ts";
import { resolveOptions } from "../../../src/config/resolve.ts";
import { RUN_OPTIONS } from "../../../src/config/run-options.ts";
import type { Deployment } from "../../../src/generate/deployment.ts";
import type { GeneratedFile } from "../../../src/generate/target.ts";

/** What is wrong with a target's files, in lines. */
export type Check = (
  files: readonly GeneratedFile[],
  deployment: Deployment,
) => readonly string[] | Promise<readonly string[]>;

export function textOf(files: readonly GeneratedFile[], path: string): string {
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`there is no ${path}`);
  return file.text;
}

/** One line if the two are not the same. */
export function differs(what: string, actual: unknown, expected: unknown): readonly string[] {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  return one === other ? [] : [`${what} must be ${other}, got ${one}`];
}

/** One line unless `isTrue`. */
export function holds(isTrue: boolean, sentence: string): readonly string[] {
  return isTrue ? [] : [sentence];
}

/** Milliseconds that all of stopping takes after SIGTERM. */
export function stopMilliseconds({ notReady, drainWindow, closeTimeout }: Deployment): number {
  return notReady + drainWindow + closeTimeout;
}

/** Of `30s`, `1m` and `500`. */
export function milliseconds(text: string): number {
  const [, number = "", unit = "ms"] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? [];
  return Number(number || "NaN") * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit as "ms" | "s" | "m" | "h"];
}

/** What `hawser run` is told: names that it knows, and values that agree with the deployment. */
export function environmentProblems(
  variables: Readonly<Record<string, unknown>>,
  deployment: Deployment,
  limit: number,
): readonly string[] {
  const time = (name: string) => milliseconds(String(variables[name]));
  const { port, adminPort, closeTimeout } = deployment;
  return [
    ...variableProblems(variables),
    ...("PORT" in variables ? differs("PORT", variables["PORT"], String(port)) : []),
    ...differs("HAWSER_ADMIN", variables["HAWSER_ADMIN"], `0.0.0.0:${adminPort}`),
    ...holds(
      time("HAWSER_NOT_READY") + time("HAWSER_DRAIN_WINDOW") + closeTimeout <= limit,
      `stopping must end within ${limit} ms`,
    ),
    ...holds(
      time("HAWSER_GRACE") >= time("HAWSER_DRAIN_WINDOW") + closeTimeout,
      "HAWSER_GRACE must not be shorter than the window and closing",
    ),
    ...holds(time("HAWSER_NOT_READY") + time("HAWSER_GRACE") <= limit, `HAWSER_GRACE must end within ${limit} ms`),
  ];
}

/** Beside those of `hawser run`. */
const OTHER_VARIABLES: readonly string[] = ["NODE_ENV", "NODE_OPTIONS", "PORT", "REDIS_URL", "NATS_URL"];

/** As `hawser run` itself reads them. */
function variableProblems(variables: Readonly<Record<string, unknown>>): readonly string[] {
  const known = [...OTHER_VARIABLES, ...Object.keys(RUN_OPTIONS).map(variableOf)];
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
  const { problems } = resolveOptions(RUN_OPTIONS, { flags: {}, environment, file: undefined });
  return [
    ...problems,
    ...Object.keys(variables).flatMap((name) => holds(known.includes(name), `${name} is no known variable`)),
  ];
}

/** An idle timeout, in milliseconds, that two pings fit into. */
export function idleProblems(what: string, idle: number, { pingInterval }: Deployment): readonly string[] {
  return holds(idle > 2 * pingInterval, `${what} must be above two pings, ${2 * pingInterval} ms; got ${idle} ms`);
}

/** What a shell says of a script that it does not run. */
export function shellProblems(shell: "sh" | "bash", script: string): readonly string[] {
  const { status, stderr } = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
  return holds(status === 0, stderr.trim());
}
