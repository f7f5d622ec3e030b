/** `hawser run`: joins a supervisor with this process, its signals, its service manager and its workers. */

import cluster from "node:cluster";
import { availableParallelism } from "node:os";
import { type ListenFd, listenFds } from "hawser";
import { serveIpcBackplane } from "hawser/backplanes/ipc";
import { type Command, CommandError, ExitCode } from "../command.ts";
import { type OptionEntry, variableOf } from "../config/option-table.ts";
import { configurationText, type RunConfiguration, readRunConfiguration } from "../config/run-configuration.ts";
import { RUN_OPTIONS } from "../config/run-options.ts";
import { supervisorSettings } from "../config/supervisor-settings.ts";
import { version } from "../version.ts";
import { systemClock } from "./clock.ts";
import { startControls } from "./controls.ts";
import { findEntry } from "./entry.ts";
import { helpText } from "./help.ts";
import { type Journal, journalOf, jsonFormat, textFormat } from "./journal.ts";
import { type LaunchSettings, launcher } from "./launch.ts";
import type { Address } from "./messages.ts";
import { notifyOf, systemdNotify, takeNotifyEnvironment } from "./notify.ts";
import { Output } from "./output.ts";
import { type RunSettings, requireReusePort } from "./run-settings.ts";
import { handleSignals, terminalWatch } from "./signals.ts";
import { Supervisor } from "./supervisor.ts";
import { Switchboard } from "./switchboard.ts";

export const run: Command = {
  name: "run",
  summary: "run a server in several processes, watched, restarted and stopped gently",
  async run(words, terminal) {
    const configuration = readRunConfiguration(words, { environment: process.env, folder: process.cwd() });
    if (configuration === "help") {
      terminal.out(helpText());
      return ExitCode.OK;
    }
    if (configuration.isShown) {
      terminal.out(configurationText(configuration));
      return ExitCode.OK;
    }
    for (const warning of configuration.warnings) terminal.error(`${warning}\n`);
    const entry = findEntry(configuration.settings.entry ?? "");
    hideSecrets(process.env);
    const settings: RunSettings = {
      pid: process.pid,
      version: version(),
      entry: entry.path,
      ...supervisorSettings(configuration.settings, availableParallelism()),
    };
    requireReusePort(settings.balance, process.versions.node);
    return supervise(settings, configuration, entry);
  },
};

/** What the supervisor alone is told by variables is not for its workers: the program, and whatever that starts, could stop us by it. */
function hideSecrets(env: Record<string, string | undefined>): void {
  for (const [name, { isSecret }] of Object.entries<OptionEntry<unknown>>(RUN_OPTIONS)) {
    if (isSecret === true) delete env[variableOf(name)];
  }
}

/** Milliseconds for processes that were killed to be gone. */
const ABORT_PATIENCE = 1_000;

async function supervise(
  settings: RunSettings,
  { arguments: args, settings: given }: RunConfiguration,
  entry: LaunchSettings["entry"],
): Promise<number> {
  const format = settings.log === "json" ? jsonFormat(settings.pid, systemClock.date) : textFormat(settings.pid);
  const [output, errors] = [new Output(process.stdout), new Output(process.stderr)];
  const journal = journalOf(format, (text) => output.write(text));
  const notifyEnvironment = takeNotifyEnvironment(process.env, settings.pid);
  const descriptors = inheritedDescriptors();
  const numbers = descriptors.map(({ fd }) => fd);
  const switchboard = new Switchboard(settings.balance, numbers, (address) => {
    journal.info(`listening on ${shown(address)}`);
  });
  const names = descriptors.map(({ name }) => name ?? null);
  const orders = ordersOf(settings, names);
  const launch = launcher({ entry, args, orders, format, output, errors }, switchboard);
  const supervisor = new Supervisor(settings, {
    clock: systemClock,
    random: Math.random,
    launch,
    journal,
    places: switchboard,
  });
  serveIpcBackplane(cluster);
  if (notifyEnvironment !== undefined) {
    const failed = (reason: string) => journal.warn(`the service manager cannot be told: ${reason}`);
    notifyOf(supervisor, notifyEnvironment, systemdNotify(notifyEnvironment.socket, failed), systemClock);
  }
  const host = { kill: () => supervisor.kill(), processors: availableParallelism(), journal };
  const controls = await startControls(supervisor, given, host);
  const code = untilEnded(supervisor);
  warnAsInit(journal);
  supervisor.start();
  try {
    return await code;
  } finally {
    await controls.close();
  }
}

/** @throws {CommandError} if the variables of socket activation are malformed */
function inheritedDescriptors(): readonly ListenFd[] {
  try {
    return listenFds();
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

/** Resolves to the exit code. */
function untilEnded(supervisor: Supervisor): Promise<number> {
  return new Promise((resolve) => {
    let aborted: number | undefined;
    handleSignals(process, supervisor, {
      clock: systemClock,
      isTerminalGone: terminalWatch(process.stdout.isTTY === true),
      abort(code) {
        aborted = code;
        supervisor.kill();
        setTimeout(() => process.exit(code), ABORT_PATIENCE).unref();
      },
    });
    void supervisor.ended.then((code) => resolve(aborted ?? code));
  });
}

function ordersOf(
  { balance, stall, stopCode, maxConnectionAge }: RunSettings,
  descriptors: readonly (string | null)[],
): LaunchSettings["orders"] {
  return {
    beat: stall === 0 ? BEAT : Math.min(BEAT, stall / 5),
    stopCode,
    reusesPort: balance.type === "reuse-port",
    maxConnectionAge: maxConnectionAge === Number.POSITIVE_INFINITY ? null : maxConnectionAge,
    descriptors,
  };
}

/** Milliseconds between a worker's signs of life: what is shown of it is as old at most. */
const BEAT = 1_000;

function shown(address: Address): string {
  if (address === null) return "an inherited descriptor";
  if (typeof address === "string") return address;
  return address.family === "IPv6" ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

/** Node waits for its own children alone. */
function warnAsInit(journal: Journal): void {
  if (process.pid !== 1) return;
  journal.info("this is process 1: what workers leave behind is not waited for; an init does (docker run --init)");
}
