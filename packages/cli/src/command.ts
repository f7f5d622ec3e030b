/**
 * What a command is, what it may use, and how it fails. Knows no particular command.
 */

import type { Terminal } from "./terminal/terminal.ts";

/** One word after `hawser`: `hawser <name> [words...]`. */
export interface Command {
  readonly name: string;
  /** One line for `hawser --help`. */
  readonly summary: string;
  /**
   * @param words the command line after the command's name
   * @returns the exit code
   * @throws {UsageError} for words that it does not understand
   * @throws {CommandError} for what went wrong and is no bug
   */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}

/** The exit codes of every command. */
export const ExitCode = { OK: 0, FAILED: 1, USAGE: 2, INTERRUPTED: 130 } as const;

/** The words on the command line are wrong: exit code 2, and a pointer to the help. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command could not do its work, for a reason that its user can see and mend: exit code 1, no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Ctrl-C: exit code 130, nothing is printed. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
