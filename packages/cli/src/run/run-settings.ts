/** What `hawser run` was asked to do, resolved. Knows no flag and no environment. */

import { CommandError } from "../command.ts";
import type { BackoffSettings } from "./backoff.ts";

/** Where connections come from, and who gets them. */
export type Balance =
  | { readonly type: "round-robin" | "least-connections" | "reuse-port" }
  /** Each worker has a socket of its own: `%d` in the path is its number. */
  | { readonly type: "unix"; readonly pattern: string; readonly mode: number | undefined }
  /** Each worker has a port of its own, from this one on. */
  | { readonly type: "ports"; readonly first: number };

export interface WorkerBounds {
  readonly least: number;
  readonly most: number;
  /** Whether a number was asked for, and no bounds. */
  readonly isFixed: boolean;
}

/** Milliseconds and bytes; `Infinity`: no limit. */
export interface RunSettings {
  readonly pid: number;
  readonly version: string;
  readonly entry: string;
  readonly workers: WorkerBounds;
  readonly balance: Balance;
  readonly memoryLimit: number;
  /** 0: nobody is watched. */
  readonly stall: number;
  readonly readyTimeout: number;
  readonly notReady: number;
  readonly drainWindow: number;
  readonly stopCode: number;
  readonly restartCode: number;
  /** `undefined`: the window, and 20 seconds. */
  readonly grace: number | undefined;
  readonly maxConnectionAge: number;
  readonly crashLimit: number;
  readonly minUptime: number;
  readonly backoff: BackoffSettings;
  readonly log: "text" | "json";
}

/**
 * Node ignores what it does not have without a word, and the second worker fails with EADDRINUSE.
 *
 * @throws {CommandError} for `reuse-port` where there is none
 */
export function requireReusePort({ type }: Balance, node: string): void {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  if (type !== "reuse-port" || major > 22 || (major === 22 && minor >= 12)) return;
  throw new CommandError(
    `--balance reuse-port needs Node 22.12 or later, this is ${node}; round-robin works everywhere.`,
  );
}
