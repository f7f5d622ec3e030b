/**
 * What signals mean to a supervisor.
 *
 * SIGUSR1 is Node's own: it opens the inspector.
 */

import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import type { Clock } from "./clock.ts";

/** What is told to act. */
export interface Signalled {
  stop(): Promise<void>;
  restart(): Promise<void>;
  addToTarget(change: 1 | -1): void;
}

/** The part of `process` that is used. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
}

export interface SignalOptions {
  readonly clock: Pick<Clock, "now">;
  /** Ends at once, with that exit code. */
  readonly abort: (code: number) => void;
  /** Whether the terminal that we were started in has gone. */
  readonly isTerminalGone: () => boolean;
}

/**
 * Milliseconds in which the same signal again is still the first: a terminal signals a whole group, and a process manager in it
 * passes on what it gets.
 */
const ECHO = 50;

export function handleSignals(source: SignalSource, supervisor: Signalled, options: SignalOptions): void {
  const stop = stopper(supervisor, options);
  // Who sent the signal learns from the journal what came of it
  const restart = () => void supervisor.restart().catch(() => {});
  source.on("SIGTERM", () => stop("SIGTERM"));
  source.on("SIGINT", () => stop("SIGINT"));
  source.on("SIGHUP", () => (options.isTerminalGone() ? stop("SIGHUP") : restart()));
  source.on("SIGUSR2", restart);
  source.on("SIGTTIN", () => supervisor.addToTarget(1));
  source.on("SIGTTOU", () => supervisor.addToTarget(-1));
}

function stopper(supervisor: Signalled, { clock, abort }: SignalOptions): (signal: NodeJS.Signals) => void {
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  return (signal) => {
    if (first === undefined) {
      first = { signal, at: clock.now() };
      void supervisor.stop();
    } else if (signal !== first.signal || clock.now() - first.at > ECHO) {
      abort(128 + constants.signals[signal]);
    }
  };
}

/** Tells it later, by whether a process that had a terminal can still open it. */
export function terminalWatch(hadTerminal: boolean): () => boolean {
  return () => {
    if (!hadTerminal) return false;
    try {
      closeSync(openSync("/dev/tty", "r"));
      return false;
    } catch {
      return true;
    }
  };
}
