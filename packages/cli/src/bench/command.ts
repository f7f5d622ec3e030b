/** `hawser bench`: puts a load on a server, measures, reports. */

import { type Command, ExitCode, Interrupted } from "../command.ts";
import { optionsCommand } from "../options-command.ts";
import { checkOutputs, writeOutputs } from "../outputs.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { HELP } from "./help.ts";
import { htmlReport } from "./html-report.ts";
import { type BenchOptions, parseBenchOptions } from "./options.ts";
import { runBench } from "./run.ts";
import { resultOf } from "./summary.ts";
import { textReport } from "./text-report.ts";

export const bench: Command = optionsCommand({
  name: "bench",
  summary: "put a load on a server, and measure latency, throughput and errors",
  help: HELP,
  parse: parseBenchOptions,
  run: benchServer,
});

async function benchServer(options: BenchOptions, terminal: Terminal): Promise<number> {
  await checkOutputs(options);
  const run = await runBench(options, terminal).catch((error: unknown) => {
    throw terminal.interruption.aborted ? new Interrupted() : error;
  });
  const result = resultOf(run);
  await writeOutputs(options, result, { text: textReport(result), html: () => htmlReport(result) }, terminal);
  return result.broken.length === 0 ? ExitCode.OK : ExitCode.FAILED;
}
