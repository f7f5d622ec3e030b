/**
 * Everything that `hawser run` is told, from all sources, checked. Starts nothing.
 */

import { relative, resolve } from "node:path";
import { UsageError } from "../command.ts";
import { type OptionRules, type ReadWords, readWords } from "../options.ts";
import { loadConfigFile } from "./config-file.ts";
import { DEPLOY_OPTIONS } from "./deploy-options.ts";
import { flagRules, type OptionTable, variableOf } from "./option-table.ts";
import { misspeltVariables, namedFlags, type Origins, type Resolved, resolveOptions } from "./resolve.ts";
import { RUN_OPTIONS, type RunSettings } from "./run-options.ts";
import { splitRunWords } from "./run-words.ts";
import { configurationTable, originName, shownOptions } from "./show.ts";

/** What of the process the configuration depends on. */
export interface ConfigurationSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
}

export interface RunConfiguration {
  readonly settings: RunSettings;
  readonly origins: Origins<typeof RUN_OPTIONS>;
  /** The program's own. */
  readonly arguments: readonly string[];
  /** From the working folder. */
  readonly file: string | undefined;
  /** Sentences for standard error. */
  readonly warnings: readonly string[];
  /** `--show-config` was given: print {@link configurationText} and end. */
  readonly isShown: boolean;
}

/**
 * Reads the words after `hawser run`; `"help"` if they ask for it.
 *
 * @throws {UsageError} that names everything that is wrong, one line each
 */
export function readRunConfiguration(
  words: readonly string[],
  { environment, folder }: ConfigurationSurroundings,
): RunConfiguration | "help" {
  const rules: OptionRules = {
    ...flagRules(RUN_OPTIONS),
    "show-config": { type: "boolean" },
    help: { type: "boolean", short: "h" },
  };
  const { own, entry, program } = splitRunWords(words, rules);
  const { values } = readOwnWords(own, rules);
  if (values["help"] !== undefined) return "help";
  const flags = { ...namedFlags(RUN_OPTIONS, values), ...(entry === undefined ? {} : { entry }) };
  const { resolved, file } = resolveWithFile(RUN_OPTIONS, flags, { environment, folder });
  const isShown = values["show-config"] !== undefined;
  const settings = withEntryPath(resolved, folder, file?.folder);
  throwProblems(resolved.problems);
  throwProblems([...conflicts(resolved), ...(isShown ? [] : missingEntry(settings))]);
  return {
    settings,
    origins: resolved.origins,
    arguments: program,
    file: file?.path,
    warnings: [...misspeltVariables(RUN_OPTIONS, environment), ...shortGrace(resolved)],
    isShown,
  };
}

/** Says where the program's own options go, to whom they were meant for it. */
function readOwnWords(words: readonly string[], rules: OptionRules): ReadWords<OptionRules> {
  try {
    return readWords(words, rules);
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(
      message.startsWith("unknown option") ? `${message} The program's own come after --.` : message,
    );
  }
}

/** Reads the options of `table` alone from the same sources; what else the file holds is checked all the same. */
export function resolveWithFile<Table extends OptionTable>(
  table: Table,
  flags: Readonly<Record<string, string>>,
  { environment, folder }: ConfigurationSurroundings,
) {
  const path = flags["config"] ?? (environment[variableOf("config")] || undefined);
  const file = loadConfigFile(RUN_OPTIONS, folder, path, { deploy: DEPLOY_OPTIONS });
  return { resolved: resolveOptions(table, { flags, environment, file }), file };
}

/** @throws {UsageError} if there are any. */
export function throwProblems(problems: readonly string[]): void {
  const [first, ...more] = problems;
  if (first === undefined) return;
  if (more.length === 0) throw new UsageError(first);
  throw new UsageError(`${problems.length} things are wrong:\n${problems.map((one) => `  ${one}`).join("\n")}`);
}

/** The file's paths start where the file is, all others in the working folder. */
function withEntryPath(
  { settings, origins }: Resolved<typeof RUN_OPTIONS>,
  folder: string,
  start: string | undefined,
): RunSettings {
  const { entry } = settings;
  if (entry === undefined || start === undefined || origins.entry.kind !== "file") return settings;
  return { ...settings, entry: relative(folder, resolve(start, entry)) };
}

function missingEntry({ entry }: RunSettings): string[] {
  return entry === undefined
    ? ["which program? Name the file that calls serve(), or set entry in the configuration."]
    : [];
}

/** What is right by itself and wrong together. */
function conflicts({ settings, origins }: Resolved<typeof RUN_OPTIONS>): string[] {
  const { workers, scale } = settings;
  const isRange = workers.least !== workers.most;
  if (scale === undefined || isRange) return [];
  const given = RUN_OPTIONS.workers.grammar.show(workers);
  return [`${originName("scale", origins.scale)} needs a range of workers, such as --workers 2..8, got ${given}.`];
}

/** What works, and is hardly meant. */
function shortGrace({ settings, origins }: Resolved<typeof RUN_OPTIONS>): string[] {
  const { grace, drainWindow } = settings;
  if (grace === undefined || grace >= drainWindow) return [];
  const { grammar } = RUN_OPTIONS.drainWindow;
  return [
    `${originName("grace", origins.grace)} ${grammar.show(grace)} is shorter than --drain-window ${grammar.show(drainWindow)}: a worker that is replaced may be killed with connections open.`,
  ];
}

/** What `--show-config` prints. */
export function configurationText({ settings, origins, file }: RunConfiguration): string {
  const table = configurationTable(shownOptions(RUN_OPTIONS, settings, origins));
  return `Configuration file: ${file ?? "none"}\n\n${table}\n`;
}
