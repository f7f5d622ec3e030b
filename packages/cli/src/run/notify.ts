/**
 * Tells a service manager how we are, as sd_notify(3) has it, by the program `systemd-notify`: Node has no datagrams on Unix sockets.
 */

import { spawn } from "node:child_process";
import { MAX_DELAY } from "../config/grammar.ts";
import type { Clock } from "./clock.ts";
import type { Supervision, SupervisorState, SupervisorStatus } from "./supervision.ts";

/** The variables of sd_notify(3), removed from the environment, so that no worker speaks for us. */
export interface NotifyEnvironment {
  readonly socket: string;
  /** Milliseconds between signs of life; `undefined`: nobody waits for them. */
  readonly watchdog: number | undefined;
}

type Environment = Record<string, string | undefined>;

export function takeNotifyEnvironment(env: Environment, pid: number): NotifyEnvironment | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: microseconds, WATCHDOG_PID: watched } = env;
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete env[name];
  if (socket === undefined) return undefined;
  const isWatched = /^[1-9]\d*$/.test(microseconds ?? "") && (watched === undefined || Number(watched) === pid);
  // Twice as often as asked, as the manual advises
  return { socket, watchdog: isWatched ? Math.min(Number(microseconds) / 2_000, MAX_DELAY) : undefined };
}

/** Says some assignments such as `READY=1`. */
export type Notify = (assignments: readonly string[]) => void;

/** Milliseconds for the program: it waits until the manager has read what it said. */
const PATIENCE = 5_000;

/**
 * By `systemd-notify`; the unit needs `NotifyAccess=all`. One after the other: what is said last must be heard last. `failed` is called
 * once, if it cannot be done.
 */
export function systemdNotify(socket: string, failed: (reason: string) => void): Notify {
  let hasFailed = false;
  const fail = (reason: string) => {
    if (!hasFailed) failed(reason);
    hasFailed = true;
  };
  let last = Promise.resolve();
  return (assignments) => {
    last = last.then(() => runNotify(assignments, socket)).catch((error: Error) => fail(error.message));
  };
}

function runNotify(assignments: readonly string[], socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NOTIFY_SOCKET: socket };
    const child = spawn("systemd-notify", [...assignments], { env, stdio: "ignore", timeout: PATIENCE });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`systemd-notify: ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** Tells of every change of state. Ends with the supervisor. */
export function notifyOf(
  supervision: Pick<Supervision, "onChange">,
  { watchdog }: NotifyEnvironment,
  notify: Notify,
  clock: Clock,
): void {
  let before: SupervisorState = "starting";
  let summary = "";
  supervision.onChange((status) => {
    const assignments = assignmentsFor(before, status.state);
    const now = summaryOf(status);
    if (assignments.length === 0 && now === summary) return;
    [before, summary] = [status.state, now];
    notify([...assignments, `STATUS=${now}`]);
  });
  if (watchdog === undefined) return;
  const beat = () => {
    if (before === "stopped") return;
    notify(["WATCHDOG=1"]);
    clock.schedule(beat, watchdog);
  };
  clock.schedule(beat, watchdog);
}

function assignmentsFor(before: SupervisorState, now: SupervisorState): string[] {
  if (before === now) return [];
  if (now === "running") return ["READY=1"];
  // Of CLOCK_MONOTONIC: the manager compares it with the time at which it asked for the restart
  if (now === "restarting") return ["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`];
  return now === "stopping" || now === "failed" ? ["STOPPING=1"] : [];
}

function summaryOf({ state, target, workers }: SupervisorStatus): string {
  const ready = workers.filter((worker) => worker.state === "ready").length;
  return `${state}: ${ready} of ${target} workers are ready`;
}
