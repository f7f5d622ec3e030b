/**
 * Tells a service manager how we are, as sd_notify(3) has it, by the program `systemd-notify`: Node has no datagrams on Unix sockets.
 */

import { spawn } from "node:child_process";
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
  const isWatched = microseconds !== undefined && (watched === undefined || Number(watched) === pid);
  // Twice as often as asked, as the manual advises
  return { socket, watchdog: isWatched ? Number(microseconds) / 2_000 : undefined };
}

/** Says some assignments such as `READY=1`. */
export type Notify = (assignments: readonly string[]) => void;

/** By `systemd-notify`; the unit needs `NotifyAccess=all`. `failed` is called once, if it cannot be done. */
export function systemdNotify(socket: string, failed: (reason: string) => void): Notify {
  let hasFailed = false;
  const fail = (reason: string) => {
    if (!hasFailed) failed(reason);
    hasFailed = true;
  };
  return (assignments) => {
    const child = spawn("systemd-notify", [...assignments], {
      env: { ...process.env, NOTIFY_SOCKET: socket },
      stdio: "ignore",
    });
    child.on("error", (error) => fail(error.message));
    child.on("exit", (code) => {
      if (code !== 0) fail(`systemd-notify: exit code ${code}`);
    });
  };
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
    const assignments = assignmentsFor(before, status.state, clock);
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

function assignmentsFor(before: SupervisorState, now: SupervisorState, clock: Clock): string[] {
  if (before === now) return [];
  if (now === "running") return ["READY=1"];
  if (now === "restarting") return ["RELOADING=1", `MONOTONIC_USEC=${Math.round(clock.now() * 1_000)}`];
  return now === "stopping" || now === "failed" ? ["STOPPING=1"] : [];
}

function summaryOf({ state, target, workers }: SupervisorStatus): string {
  const ready = workers.filter((worker) => worker.state === "ready").length;
  return `${state}: ${ready} of ${target} workers are ready`;
}
