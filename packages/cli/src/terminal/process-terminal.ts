/**
 * The terminal of this process: its standard streams and its signals.
 */

import { ExitCode } from "../command.ts";
import type { Terminal } from "./terminal.ts";

/**
 * A command that asks for `interruption` takes over SIGINT and SIGTERM by that: the first is told to it, the second ends the process at
 * once. Others do with signals what they like.
 */
export function processTerminal(): Terminal {
  let interruption: AbortSignal | undefined;
  // `hawser ... | head` closes the pipe early: nobody reads on, so there is nothing left to do
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    columns: process.stderr.isTTY ? (process.stderr.columns ?? 80) : undefined,
    get interruption() {
      interruption ??= takeSignals();
      return interruption;
    },
  };
}

function takeSignals(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(ExitCode.INTERRUPTED);
    controller.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return controller.signal;
}
