/** What `hawser generate --help` teaches. */

import { DEPLOY_OPTIONS } from "../config/deploy-options.ts";
import { flagsHelp } from "../config/option-table.ts";
import { OWN_HELP } from "./options.ts";
import type { Target } from "./target.ts";

export function helpText(targets: readonly Target[]): string {
  const width = Math.max(0, ...targets.map(({ name }) => name.length));
  const lines = targets.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `hawser generate: configurations for routers and platforms that agree with one another

Usage
  hawser generate <target> [options]

Examples
  hawser generate nginx
  hawser generate systemd --out deploy
  hawser generate nginx --out deploy --check
      In CI: fails if what is there is not what the configuration asks for.

Targets
${lines.join("\n")}

Options: each can stand in the section deploy of the configuration file
${flagsHelp(DEPLOY_OPTIONS, OWN_HELP)}

Exit codes: 0 done, 1 the configuration contradicts itself or --check found a difference, 2 the command line is wrong.
`;
}
