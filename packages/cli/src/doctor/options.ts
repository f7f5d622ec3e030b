/** The command line of `hawser doctor`, taken apart and checked. */

import { availableParallelism } from "node:os";
import { UsageError } from "../command.ts";
import { headerOption, numberOption, type OptionRules, type OptionValues, readWords } from "../options.ts";
import type { MachinePlan } from "./machine/judge.ts";

const RULES = {
  connections: { type: "string", short: "c" },
  workers: { type: "string", short: "w" },
  "reuse-port": { type: "boolean" },
  listen: { type: "string", short: "l" },
  unix: { type: "string" },
  "trust-proxy": { type: "string", multiple: true },
  "proxy-protocol": { type: "string" },
  insecure: { type: "boolean", short: "k" },
  header: { type: "string", short: "H", multiple: true },
  idle: { type: "string" },
  restart: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies OptionRules;

type Values = OptionValues<typeof RULES>;

export interface MachineOptions {
  readonly kind: "machine";
  readonly plan: MachinePlan;
  readonly isJson: boolean;
}

export interface RouteOptions {
  readonly kind: "route";
  readonly url: URL;
  readonly isInsecure: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds for which an idle connection is watched; 0: not at all. */
  readonly idle: number;
  /** Milliseconds for which a connection is watched while the server is restarted; 0: not at all. */
  readonly restart: number;
  readonly isJson: boolean;
}

export interface ListenOptions {
  readonly kind: "listen";
  readonly place: { readonly host?: string; readonly port: number } | { readonly path: string; readonly mode: number };
  readonly trustProxy: readonly string[];
  readonly proxyProtocol: "off" | "optional" | "required";
}

export type DoctorOptions = MachineOptions | RouteOptions | ListenOptions;

const CONNECTIONS = 10_000;

/** Seconds: above the timeouts that routers have by default where they have short ones (30, 50 and 60 s). */
const IDLE = 65;

/** Seconds: a day is longer than any router's patience. */
const WATCHED = { least: 0, most: 86_400, isWhole: false };

/** Milliseconds a second. */
const SECOND = 1_000;

/** @throws {UsageError} */
export function parseDoctorOptions(words: readonly string[]): DoctorOptions | "help" {
  const { values, positionals } = readWords(words, RULES);
  if (values.help) return "help";
  const [address, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one URL can be given, got ${more[0]} after it.`);
  if (values.listen !== undefined || values.unix !== undefined) return listenOptions(values, address);
  return address === undefined ? machineOptions(values) : routeOptions(values, address);
}

function machineOptions(values: Values): MachineOptions {
  refuse(values, ["trust-proxy", "proxy-protocol"], "--listen");
  refuse(values, ["idle", "restart", "insecure", "header"], "a URL");
  const plan = {
    connections: numberOption("--connections", values.connections, CONNECTIONS, { least: 1 }),
    workers: numberOption("--workers", values.workers, availableParallelism(), { least: 1 }),
    reusesPort: values["reuse-port"] === true,
  };
  return { kind: "machine", plan, isJson: values.json === true };
}

function routeOptions(values: Values, address: string): RouteOptions {
  refuse(values, ["trust-proxy", "proxy-protocol"], "--listen");
  refuse(values, ["connections", "workers", "reuse-port"], "no URL");
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !["ws:", "wss:"].includes(url.protocol)) {
    throw new UsageError(`the URL must begin with ws:// or wss://, got ${address}.`);
  }
  return {
    kind: "route",
    url,
    isInsecure: values.insecure === true,
    headers: (values.header ?? []).map(headerOption),
    idle: numberOption("--idle", values.idle, IDLE, WATCHED) * SECOND,
    restart: numberOption("--restart", values.restart, 0, WATCHED) * SECOND,
    isJson: values.json === true,
  };
}

const PROXY_PROTOCOLS = ["off", "optional", "required"] as const;

function listenOptions(values: Values, address: string | undefined): ListenOptions {
  if (address !== undefined) throw new UsageError(`--listen and a URL exclude each other, got ${address}.`);
  refuse(
    values,
    ["connections", "workers", "reuse-port", "idle", "restart", "insecure", "header", "json"],
    "no --listen",
  );
  const proxyProtocol = PROXY_PROTOCOLS.find((word) => word === (values["proxy-protocol"] ?? "off"));
  if (proxyProtocol === undefined) {
    const words = PROXY_PROTOCOLS.join(", ");
    throw new UsageError(`--proxy-protocol must be one of ${words}, got ${values["proxy-protocol"]}.`);
  }
  return { kind: "listen", place: placeOf(values), trustProxy: values["trust-proxy"] ?? [], proxyProtocol };
}

/** A router runs as another user. */
const EVERYBODY = 0o666;

function placeOf({ listen, unix }: Values): ListenOptions["place"] {
  if (listen !== undefined && unix !== undefined) throw new UsageError("--listen and --unix exclude each other.");
  if (unix !== undefined) return { path: unix, mode: EVERYBODY };
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(listen!) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new UsageError(`--listen must be a port or host:port, got ${listen}.`);
  }
  return { port: Number(port), ...(host !== undefined && { host: host.replace(/^\[|\]$/g, "") }) };
}

function refuse(values: Values, names: readonly (keyof Values)[], needed: string): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} needs ${needed}.`);
}
