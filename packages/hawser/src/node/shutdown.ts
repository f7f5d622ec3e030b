/**
 * Stops a server when the process is asked to end.
 *
 * Nothing is forced the first time: the server closes, and the process ends by itself when nothing is left to do.
 */

import { constants } from "node:os";
import { nearestName, refuseUnknownOptions } from "../protocol/option-names.ts";
import { type Clock, systemClock } from "./clock.ts";
import { checkFunction } from "./option-checks.ts";

/** What {@link shutdownOn} stops: a server. */
export interface Stoppable<CloseOptions, DrainOptions> {
  close(options?: CloseOptions): Promise<void>;
  drain(options?: DrainOptions): Promise<void>;
  waitClosed(): Promise<void>;
}

export interface ShutdownOptions<CloseOptions = unknown, DrainOptions = unknown> {
  /**
   * The signals that stop the server.
   *
   * Windows delivers SIGINT (Ctrl+C) and SIGBREAK (Ctrl+Break) only: there SIGTERM ends a process without telling it.
   *
   * @default ["SIGTERM", "SIGINT"], on Windows ["SIGINT", "SIGBREAK"]
   */
  readonly signals?: readonly NodeJS.Signals[];
  /** What `server.close()` is called with. */
  readonly close?: CloseOptions;
  /**
   * Calls `server.drain()` in place of `close()`: `true`, or what it is called with.
   *
   * The platform's grace period must be longer than the drain.
   *
   * @default false
   */
  readonly drain?: boolean | DrainOptions;
  /**
   * Gets what `close()` or `drain()` rejects with.
   *
   * @default a process warning, and exit code 1
   */
  readonly onError?: (error: unknown) => void;
}

/** The part of `process` that is used. */
export interface SignalHost {
  readonly platform: string;
  exitCode?: number | string | null | undefined;
  on(signal: NodeJS.Signals, listener: SignalListener): unknown;
  off(signal: NodeJS.Signals, listener: SignalListener): unknown;
  exit(code: number): void;
  emitWarning(warning: Error): void;
}

type SignalListener = (signal: NodeJS.Signals) => void;

const ACTION = "shut down";

/**
 * Milliseconds after the first signal in which the same one again is still the first: Ctrl+C, and systemd, signal every process
 * of a group, and npm, one of them, passes on what it gets. Nobody presses a key twice as fast.
 */
const ECHO = 50;

/**
 * Stops `server` on the first of the signals; a second one ends the process at once, with 128 and its number as exit code.
 * (The same signal within 50 ms is not a second one: npm passes on what its child has got already.)
 *
 * The process ends by itself once the server is closed and nothing else keeps it. Signals reach the main thread alone; a server
 * in a worker thread is stopped through its option `signal`.
 *
 * @returns removes the handlers, which also happens once the server is closed, by whatever way.
 * @throws {TypeError} for unknown options and signals, or both `close` and `drain`.
 */
export function shutdownOn<CloseOptions, DrainOptions>(
  server: Stoppable<CloseOptions, DrainOptions>,
  options: ShutdownOptions<NoInfer<CloseOptions>, NoInfer<DrainOptions>> = {},
): () => void {
  return handleSignals(server, options, process, systemClock);
}

/** {@link shutdownOn} for any process. */
export function handleSignals<CloseOptions, DrainOptions>(
  server: Stoppable<CloseOptions, DrainOptions>,
  options: ShutdownOptions<CloseOptions, DrainOptions>,
  host: SignalHost,
  clock: Pick<Clock, "now">,
): () => void {
  checkOptions(options);
  const signals = new Set(options.signals ?? defaultSignals(host.platform));
  const report = options.onError ?? ((error) => warn(host, error));
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (first === undefined) {
      first = { signal, at: clock.now() };
      stop(server, options).catch((error) => guard(host, () => report(error)));
    } else if (signal !== first.signal || clock.now() - first.at > ECHO) {
      host.exit(128 + (constants.signals[signal] ?? 0));
    }
  };
  const remove = () => {
    for (const signal of signals) host.off(signal, onSignal);
  };
  for (const signal of signals) host.on(signal, onSignal);
  server.waitClosed().then(remove, remove);
  return remove;
}

/** Asynchronous, so that what is thrown at once is an ordinary rejection. */
async function stop<CloseOptions, DrainOptions>(
  server: Stoppable<CloseOptions, DrainOptions>,
  { close, drain = false }: ShutdownOptions<CloseOptions, DrainOptions>,
): Promise<void> {
  if (drain === false) await server.close(close);
  else await server.drain(drain === true ? undefined : (drain as DrainOptions));
}

function defaultSignals(platform: string): readonly NodeJS.Signals[] {
  return platform === "win32" ? ["SIGINT", "SIGBREAK"] : ["SIGTERM", "SIGINT"];
}

function warn(host: SignalHost, error: unknown): void {
  host.exitCode = 1;
  host.emitWarning(new Error("The server could not be shut down", { cause: error }));
}

function guard(host: SignalHost, report: () => void): void {
  try {
    report();
  } catch (error) {
    warn(host, error);
  }
}

function checkOptions<CloseOptions, DrainOptions>(options: ShutdownOptions<CloseOptions, DrainOptions>): void {
  refuseUnknownOptions(`Cannot ${ACTION}`, options, ["signals", "close", "drain", "onError"]);
  checkFunction(ACTION, "onError", options.onError);
  checkDrain(options.drain);
  if (options.close !== undefined && options.drain !== undefined && options.drain !== false) {
    throw new TypeError(`Cannot ${ACTION}: close and drain exclude each other, got both`);
  }
  for (const signal of options.signals ?? []) checkSignal(signal);
}

function checkDrain(drain: unknown): void {
  if (drain === undefined || typeof drain === "boolean" || (typeof drain === "object" && drain !== null)) return;
  throw new TypeError(`Cannot ${ACTION}: drain must be a boolean or options, got ${String(drain)}`);
}

/** Windows' own, allowed everywhere, so that a list may serve all platforms. */
const KNOWN_SIGNALS: readonly string[] = [...Object.keys(constants.signals), "SIGBREAK"];

/** Those that ask a process to end, for a suggestion. */
const LIKELY_SIGNALS: readonly string[] = ["SIGTERM", "SIGINT", "SIGBREAK", "SIGHUP", "SIGQUIT", "SIGUSR2"];

/** A misspelt signal would be an event that never comes. */
function checkSignal(signal: string): void {
  if (!KNOWN_SIGNALS.includes(signal)) {
    const meant = nearestName(String(signal), LIKELY_SIGNALS);
    throw new TypeError(`Cannot ${ACTION}: there is no signal ${JSON.stringify(signal)}, did you mean "${meant}"?`);
  }
  if (signal !== "SIGKILL" && signal !== "SIGSTOP") return;
  throw new TypeError(`Cannot ${ACTION}: no process is told of ${signal}`);
}
