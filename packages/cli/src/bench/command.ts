/** `hawser bench`: puts a load on a server, measures, reports. */

import { writeFile } from "node:fs/promises";
import { type Command, CommandError, ExitCode, Interrupted } from "../command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { HELP } from "./help.ts";
import { htmlReport } from "./html-report.ts";
import { type BenchOptions, parseBenchOptions } from "./options.ts";
import { runBench } from "./run.ts";
import { resultOf } from "./summary.ts";
import { textReport } from "./text-report.ts";

/** As a file: standard output. */
const STANDARD_OUTPUT = "-";

export const bench: Command = {
  name: "bench",
  summary: "put a load on a server, and measure latency, throughput and errors",
  async run(words, terminal) {
    const options = parseBenchOptions(words);
    if (options === "help") {
      terminal.out(HELP);
      return ExitCode.OK;
    }
    return await benchServer(options, terminal);
  },
};

async function benchServer(options: BenchOptions, terminal: Terminal): Promise<number> {
  const { json, html } = options;
  // Minutes of measuring must not end with a file that cannot be written
  for (const path of [json, html]) await checkWritable(path);
  const run = await runBench(options, terminal).catch((error: unknown) => {
    throw terminal.interruption.aborted ? new Interrupted() : error;
  });
  const result = resultOf(run);
  const tell = json === STANDARD_OUTPUT ? terminal.error : terminal.out;
  tell(textReport(result));
  if (json === STANDARD_OUTPUT) terminal.out(`${JSON.stringify(result, undefined, 2)}\n`);
  else if (json !== undefined) await write(json, `${JSON.stringify(result, undefined, 2)}\n`, terminal);
  if (html !== undefined) await write(html, htmlReport(result), terminal);
  return result.broken.length === 0 ? ExitCode.OK : ExitCode.FAILED;
}

export async function checkWritable(path: string | undefined): Promise<void> {
  if (path !== undefined && path !== STANDARD_OUTPUT) await writeFile(path, "", { flag: "a" }).catch(unwritable);
}

export async function write(path: string, text: string, terminal: Terminal): Promise<void> {
  await writeFile(path, text).catch(unwritable);
  terminal.error(`Written: ${path}\n`);
}

function unwritable(error: Error): never {
  throw new CommandError(error.message);
}
