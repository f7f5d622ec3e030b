/** The command line of `hawser connect`, taken apart and checked. */

import { readFileSync } from "node:fs";
import type { ConnectOptions } from "hawser";
import { CommandError, UsageError } from "../command.ts";
import {
  durationOption,
  headerOption,
  type OptionRules,
  type OptionValues,
  readWords,
  sizeOption,
} from "../options.ts";

const RULES = {
  header: { type: "string", short: "H", multiple: true },
  subprotocol: { type: "string", short: "s", multiple: true },
  origin: { type: "string", short: "o" },
  "user-agent": { type: "string" },
  "no-compression": { type: "boolean" },
  insecure: { type: "boolean", short: "k" },
  ca: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  proxy: { type: "string" },
  "no-proxy": { type: "boolean" },
  unix: { type: "string" },
  "max-size": { type: "string" },
  "open-timeout": { type: "string" },
  "ping-interval": { type: "string" },
  reconnect: { type: "boolean", short: "r" },
  wait: { type: "string", short: "w" },
  binary: { type: "boolean", short: "b" },
  json: { type: "boolean" },
  times: { type: "boolean", short: "t" },
  "no-history": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies OptionRules;

type Values = OptionValues<typeof RULES>;

export interface ConnectCommandOptions {
  readonly url: string;
  readonly connect: ConnectOptions;
  readonly isInsecure: boolean;
  readonly reconnects: boolean;
  /** Milliseconds without a message after the end of input, until the connection is closed. */
  readonly wait: number;
  /** Standard input is one binary message, not a text message a line. */
  readonly isBinary: boolean;
  readonly isJson: boolean;
  readonly showsTimes: boolean;
  readonly keepsHistory: boolean;
}

/** Milliseconds: a server that answers at all has answered. */
const WAIT = 1_000;

/** A person may look at anything (bytes). */
const MAX_SIZE = 67_108_864;

/** @throws {UsageError | CommandError} for wrong words, and for files that cannot be read */
export function parseConnectOptions(words: readonly string[]): ConnectCommandOptions | "help" {
  const { values, positionals } = readWords(words, RULES);
  if (values.help) return "help";
  const [address, ...more] = positionals;
  if (address === undefined) throw new UsageError("the URL must be given, such as ws://localhost:8765.");
  if (more.length > 0) throw new UsageError(`one URL can be given, got ${more[0]} after it.`);
  return {
    url: urlOf(address),
    connect: connectOptions(values),
    isInsecure: values.insecure === true,
    reconnects: values.reconnect === true,
    wait: waitOf(values.wait),
    isBinary: values.binary === true,
    isJson: values.json === true,
    showsTimes: values.times === true,
    keepsHistory: values["no-history"] !== true,
  };
}

/** `localhost:8765` is meant as `ws://localhost:8765`. */
function urlOf(address: string): string {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `ws://${address}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url !== undefined && ["ws:", "wss:", "http:", "https:"].includes(url.protocol)) return full;
  throw new UsageError(`the URL must begin with ws:// or wss://, got ${address}.`);
}

function waitOf(text: string | undefined): number {
  if (text === "forever") return Number.POSITIVE_INFINITY;
  return durationOption("--wait", text, WAIT);
}

function connectOptions(values: Values): ConnectOptions {
  const { "open-timeout": openTimeout, "ping-interval": pings } = values;
  const pingInterval = pings && durationOption("--ping-interval", pings, 0);
  return withoutUndefined({
    headers: values.header?.map(headerOption),
    subprotocols: values.subprotocol,
    origin: values.origin,
    userAgent: values["user-agent"],
    compression: values["no-compression"] ? false : undefined,
    tls: tlsOf(values),
    proxy: proxyOf(values),
    path: values.unix,
    maxSize: sizeOption("--max-size", values["max-size"], MAX_SIZE),
    openTimeout: openTimeout && durationOption("--open-timeout", openTimeout, 0, 1),
    pingInterval: pingInterval === 0 ? null : pingInterval,
  });
}

function withoutUndefined(options: Readonly<Record<string, unknown>>): ConnectOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function tlsOf({ insecure, ca, cert, key }: Values): ConnectOptions["tls"] {
  if ((cert === undefined) !== (key === undefined)) throw new UsageError("--cert and --key go together.");
  if (insecure === undefined && ca === undefined && cert === undefined) return undefined;
  return {
    ...(insecure && { rejectUnauthorized: false }),
    ...(ca !== undefined && { ca: fileOf("--ca", ca) }),
    ...(cert !== undefined && key !== undefined && { cert: fileOf("--cert", cert), key: fileOf("--key", key) }),
  };
}

function fileOf(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(`${option} cannot be read: ${(error as Error).message}`);
  }
}

function proxyOf({ proxy, "no-proxy": isOff }: Values): ConnectOptions["proxy"] {
  if (proxy !== undefined && isOff) throw new UsageError("--proxy and --no-proxy exclude each other.");
  return isOff ? null : (proxy ?? true);
}
