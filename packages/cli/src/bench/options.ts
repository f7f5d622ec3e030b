/** The command line of `hawser bench`, taken apart and checked. */

import { availableParallelism } from "node:os";
import { UsageError } from "../command.ts";
import { suggestion } from "../nearest.ts";
import {
  durationOption,
  headerOption,
  numberOption,
  type OptionRules,
  type OptionValues,
  readWords,
} from "../options.ts";
import { parseSize } from "../units.ts";
import { STAMP_LENGTH, STAMP_PLACE } from "./generator/payloads.ts";
import type { HandshakeLoad, Mode } from "./load.ts";
import { parseThreshold, type Threshold } from "./thresholds.ts";

/** How a connection is opened and what is sent: the same for `hawser plan`. */
export const LOAD_RULES = {
  size: { type: "string" },
  message: { type: "string" },
  first: { type: "string" },
  text: { type: "boolean" },
  binary: { type: "boolean" },
  compress: { type: "boolean" },
  header: { type: "string", multiple: true },
  subprotocol: { type: "string", multiple: true },
  origin: { type: "string" },
  insecure: { type: "boolean" },
  timeout: { type: "string" },
} as const satisfies OptionRules;

const RULES = {
  ...LOAD_RULES,
  mode: { type: "string" },
  clients: { type: "string", short: "c" },
  rate: { type: "string", short: "r" },
  ramp: { type: "string" },
  duration: { type: "string", short: "d" },
  warmup: { type: "string" },
  messages: { type: "string" },
  threads: { type: "string" },
  addresses: { type: "string" },
  pid: { type: "string" },
  json: { type: "string" },
  html: { type: "string" },
  "fail-if": { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
} as const satisfies OptionRules;

type LoadValues = OptionValues<typeof LOAD_RULES>;
type Values = OptionValues<typeof RULES>;

/** Where messages come from, before files are read. */
export type MessageSource =
  | { readonly kind: "size"; readonly bytes: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "corpus"; readonly path: string };

export interface LoadOptions {
  readonly source: MessageSource;
  readonly isBinary: boolean;
  readonly first: string | undefined;
  /** ms */
  readonly timeout: number;
  readonly handshake: Omit<HandshakeLoad, "addresses">;
}

export interface BenchOptions extends LoadOptions {
  readonly url: string;
  readonly mode: Mode;
  readonly clients: number;
  readonly rate: number | null;
  /** ms */
  readonly ramp: number;
  readonly warmup: number;
  readonly duration: number;
  readonly messagesPerOpening: number;
  readonly threads: number;
  readonly addresses: number;
  readonly pid: number | undefined;
  readonly json: string | undefined;
  readonly html: string | undefined;
  readonly thresholds: readonly Threshold[];
}

const MODES: readonly Mode[] = ["echo", "broadcast", "churn", "listen"];

/** Bytes: a usual message, and what others measure with. */
const SIZE = 125;
const CLIENTS = 100;
const DURATION = 10_000;
/** Of the server's code, which the first messages have compiled (ms). */
const WARMUP = 2_000;
const TIMEOUT = 10_000;
/** Messages a second of a broadcast's publisher. */
const PUBLISHED = 10;
/** Clients opened a second without `--ramp`: what a listening socket's queue of 511 takes even if the server pauses. */
const OPENINGS = 1_000;
/** More threads than so many help no server that runs on one core. */
const THREADS = 4;

/** @throws {UsageError} */
export function parseBenchOptions(words: readonly string[]): BenchOptions | "help" {
  const { values, positionals } = readWords(words, RULES);
  if (values.help === true) return "help";
  const mode = modeOf(values);
  const clients = numberOption("--clients", values.clients, CLIENTS, { least: 1, most: 1_000_000 });
  const load = loadOptions(values);
  if (mode === "broadcast") checkStamp(load.source);
  if (values.messages !== undefined && mode !== "churn") throw new UsageError("--messages is for --mode churn.");
  const pid = values.pid === undefined ? undefined : numberOption("--pid", values.pid, 0, { least: 1 });
  return {
    ...load,
    url: urlOf(positionals),
    mode,
    clients,
    rate: rateOf(values.rate, mode),
    ramp: rampOf(values.ramp, clients),
    warmup: durationOption("--warmup", values.warmup, WARMUP),
    duration: durationOption("--duration", values.duration, DURATION, 100),
    messagesPerOpening: numberOption("--messages", values.messages, 1, { least: 0 }),
    threads: Math.min(clients, numberOption("--threads", values.threads, usualThreads(), { least: 1, most: 256 })),
    addresses: numberOption("--addresses", values.addresses, 1, { least: 1, most: 254 }),
    pid,
    json: values.json,
    html: values.html,
    thresholds: (values["fail-if"] ?? []).flatMap((text) => text.split(",")).map(parseThreshold),
  };
}

/** What `hawser plan` has, too. */
export function loadOptions(values: LoadValues): LoadOptions {
  if (values.text === true && values.binary === true) throw new UsageError("--text or --binary, not both.");
  return {
    source: sourceOf(values),
    isBinary: values.binary === true,
    first: values.first,
    timeout: durationOption("--timeout", values.timeout, TIMEOUT, 100),
    handshake: {
      isCompressed: values.compress === true,
      headers: (values.header ?? []).map(headerOption),
      subprotocols: values.subprotocol ?? [],
      origin: values.origin,
      isInsecure: values.insecure === true,
    },
  };
}

function sourceOf({ size, message }: LoadValues): MessageSource {
  if (message !== undefined) {
    if (size !== undefined) throw new UsageError("--message or --size, not both.");
    return { kind: "text", text: message };
  }
  const bytes = size === undefined ? SIZE : parseSize(size);
  return bytes === undefined ? { kind: "corpus", path: size! } : { kind: "size", bytes };
}

/** Receivers must see when a message was published. */
function checkStamp(source: MessageSource): void {
  const needs = `--mode broadcast marks messages with their time: --size must be a number of at least ${STAMP_LENGTH}, or --message have the place ${STAMP_PLACE}`;
  if (source.kind === "corpus") throw new UsageError(`${needs}, got ${source.path}.`);
  if (source.kind === "size" && source.bytes < STAMP_LENGTH) throw new UsageError(`${needs}, got ${source.bytes}.`);
  if (source.kind === "text" && !source.text.includes(STAMP_PLACE)) throw new UsageError(`${needs}.`);
}

function urlOf([address, ...more]: readonly string[]): string {
  if (address === undefined)
    throw new UsageError("the address of the server must be given, such as ws://localhost:8080.");
  if (more.length > 0) throw new UsageError(`one address at a time, got ${more[0]} after it.`);
  if (/^wss?:\/\//i.test(address) && URL.canParse(address)) return address;
  throw new UsageError(`the address must begin with ws:// or wss://, got ${address}.`);
}

function modeOf({ mode = "echo" }: Values): Mode {
  const found = MODES.find((one) => one === mode);
  if (found !== undefined) return found;
  throw new UsageError(`--mode must be one of ${MODES.join(", ")}, got ${mode}.${suggestion(mode, MODES)}`);
}

function rateOf(rate: string | undefined, mode: Mode): number | null {
  if (mode === "listen" && rate !== undefined) throw new UsageError("--rate: with --mode listen nothing is sent.");
  if (mode === "broadcast" && rate === "max") {
    throw new UsageError("--mode broadcast needs a --rate: nothing tells the publisher when everybody has a message.");
  }
  if (rate === "max" || mode === "listen") return null;
  if (rate === undefined) return mode === "broadcast" ? PUBLISHED : null;
  return numberOption("--rate", rate, 0, { least: 0.001, isWhole: false });
}

/** The time for all, or how many a second: `10s`, `500/s`. */
function rampOf(text: string | undefined, clients: number): number {
  const [, perSecond] = /^(.*)\/s$/.exec(text ?? "") ?? [];
  if (text !== undefined && perSecond === undefined) return durationOption("--ramp", text, 0);
  const rate = numberOption("--ramp", perSecond, OPENINGS, { least: 0.001, isWhole: false });
  return (clients * 1_000) / rate;
}

/** One processor is left to the server. */
export function usualThreads(): number {
  return Math.max(1, Math.min(THREADS, availableParallelism() - 1));
}
