/** A run's result, of what was measured. */

import { cpus } from "node:os";
import { percentileCurve, summarize } from "./latencies.ts";
import type { Load, LoadMessages } from "./load.ts";
import type { Measurement } from "./measurement.ts";
import type { BenchOptions } from "./options.ts";
import { busyBetween, type MachineSample, type ProcessSample } from "./processors.ts";
import type { BenchResult, GeneratorSummary, Machine, ServerSummary } from "./result.ts";
import { brokenThresholds } from "./thresholds.ts";

export interface MachineSamples {
  readonly before: MachineSample;
  readonly after: MachineSample;
}

/** Of the server with `--pid`. */
export interface ServerSamples {
  /** Before the clients opened. */
  readonly idle: ProcessSample;
  /** At the beginning and the end of the measured time. */
  readonly begin: ProcessSample;
  readonly end: ProcessSample;
}

export interface Run {
  readonly options: BenchOptions;
  readonly load: Load;
  readonly startedAt: string;
  readonly measurement: Measurement;
  readonly machine: MachineSamples;
  readonly server: ServerSamples | undefined;
}

/** From so much on, the generator's own waiting is in the latencies. */
const BUSY = 0.9;
/** Of the time without a processor, from which on latencies are the machine's. */
const STARVED = 0.05;
/** Messages that left late, of all, that are worth a note. */
const LATE = 0.02;
const FEW_LATE = 10;
/** With fewer, the growth of the heap by itself is more than what connections take. */
const ENOUGH_FOR_MEMORY = 500;
/** Fewer measured messages have no 99th percentile to speak of. */
const FEW = 1_000;

export function resultOf(run: Run): BenchResult {
  const { options, measurement, load } = run;
  const { latencies, openings } = measurement;
  const generator = generatorOf(run);
  const clients = clientsOf(run);
  return {
    version: 1,
    startedAt: run.startedAt,
    machine: thisMachine(),
    load: {
      url: options.url,
      mode: options.mode,
      clients: options.clients,
      rate: options.rate,
      messages: describeMessages(load.messages),
      isBinary: options.isBinary,
      isCompressed: options.handshake.isCompressed,
      ramp: options.ramp,
      warmup: options.warmup,
      duration: options.duration,
      measured: measurement.measured,
    },
    clients,
    throughput: measurement.throughput,
    latency: summarize(latencies) ?? null,
    curve: percentileCurve(latencies),
    opening: summarize(openings) ?? null,
    errors: [...measurement.errors].map(([kind, count]) => ({ kind, count })).sort(byCount),
    closes: [...measurement.closes].map(([code, count]) => ({ code, count })).sort(byCount),
    timeline: measurement.timeline,
    generator,
    server: serverOf(run),
    notes: notesOf(run, generator),
    broken: brokenThresholds(options.thresholds, {
      latencies,
      openings,
      rate: options.mode === "churn" ? measurement.throughput.opened : measurement.throughput.received,
      errors: totalOf(measurement.errors),
      messages: Math.max(measurement.sent, 1),
      clients: options.clients,
      ...clients,
    }),
  };
}

export function thisMachine(): Machine {
  const processors = cpus();
  const processor = processors[0]?.model.trim() || "unknown processor";
  return { node: process.version, processor, cores: processors.length, platform: process.platform };
}

function byCount(one: { readonly count: number }, other: { readonly count: number }): number {
  return other.count - one.count;
}

function totalOf(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function clientsOf({ options, measurement }: Run): BenchResult["clients"] {
  const { opened, closes } = measurement;
  // In churn, openings are what is measured
  const failed = options.mode === "churn" ? totalOf(measurement.errors) : Math.max(0, options.clients - opened);
  return { opened, failed, lost: totalOf(closes) };
}

function generatorOf({ load, measurement, machine }: Run): GeneratorSummary {
  const { utilization, starved, late, sent } = measurement;
  return {
    threads: load.threads,
    utilization,
    starved,
    late: sent === 0 ? 0 : late / sent,
    machineBusy: busyBetween(machine.before, machine.after),
    isBottleneck: utilization >= BUSY,
  };
}

function serverOf({ server, options, measurement }: Run): ServerSummary | null {
  if (server === undefined || options.pid === undefined) return null;
  const { idle, begin, end } = server;
  const { throughput, measured, opened } = measurement;
  const cpu = measured === 0 ? 0 : (end.cpu - begin.cpu) / measured;
  const rate = options.mode === "churn" ? throughput.opened : Math.max(throughput.received, throughput.sent);
  const perConnection = (rss: number) =>
    options.mode === "churn" || opened < ENOUGH_FOR_MEMORY ? null : (rss - idle.rss) / opened;
  return {
    pid: options.pid,
    cpu,
    cpuPerMessage: rate === 0 ? null : (cpu * 1e6) / rate,
    rssBefore: idle.rss,
    rssOpen: begin.rss,
    rssEnd: end.rss,
    rssPerConnection: perConnection(begin.rss),
    rssPerConnectionEnd: perConnection(end.rss),
  };
}

function notesOf({ options, measurement, load }: Run, generator: GeneratorSummary): string[] {
  const { utilization, starved, late, machineBusy, isBottleneck } = generator;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const notes: string[] = [];
  if (isBottleneck) {
    notes.push(
      `The generator had no time left (its event loop was busy for ${percent(utilization)}): the figures are as much its own as the server's. Use more --threads, fewer messages, or another machine.`,
    );
  }
  if (starved > STARVED) {
    notes.push(
      `The generator was without a processor for ${percent(starved)} of the time (this machine's were busy for ${percent(machineBusy)}): that is in the latencies.`,
    );
  } else if (late > LATE && measurement.late > FEW_LATE && !isBottleneck && load.mode !== "listen") {
    notes.push(`${percent(late)} of the messages left late: the server did not take them in time.`);
  }
  if (options.rate === null && (load.mode === "echo" || load.mode === "churn")) {
    notes.push("Without a rate nobody sends while the server pauses: percentiles are not what users see. Use --rate.");
  }
  const { count } = measurement.latencies;
  if (count > 0 && count < FEW) notes.push(`Only ${count} answers: high percentiles are single messages.`);
  if (options.handshake.isCompressed && load.messages.kind === "size") {
    notes.push(
      "Letters by chance shrink to three quarters: compression is judged with messages of your own, --size FILE.",
    );
  }
  return notes;
}

/** `125 bytes`, `messages of chat.jsonl`. */
export function describeMessages(messages: LoadMessages): string {
  switch (messages.kind) {
    case "size":
      return `${messages.bytes.toLocaleString("en-US")} bytes`;
    case "text":
      return `${Buffer.byteLength(messages.text).toLocaleString("en-US")} bytes`;
    case "corpus": {
      const bytes = messages.messages.reduce((sum, { length }) => sum + length, 0);
      const average = Math.round(bytes / messages.messages.length).toLocaleString("en-US");
      return `${messages.messages.length.toLocaleString("en-US")} different messages of ${average} bytes on average`;
    }
  }
}
