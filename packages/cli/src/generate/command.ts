/** `hawser generate`: writes what routers and platforms must be told of a service. */

import { type Command, CommandError, ExitCode } from "../command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Deployment, readDeployment } from "./configuration.ts";
import { helpText } from "./help.ts";
import { lint } from "./lint.ts";
import { type GenerateOptions, parseGenerateOptions } from "./options.ts";
import type { GeneratedFile, Target } from "./target.ts";
import { TARGETS } from "./targets/index.ts";
import { differences, foreignFiles, printedFiles, writeFiles } from "./write.ts";

export const generate: Command = {
  name: "generate",
  summary: "write configurations of routers and platforms",
  async run(words, terminal) {
    const options = parseGenerateOptions(words, TARGETS);
    if (options === "help") {
      terminal.out(helpText(TARGETS));
      return ExitCode.OK;
    }
    const { flags, config: path, target } = options;
    const files = generatedFiles(target, readDeployment({ flags, path, folder: process.cwd() }));
    return delivered(files, options, terminal);
  },
};

/**
 * What a target makes of a deployment.
 *
 * @throws {CommandError} if the deployment contradicts itself, or asks what the target cannot do
 */
export function generatedFiles(target: Target, deployment: Deployment): readonly GeneratedFile[] {
  const problems = [...lint(deployment), ...(target.lint?.(deployment) ?? [])];
  if (problems.length === 0) return target.generate(deployment);
  throw new CommandError(["nothing is written:", ...problems].join("\n  "));
}

/** What the file system refuses is the user's to mend. */
function delivered(files: readonly GeneratedFile[], options: GenerateOptions, terminal: Terminal): number {
  try {
    return deliver(files, options, terminal);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== "string") throw error;
    throw new CommandError((error as Error).message);
  }
}

function deliver(files: readonly GeneratedFile[], options: GenerateOptions, terminal: Terminal): number {
  const { out, isCheck, isForced } = options;
  if (out === undefined) {
    terminal.out(printedFiles(files));
    return ExitCode.OK;
  }
  if (isCheck) return compare(files, out, terminal);
  const foreign = isForced ? [] : foreignFiles(files, out);
  if (foreign.length > 0) {
    const rule = "nothing is written: these files were not made by hawser generate; --force overwrites them:";
    throw new CommandError([rule, ...foreign].join("\n  "));
  }
  writeFiles(files, out);
  for (const { path } of files) terminal.error(`${out}/${path}\n`);
  return ExitCode.OK;
}

function compare(files: readonly GeneratedFile[], out: string, terminal: Terminal): number {
  const found = differences(files, out);
  for (const line of found) terminal.error(`${line}\n`);
  return found.length === 0 ? ExitCode.OK : ExitCode.FAILED;
}
