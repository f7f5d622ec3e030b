/**
 * Where the supervisor is asked, and with which token: the same options and the same sources as those of `hawser run`.
 */

import { UsageError } from "../command.ts";
import { flagRules, flagsHelp, type HelpRow, variableOf } from "../config/option-table.ts";
import { namedFlags } from "../config/resolve.ts";
import { type ConfigurationSurroundings, resolveWithFile, throwProblems } from "../config/run-configuration.ts";
import { RUN_OPTIONS } from "../config/run-options.ts";
import { originName } from "../config/show.ts";
import type { OptionValues } from "../options.ts";
import { AdminClient } from "./admin-client.ts";

const { admin, adminToken, config } = RUN_OPTIONS;

const CLIENT_OPTIONS = {
  admin: { ...admin, help: "where hawser run answers" },
  adminToken: { ...adminToken, help: "its token, if it has one; better given as HAWSER_ADMIN_TOKEN" },
  config,
};

/** For `readWords()`. */
export const CLIENT_RULES = flagRules(CLIENT_OPTIONS);

/** Lines of `--help`, those of a command's own flags first. */
export function clientHelp(more: readonly HelpRow[] = []): string {
  return flagsHelp(CLIENT_OPTIONS, more);
}

type Values = OptionValues<Readonly<Record<string, { readonly type: "string" | "boolean" }>>>;

/**
 * The client that the words, the environment and the configuration file ask for.
 *
 * @throws {UsageError}
 */
export function adminClient(values: Values, surroundings: ConfigurationSurroundings): AdminClient {
  const flags = namedFlags(CLIENT_OPTIONS, values);
  const { resolved, file } = resolveWithFile(CLIENT_OPTIONS, flags, surroundings);
  const { settings, origins, problems } = resolved;
  // Who says where to ask can ask in spite of a file that is broken
  const isTold = flags["admin"] !== undefined || Boolean(surroundings.environment[variableOf("admin")]);
  throwProblems(isTold ? problems.filter((one) => file?.problems.includes(one) !== true) : problems);
  const { admin: address } = settings;
  if (address === undefined) {
    throw new UsageError(`the admin endpoint is off (${originName("admin", origins.admin)}), so nobody can be asked.`);
  }
  const reached = { host: REACHED[address.host] ?? address.host, port: address.port };
  return new AdminClient({ address: reached, token: settings.adminToken, shown: admin.grammar.show(reached) });
}

/** Who listens everywhere is asked here. */
const REACHED: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
