/** `hawser tune`: gathers messages, measures, reports. */

import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { type Command, CommandError, ExitCode, Interrupted } from "../command.ts";
import { corpus as sampleCorpus } from "../corpora/index.ts";
import { readFiles } from "../messages/files.ts";
import type { Gathered } from "../messages/gathered.ts";
import { lineOf } from "../messages/json-lines.ts";
import { optionsCommand } from "../options-command.ts";
import { unwritable } from "../outputs.ts";
import { createProgress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { helpText } from "./help.ts";
import { measure } from "./measure.ts";
import { type CorpusSource, parseTuneOptions, type RecordSource, type TuneOptions } from "./options.ts";
import { recommend } from "./recommend.ts";
import { htmlReport } from "./reporting/html-report.ts";
import { corpusLine, textReport } from "./reporting/text-report.ts";
import type { TuneResult } from "./result.ts";
import { type Corpus, checkCorpus } from "./sources/corpus.ts";
import { gitLog } from "./sources/git-log.ts";
import { type Recording, record } from "./sources/record.ts";
import { baseOf, gridOf, rowsOf } from "./tables.ts";
import { totalWork } from "./work.ts";

/** The program of the measuring processes, compiled. Sources of this package find it in dist/, too. */
const SCRIPT = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/tune/processes/main.js" : "./processes/main.js",
  import.meta.url,
);

export const tune: Command = optionsCommand({
  name: "tune",
  summary: "measure what compression saves and costs for your own messages",
  help: helpText(),
  parse: parseTuneOptions,
  async run(options, terminal) {
    try {
      return await runTune(options, terminal);
    } catch (error) {
      throw terminal.interruption.aborted ? new Interrupted() : error;
    }
  },
});

async function runTune(options: TuneOptions, terminal: Terminal): Promise<number> {
  const { source } = options;
  if (source.kind === "record") return await recordCorpus(source, options.messages, terminal);
  const gathered = await gather(source, options.messages, terminal.interruption);
  if (options.output !== undefined) return await writeCorpus(gathered, options.output, terminal);
  return await measureCorpus(checkCorpus(gathered), options, terminal);
}

async function recordCorpus(
  { url, output, seconds }: RecordSource,
  messages: number,
  terminal: Terminal,
): Promise<number> {
  terminal.error(`Recording ${url} into ${output} (Ctrl-C ends it) ...\n`);
  const recording = await record({ url, output, messages, seconds }, terminal.interruption);
  terminal.error(`${recordingLine(recording, output)}\n`);
  return recording.count === 0 ? ExitCode.FAILED : ExitCode.OK;
}

function recordingLine({ count, end }: Recording, output: string): string {
  const why = { messages: "", seconds: " The time is over.", interrupted: "", closed: " The server closed." }[end];
  const next = count === 0 ? "" : ` Measure them: hawser tune ${output}`;
  return `${count.toLocaleString("en-US")} messages recorded.${why}${next}`;
}

async function gather(source: CorpusSource, messages: number, interruption: AbortSignal): Promise<Gathered> {
  switch (source.kind) {
    case "files":
      return await readFiles(source.path, messages);
    case "gitLog":
      return await gitLog(source.repository, messages, interruption);
    case "sample":
      return { source: `sample ${source.name}`, messages: sampleCorpus(source.name, messages), hasMore: false };
  }
}

async function writeCorpus({ messages }: Gathered, output: string, terminal: Terminal): Promise<number> {
  const lines = messages.map((message) => lineOf(textOf(message) ?? message));
  await writeNew(output, lines.join(""));
  terminal.error(`${messages.length.toLocaleString("en-US")} messages written. Measure them: hawser tune ${output}\n`);
  return ExitCode.OK;
}

/** The text that the bytes are UTF-8 of, if they are. */
function textOf(message: Uint8Array): string | undefined {
  const text = Buffer.from(message).toString("utf8");
  return Buffer.from(text).equals(message) ? text : undefined;
}

async function measureCorpus(corpus: Corpus, options: TuneOptions, terminal: Terminal): Promise<number> {
  const { plan, html, printsJson } = options;
  // A minute of measuring must not end with a file that cannot be written
  if (html !== undefined) await writeFile(html, "", { flag: "a" }).catch(unwritable);
  const startedAt = new Date().toISOString();
  const described = { ...corpus.summary, source: corpus.source };
  // Where JSON is printed, it is all that is
  const tell = printsJson ? terminal.error : terminal.out;
  tell(`${corpusLine(described)}\n\n`);
  const progress = createProgress(terminal, totalWork(plan), () => performance.now());
  const { interruption } = terminal;
  const measured = await measure(corpus, plan, { progress, interruption, script: SCRIPT }).finally(() =>
    progress.end(),
  );
  const grid = gridOf(measured.grid, described);
  const rows = rowsOf(measured.rows, baseOf(measured.grid), described, plan);
  const recommendation = recommend(rows, grid);
  const machine = { node: process.version, processor: cpus()[0]?.model ?? "unknown", platform: process.platform };
  const result: TuneResult = { version: 1, startedAt, machine, corpus: described, plan, rows, grid, recommendation };
  if (html !== undefined) await writeFile(html, htmlReport(result)).catch(unwritable);
  terminal.out(printsJson ? `${JSON.stringify(result, undefined, 2)}\n` : textReport(result));
  if (html !== undefined) terminal.error(`Report written: ${html}\n`);
  return ExitCode.OK;
}

async function writeNew(path: string, text: string): Promise<void> {
  if (existsSync(path)) throw new CommandError(`${path} exists already; --output names another file.`);
  await writeFile(path, text).catch(unwritable);
}
