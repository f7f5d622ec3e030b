/** `hawser plan`: measures the user's own program, and says how many processes it needs. */

import { basename } from "node:path";
import { checkWritable, write } from "../bench/command.ts";
import { checkLimits, machineLimits } from "../bench/limits.ts";
import type { Load } from "../bench/load.ts";
import { usualThreads } from "../bench/options.ts";
import { messagesOf } from "../bench/run.ts";
import { describeMessages, thisMachine } from "../bench/summary.ts";
import { type Command, CommandError, ExitCode, Interrupted } from "../command.ts";
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

/** As a file: standard output. */
const STANDARD_OUTPUT = "-";

export const plan: Command = {
  name: "plan",
  summary: "measure your own program, and say how many processes it needs",
  async run(words, terminal) {
    const options = parsePlanOptions(words);
    if (options === "help") {
      terminal.out(HELP);
      return ExitCode.OK;
    }
    try {
      return await planFor(options, terminal);
    } catch (error) {
      throw terminal.interruption.aborted ? new Interrupted() : error;
    }
  },
};

async function planFor(options: PlanOptions, terminal: Terminal): Promise<number> {
  const { json, html } = options;
  // A minute of measuring must not end with a file that cannot be written
  for (const path of [json, html]) await checkWritable(path);
  const result = await measurePlan(options, terminal);
  const tell = json === STANDARD_OUTPUT ? terminal.error : terminal.out;
  tell(textReport(result, terminal.columns));
  if (json === STANDARD_OUTPUT) terminal.out(`${JSON.stringify(result, undefined, 2)}\n`);
  else if (json !== undefined) await write(json, `${JSON.stringify(result, undefined, 2)}\n`, terminal);
  if (html !== undefined) await write(html, htmlReport(result), terminal);
  return ExitCode.OK;
}

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
