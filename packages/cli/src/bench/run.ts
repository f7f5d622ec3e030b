/** Carries out a load: opens the clients, warms up, measures, closes. */

import { CommandError, Interrupted } from "../command.ts";
import { readFiles } from "../messages/files.ts";
import { createLiveLine, type LiveLine } from "../terminal/live-line.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { Fleet, LEAD } from "./fleet.ts";
import { checkLimits, machineLimits } from "./limits.ts";
import type { Load, LoadMessages } from "./load.ts";
import { Measurement } from "./measurement.ts";
import type { BenchOptions, MessageSource } from "./options.ts";
import { sampleMachine, sampleProcess } from "./processors.ts";
import type { MachineSamples, Run, ServerSamples } from "./summary.ts";

/** The program of the generator's threads, compiled. Sources of this package find it in dist/, too. */
export const SCRIPT: URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/bench/generator/main.js" : "./generator/main.js",
  import.meta.url,
);

/** How many points the plots over time have, and how close they may stand (ms). */
const POINTS = 60;
const CLOSEST = 100;
const FARTHEST = 1_000;

/** Messages of a corpus that are used. */
const MOST_MESSAGES = 10_000;

/**
 * @throws {CommandError} if no client can open
 * @throws {Interrupted} when interrupted before anything is measured; later, what was measured so far is the result
 */
export async function runBench(options: BenchOptions, terminal: Terminal): Promise<Run> {
  const startedAt = new Date().toISOString();
  checkLimits(options.clients, options.addresses, machineLimits());
  const load = await loadOf(options);
  const measurement = new Measurement(load.threads);
  const line = createLiveLine(terminal);
  const fleet = new Fleet({
    load,
    script: SCRIPT,
    interruption: terminal.interruption,
    report(interval, thread) {
      measurement.add(interval, thread);
      if (thread === 0) showStatus(line, interval.stage, measurement, options);
    },
  });
  try {
    const samples = await measure(fleet, options, measurement);
    return { options, load, startedAt, measurement, ...samples };
  } finally {
    line.end();
    await fleet.stop();
  }
}

async function loadOf(options: BenchOptions): Promise<Load> {
  const { url, mode, clients, threads, messagesPerOpening, first, timeout, handshake, addresses } = options;
  return {
    url,
    mode,
    clients,
    threads,
    messages: await messagesOf(options.source, options.isBinary),
    messagesPerOpening,
    first,
    timeout,
    handshake: { ...handshake, addresses },
  };
}

/** @throws {CommandError} if a corpus cannot be read, or is empty */
export async function messagesOf(source: MessageSource, isBinary: boolean): Promise<LoadMessages> {
  if (source.kind !== "corpus") return { ...source, isBinary };
  const { messages } = await readFiles(source.path, MOST_MESSAGES);
  if (messages.length === 0) throw new CommandError(`${source.path} has no messages.`);
  return { kind: "corpus", messages, isBinary };
}

interface Samples {
  readonly machine: MachineSamples;
  readonly server: ServerSamples | undefined;
}

async function measure(fleet: Fleet, options: BenchOptions, measurement: Measurement): Promise<Samples> {
  const { pid, clients, ramp, rate, warmup, duration, mode } = options;
  const sample = () => (pid === undefined ? undefined : sampleProcess(pid));
  await fleet.prepare();
  const idle = sample();
  await fleet.open(clients, ramp);
  if (mode !== "churn" && measurement.opened === 0) throw nothingOpened(measurement, options);
  const every = Math.max(CLOSEST, Math.min(duration / POINTS, FARTHEST));
  const running = fleet.run({ rate, warmup, duration }, every);
  await firstOf(running, LEAD + warmup);
  const [before, begin] = [sampleMachine(), sample()];
  let isEarly = false;
  await firstOf(running, duration).catch((error: unknown) => {
    // Ctrl-C while it is measured: so far is a result, too
    if (!(error instanceof Interrupted) || measurement.measured === 0) throw error;
    isEarly = true;
  });
  const [after, end] = [sampleMachine(), sample()];
  if (!isEarly) {
    await running;
    await fleet.close();
  }
  const server = idle && begin && end ? { idle, begin, end } : undefined;
  return { machine: { before, after }, server };
}

/** Resolves after so many ms, or when the promise settles if that is sooner; rejects if the promise does. */
export async function firstOf(promise: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([promise, time]);
  } finally {
    clearTimeout(timer);
  }
}

function nothingOpened({ errors }: Measurement, { url, clients }: BenchOptions): CommandError {
  const why = [...errors].map(([kind, count]) => `  ${count.toLocaleString("en-US")} x ${kind}`);
  return new CommandError(
    `${url}: none of ${clients.toLocaleString("en-US")} clients could connect:\n${why.join("\n")}`,
  );
}

const STAGES = {
  opening: "opening",
  warmup: "warming up",
  measuring: "measuring",
  drain: "waiting for answers",
  closing: "closing",
} as const;

function showStatus(
  line: LiveLine,
  stage: keyof typeof STAGES,
  measurement: Measurement,
  { mode, clients }: BenchOptions,
): void {
  const { open, opened, received, p50, p99, errors } = measurement.status;
  const count = (number: number) => Math.round(number).toLocaleString("en-US");
  const rate = mode === "churn" ? `${count(opened)} openings/s` : `${count(received)} messages/s`;
  const latency = p50 === null ? "" : `  p50 ${p50.toFixed(2)} ms  p99 ${p99?.toFixed(2)} ms`;
  const faults = errors === 0 ? "" : `  ${count(errors)} errors`;
  line.show(STAGES[stage], `${count(open)}/${count(clients)} clients  ${rate}${latency}${faults}`);
}
