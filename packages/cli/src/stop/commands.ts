/** `hawser stop`, `hawser restart`, `hawser scale`: what a running supervisor can be told. */

import { type Command, CommandError, ExitCode, Interrupted, UsageError } from "../command.ts";
import type { ConfigurationSurroundings } from "../config/run-configuration.ts";
import { MAX_WORKERS } from "../config/run-grammars.ts";
import { numberOption, type OptionRules, type OptionValues, readWords } from "../options.ts";
import { type AdminClient, NobodyAnswers, type ShownStatus } from "../status/admin-client.ts";
import { adminClient, CLIENT_RULES } from "../status/client-options.ts";
import { follow } from "../status/follow.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { parseDuration } from "../units.ts";
import { RESTART_HELP, SCALE_HELP, STOP_HELP } from "./help.ts";
import { restartStage, stopStage } from "./stages.ts";

type SurroundingsOf = () => ConfigurationSurroundings;

const PROCESS: SurroundingsOf = () => ({ environment: process.env, folder: process.cwd() });

export const stop: Command = stopCommand(PROCESS);
export const restart: Command = restartCommand(PROCESS);
export const scale: Command = scaleCommand(PROCESS);

const STOP_RULES = {
  ...CLIENT_RULES,
  now: { type: "boolean" },
  timeout: { type: "string" },
} as const satisfies OptionRules;

export function stopCommand(surroundingsOf: SurroundingsOf): Command {
  return commandOf("stop", "close all connections and stop hawser run", STOP_HELP, async (words, terminal) => {
    const { values, positionals } = readWords(words, STOP_RULES);
    refusePositionals(positionals);
    const timeout = timeoutOf(values);
    const client = adminClient(values, surroundingsOf());
    const { pid } = await client.status();
    await client.stop({ now: values.now === true }).catch(ignoreEnd);
    await followStop(client, pid, timeout, terminal);
    terminal.out("Stopped\n");
  });
}

/** It may end before its answer is out. */
function ignoreEnd(error: unknown): void {
  if (!(error instanceof NobodyAnswers)) throw error;
}

function timeoutOf({ timeout }: OptionValues<typeof STOP_RULES>): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  const milliseconds = parseDuration(timeout);
  if (milliseconds !== undefined) return milliseconds;
  throw new UsageError(`--timeout must be a time such as 30s, 5m or 500 (ms), got ${timeout}.`);
}

/** It has stopped when nobody answers any more, or somebody else. */
async function followStop(client: AdminClient, pid: number, timeout: number, terminal: Terminal): Promise<void> {
  const end = performance.now() + timeout;
  const look = async () => {
    const status = await statusOrGone(client);
    if (status === undefined || status.pid !== pid) return undefined;
    if (performance.now() < end) return status;
    throw new CommandError(`it has not stopped within ${timeout} ms, and goes on stopping; hawser stop --now ends it.`);
  };
  await onceBegun(terminal, "It goes on stopping.", () => follow(terminal, look, stopStage));
}

async function statusOrGone(client: AdminClient): Promise<ShownStatus | undefined> {
  try {
    return await client.status();
  } catch (error) {
    if (error instanceof NobodyAnswers) return undefined;
    throw error;
  }
}

/** Whoever stops waiting is told that nothing else stops. */
async function onceBegun(terminal: Terminal, sentence: string, wait: () => Promise<void>): Promise<void> {
  try {
    await wait();
  } catch (error) {
    if (error instanceof Interrupted) terminal.error(`${sentence}\n`);
    throw error;
  }
}

export function restartCommand(surroundingsOf: SurroundingsOf): Command {
  return commandOf("restart", "replace all workers, one after the other", RESTART_HELP, async (words, terminal) => {
    const { values, positionals } = readWords(words, CLIENT_RULES);
    refusePositionals(positionals);
    const client = adminClient(values, surroundingsOf());
    const before = await client.status();
    await onceBegun(terminal, "It goes on restarting.", () => followRestart(client, before, terminal));
    const { workers } = await client.status();
    terminal.out(`Restarted, ${workers.filter(({ state }) => state === "ready").length} workers ready\n`);
  });
}

async function followRestart(client: AdminClient, before: ShownStatus, terminal: Terminal): Promise<void> {
  const oldest = Math.max(0, ...before.workers.map(({ generation }) => generation));
  const leaving = new AbortController();
  let isOver = false;
  const restarted = client.restart(leaving.signal).finally(() => {
    isOver = true;
  });
  // Awaited below; until then its failure is not unhandled
  restarted.catch(() => {});
  try {
    const look = async () => (isOver ? undefined : client.status());
    await follow(terminal, look, (status) => restartStage(status, oldest));
    await restarted;
  } finally {
    leaving.abort();
  }
}

export function scaleCommand(surroundingsOf: SurroundingsOf): Command {
  return commandOf("scale", "change the number of workers", SCALE_HELP, async (words, terminal) => {
    const { values, positionals } = readWords(words, CLIENT_RULES);
    const [wanted, ...more] = positionals;
    if (wanted === undefined) throw new UsageError("how many workers?");
    refusePositionals(more);
    const target = numberOption("the number of workers", wanted, 0, { least: 1, most: MAX_WORKERS });
    const { before } = await adminClient(values, surroundingsOf()).scale(target);
    terminal.out(`${target} workers, ${before} before\n`);
  });
}

function refusePositionals([first]: readonly string[]): void {
  if (first !== undefined) throw new UsageError(`there is nothing more to say, got ${first}.`);
}

/** A command with `--help`, and 0 at its end. */
function commandOf(
  name: string,
  summary: string,
  help: string,
  work: (words: readonly string[], terminal: Terminal) => Promise<void>,
): Command {
  return {
    name,
    summary,
    async run(words, terminal) {
      if (words.some((word) => word === "--help" || word === "-h")) terminal.out(help);
      else await work(words, terminal);
      return ExitCode.OK;
    },
  };
}
