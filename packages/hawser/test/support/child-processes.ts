/**
 * Programs that run in processes of their own, stopped when the test ends.
 *
 * They use what was built.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";

export function pathOf(program: string): string {
  return fileURLToPath(new URL(`./child-programs/${program}.mjs`, import.meta.url));
}

export interface Program {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** The exit code or the signal that ended it, once all output is there. */
  readonly ended: Promise<unknown>;
}

function watched(child: ChildProcess): Program {
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  return { process: child, output: () => output, ended };
}

/** Starts a program and waits until it says where it listens. */
export async function started(child: ChildProcess): Promise<Program & { readonly port: number }> {
  const program = watched(child);
  const said = expect.poll(program.output, { timeout: 10_000, interval: 10 }).toMatch(/^port \d+.*\n/);
  await Promise.race([said, program.ended]);
  expect(child.exitCode, "the program ended before it listened").toBe(null);
  return { ...program, port: Number(/^port (\d+)/.exec(program.output())?.[1]) };
}

/** Starts one of the programs with `options`, its one argument, and `flags` of Node. */
export function start(
  program: string,
  options: object = {},
  flags: readonly string[] = [],
): Promise<Program & { readonly port: number }> {
  const args = [...flags, pathOf(program), JSON.stringify(options)];
  return started(spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] }));
}
