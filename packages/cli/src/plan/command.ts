/** `hawser plan`: measures the user's own program, and says how many processes it needs. */

import { basename } from "node:path";
import { checkLimits, machineLimits } from "../bench/limits.ts";
import type { Load } from "../bench/load.ts";
import { usualThreads } from "../bench/options.ts";
import { messagesOf } from "../bench/run.ts";
import { describeMessages, thisMachine } from "../bench/summary.ts";
import { type Command, CommandError, ExitCode, Interrupted } from "../command.ts";
import { optionsCommand } from "../options-command.ts";
import { checkOutputs, writeOutputs } from "../outputs.ts";
import { createProgress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { urlOf } from "./address.ts";
import { answerOf, capacityOf } from "./capacity.ts";
import { HELP } from "./help.ts";
import { htmlReport } from "./html-report.ts";
import { measureProgram } from "./measure.ts";
import { notesOf } from "./notes.ts";
import { type PlanOptions, parsePlanOptions } from "./options.ts";
import { Program } from "./program.ts";
import type { Measured, PlanResult } from "./result.ts";
import { START_WORK, stagesFor, totalWork } from "./stages.ts";
import { textReport } from "./text-report.ts";

export const plan: Command = optionsCommand({
  name: "plan",
  summary: "measure your own program, and say how many processes it needs",
  help: HELP,
  parse: parsePlanOptions,
  async run(options, terminal) {
    await checkOutputs(options);
    const result = await measurePlan(options, terminal).catch((error: unknown) => {
      throw terminal.interruption.aborted ? new Interrupted() : error;
    });
    const text = textReport(result, terminal.columns);
    await writeOutputs(options, result, { text, html: () => htmlReport(result) }, terminal);
    return ExitCode.OK;
  },
});

async function measurePlan(options: PlanOptions, terminal: Terminal): Promise<PlanResult> {
  const { entry, demand, sample, source, isBinary } = options;
  const startedAt = new Date().toISOString();
  checkLimits(sample, 1, machineLimits());
  const messages = await messagesOf(source, isBinary);
  const measured = await measure(options, messages, terminal);
  const capacity = capacityOf(measured, demand);
  const answer = answerOf(measured, capacity, demand);
  if (answer === undefined) {
    throw new CommandError(
      "not one connection fits into a process: --memory is too little, or a client's rate too high.",
    );
  }
  return {
    version: 1,
    startedAt,
    machine: thisMachine(),
    entry: basename(entry),
    messages: describeMessages(messages),
    demand,
    measured,
    capacity,
    answer,
    notes: notesOf(measured, capacity),
  };
}

async function measure(options: PlanOptions, messages: Load["messages"], terminal: Terminal): Promise<Measured> {
  const { entry, args, sample, url, first, timeout, handshake, isQuick } = options;
  const { interruption } = terminal;
  const stages = stagesFor(isQuick);
  const progress = createProgress(terminal, totalWork(stages), () => performance.now());
  const program = new Program(entry, args, interruption);
  try {
    progress.step("starting the program", START_WORK);
    const load: Load = {
      url: urlOf(await program.address(), url),
      mode: "echo",
      clients: sample,
      threads: usualThreads(),
      messages,
      messagesPerOpening: 0,
      first,
      timeout,
      handshake: { ...handshake, addresses: 1 },
    };
    return await measureProgram({ program, load, stages, progress, interruption });
  } finally {
    progress.end();
    await program.stop();
  }
}
