/** The result as text for a terminal. */

import { bitRate, byteSize, figure, percent } from "../report/format.ts";
import { textTable } from "../terminal/table.ts";
import type { LatencySummary } from "./latencies.ts";
import type { BenchResult, LoadSummary, ServerSummary } from "./result.ts";

export function textReport(result: BenchResult): string {
  const { load, notes, broken } = result;
  const sections = [
    `${load.url}: ${loadLine(load)}`,
    latencyTable(result),
    countLines(result).join("\n"),
    ...listed(notes.map((note) => `Note: ${note}`)),
    ...listed(broken.map(({ threshold, value }) => `Failed: ${threshold} (${value})`)),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function listed(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [lines.join("\n")];
}

const WHAT: Readonly<Record<LoadSummary["mode"], string>> = {
  echo: "echo",
  broadcast: "broadcast",
  churn: "open and close",
  listen: "listen",
};

/** `echo, 100 clients, 10 messages/s each, 125 bytes of text; 10 s after 2 s of warm-up`. */
export function loadLine({
  mode,
  clients,
  rate,
  messages,
  isBinary,
  isCompressed,
  warmup,
  measured,
}: LoadSummary): string {
  const each = mode === "broadcast" ? "" : " each";
  const unit = mode === "churn" ? "openings/s" : "messages/s";
  const pace =
    mode === "listen" ? "" : rate === null ? ", as fast as answers come" : `, ${figureOf(rate)} ${unit}${each}`;
  const what = mode === "listen" ? "" : `, ${messages}, ${isBinary ? "binary" : "text"}`;
  const compression = isCompressed ? ", compressed" : "";
  return `${WHAT[mode]}, ${count(clients)} clients${pace}${what}${compression}; ${seconds(measured)} after ${seconds(warmup)} of warm-up`;
}

/** What latency is of, in each mode. */
export const LATENCY_TITLES: Readonly<Record<LoadSummary["mode"], string>> = {
  echo: "round trip",
  broadcast: "publish to receive",
  churn: "round trip",
  listen: "",
};

const COLUMNS: readonly (readonly [string, keyof LatencySummary])[] = [
  ["min", "min"],
  ["mean", "mean"],
  ["p50", "p50"],
  ["p90", "p90"],
  ["p99", "p99"],
  ["p99.9", "p999"],
  ["p99.99", "p9999"],
  ["max", "max"],
];

function latencyTable({ latency, opening, load }: BenchResult): string {
  const rows = [
    { title: LATENCY_TITLES[load.mode], latency },
    { title: "opening", latency: opening },
  ].flatMap((row) => (row.latency === null ? [] : [[row.title, ...latencyCells(row.latency)]]));
  return rows.length === 0 ? "" : textTable(LATENCY_HEAD, rows);
}

export const LATENCY_HEAD: readonly string[] = ["ms", "count", ...COLUMNS.map(([title]) => title)];

/** The cells after the first. */
export function latencyCells(latency: LatencySummary): string[] {
  return [count(latency.count), ...COLUMNS.map(([, name]) => figure(latency[name]))];
}

/** What was counted, a line each. The same for text and HTML. */
export function countLines(result: BenchResult): string[] {
  const { load, clients, errors, closes, generator, server } = result;
  const lost = clients.lost === 0 ? "" : `, ${count(clients.lost)} lost`;
  return [
    trafficLine(result),
    `Clients: ${count(clients.opened)} opened, ${count(clients.failed)} failed${lost}`,
    ...errors.map((error) => `Error: ${count(error.count)} x ${error.kind}`),
    ...closes.map((close) => `Closed by the server: ${count(close.count)} x ${close.code}${CODES[close.code] ?? ""}`),
    `Generator: ${generator.threads} thread${generator.threads === 1 ? "" : "s"}, ${percent(generator.utilization)} busy` +
      (load.mode === "listen" ? "" : `, ${percent(generator.late)} of the messages late`),
    ...(server === null ? [] : serverLines(server, load)),
  ];
}

const CODES: Readonly<Record<number, string>> = {
  1000: " (normal)",
  1001: " (going away)",
  1002: " (protocol error)",
  1005: " (no code)",
  1006: " (lost without a Close frame, or given up)",
  1008: " (policy)",
  1009: " (message too big)",
  1011: " (internal error)",
  1012: " (restart)",
  1013: " (try again later)",
};

function trafficLine({ load, throughput, latency }: BenchResult): string {
  const { opened, sent, received, bytesSent, bytesReceived } = throughput;
  if (load.mode === "churn") return `Opened and closed: ${figureOf(opened)}/s`;
  const out = load.mode === "listen" ? "" : `Sent ${figureOf(sent)} messages/s (${bitRate(bytesSent * 8)}), `;
  const reach =
    load.mode === "broadcast" && latency !== null && sent > 0
      ? `; each message reached ${figureOf((latency.count * 1_000) / (sent * load.measured))} of ${count(load.clients)}`
      : "";
  return `${out}received ${figureOf(received)} messages/s (${bitRate(bytesReceived * 8)})${reach}`;
}

function serverLines({ pid, cpu, cpuPerMessage, ...memory }: ServerSummary, { mode }: LoadSummary): string[] {
  const each =
    cpuPerMessage === null ? "" : `, ${figure(cpuPerMessage)} µs/${mode === "churn" ? "connection" : "message"}`;
  const { rssBefore, rssOpen, rssEnd, rssPerConnection, rssPerConnectionEnd } = memory;
  const connections =
    rssPerConnection === null
      ? ""
      : `; for each connection ${byteSize(rssPerConnection)}, at the end ${byteSize(rssPerConnectionEnd ?? 0)}`;
  return [
    `Server ${pid}: ${percent(cpu)} of a core${each}`,
    `Server memory: ${byteSize(rssBefore)} before, ${byteSize(rssOpen)} open, ${byteSize(rssEnd)} at the end${connections}`,
  ];
}

function figureOf(value: number): string {
  return value >= 100 || Number.isInteger(value) ? count(value) : value.toFixed(1);
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toLocaleString("en-US", { maximumFractionDigits: 1 })} s`;
}
