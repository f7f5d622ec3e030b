/**
 * A command whose words become options, and which shows its help if they ask for it. Knows no particular command.
 */

import { type Command, ExitCode } from "./command.ts";
import type { Terminal } from "./terminal/terminal.ts";

export interface OptionsCommand<Options extends object> extends Pick<Command, "name" | "summary"> {
  /** What `--help` shows. */
  readonly help: string;
  /** @throws {UsageError} for words that it does not understand */
  parse(words: readonly string[]): Options | "help";
  /** Resolves to the exit code. */
  run(options: Options, terminal: Terminal): Promise<number>;
}

export function optionsCommand<Options extends object>(command: OptionsCommand<Options>): Command {
  const { name, summary, help } = command;
  return {
    name,
    summary,
    async run(words, terminal) {
      const options = command.parse(words);
      if (options !== "help") return await command.run(options, terminal);
      terminal.out(help);
      return ExitCode.OK;
    },
  };
}
