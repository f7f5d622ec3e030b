/** `hawser status`: what a supervisor and its workers do, once or live. */

import { type Command, ExitCode, UsageError } from "../command.ts";
import type { ConfigurationSurroundings } from "../config/run-configuration.ts";
import { readWords } from "../options.ts";
import { adminClient, CLIENT_RULES, clientHelp } from "./client-options.ts";
import { processScreen, type Screen } from "./screen.ts";
import { statusLines } from "./view.ts";
import { watchStatus } from "./watch.ts";

const HELP = `hawser status: what hawser run and its workers do

Usage
  hawser status          live in a terminal, once in a pipe
  hawser status --once
  hawser status --json   what GET /status of the admin endpoint says

Live, q or Ctrl-C ends it.

Options
${clientHelp([
  ["    --once", "one look"],
  ["    --json", "one look, as JSON"],
])}

Exit codes: 0, or 1 if nobody answers.
`;

export interface StatusSurroundings extends ConfigurationSurroundings {
  /** Standard output; `undefined` if it is no terminal. */
  readonly screen: Screen | undefined;
}

export const status: Command = statusCommand(() => ({
  environment: process.env,
  folder: process.cwd(),
  screen: processScreen(),
}));

export function statusCommand(surroundingsOf: () => StatusSurroundings): Command {
  return {
    name: "status",
    summary: "show what hawser run and its workers do, live",
    async run(words, terminal) {
      const rules = { ...CLIENT_RULES, once: { type: "boolean" }, json: { type: "boolean" } } as const;
      const { values, positionals } = readWords(words, { ...rules, help: { type: "boolean", short: "h" } });
      if (values.help) {
        terminal.out(HELP);
        return ExitCode.OK;
      }
      if (positionals.length > 0) throw new UsageError(`options are all there is, got ${positionals[0]}.`);
      const surroundings = surroundingsOf();
      const client = adminClient(values, surroundings);
      const { screen } = surroundings;
      if (values.json) terminal.out(`${await client.statusJson()}\n`);
      else if (values.once || screen === undefined) {
        terminal.out(`${statusLines(await client.status(), Date.now()).join("\n")}\n`);
      } else if ((await watchStatus(client, screen, terminal.interruption)) === "stopped")
        terminal.out("It has stopped.\n");
      return ExitCode.OK;
    },
  };
}
