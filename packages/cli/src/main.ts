/**
 * `hawser <command> [options]`: finds the command, and turns its end into an exit code. Knows no command.
 */

import { type Command, CommandError, ExitCode, Interrupted, UsageError } from "./command.ts";
import { suggestion } from "./nearest.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { version } from "./version.ts";

/** Runs one command line to its end; resolves to the exit code. An error that is a bug of ours is thrown on. */
export async function main(
  words: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<number> {
  const [first, ...rest] = words;
  const command = commands.find(({ name }) => name === first);
  try {
    return command === undefined ? general(words, commands, terminal) : await command.run(rest, terminal);
  } catch (error) {
    return failed(error, command, terminal);
  }
}

/** What stands before any command: help, version, or a word that is none. */
function general([first, second]: readonly string[], commands: readonly Command[], terminal: Terminal): number {
  if (first === "--version" || first === "-v") {
    terminal.out(`${version()}\n`);
    return ExitCode.OK;
  }
  if (first === "--help" || first === "-h" || (first === "help" && second === undefined)) {
    terminal.out(helpText(commands));
    return ExitCode.OK;
  }
  if (first === undefined) {
    terminal.error(helpText(commands));
    return ExitCode.USAGE;
  }
  const names = commands.map(({ name }) => name);
  if (first.startsWith("-")) throw new UsageError(`unknown option ${first}.${suggestion(first, GENERAL_OPTIONS)}`);
  throw new UsageError(`unknown command ${first}.${suggestion(first, names)}`);
}

const GENERAL_OPTIONS = ["--help", "--version"];

function failed(error: unknown, command: Command | undefined, terminal: Terminal): number {
  const program = command === undefined ? "hawser" : `hawser ${command.name}`;
  if (error instanceof Interrupted) return ExitCode.INTERRUPTED;
  if (error instanceof UsageError) {
    terminal.error(`${program}: ${error.message}\nTry ${program} --help.\n`);
    return ExitCode.USAGE;
  }
  if (!(error instanceof CommandError)) throw error;
  terminal.error(`${program}: ${error.message}\n`);
  return ExitCode.FAILED;
}

function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `hawser: WebSocket servers in production, from the command line

Usage
  hawser <command> [options]
  hawser <command> --help     what a command does, with examples
  hawser --version

Commands
${lines.join("\n")}

Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 interrupted.
`;
}
