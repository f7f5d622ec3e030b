/**
 * What routers and platforms must know of a service: the section `deploy` of the configuration file, with what `run` says
 * already and the flags, and nothing left open.
 */

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type ConfigFile, type FileValue, loadConfigFile } from "../config/config-file.ts";
import { DEPLOY_OPTIONS, type DeploySettings } from "../config/deploy-options.ts";
import { resolveOptions } from "../config/resolve.ts";
import { throwProblems } from "../config/run-configuration.ts";
import type { Address, Balance, WorkerRange } from "../config/run-grammars.ts";
import { RUN_OPTIONS } from "../config/run-options.ts";
import type { Deployment } from "./deployment.ts";
import { SLACK } from "./timings.ts";

export type { Deployment };

export interface DeploymentSources {
  /** By the names of the options. */
  readonly flags: Readonly<Record<string, string>>;
  /** The working folder. */
  readonly folder: string;
  /** The configuration file, if it is told. */
  readonly path: string | undefined;
}

/**
 * Reads what there is. The environment is left alone, so that the same files make the same output everywhere.
 *
 * @throws {UsageError} that names everything that cannot be understood
 */
export function readDeployment({ flags, folder, path }: DeploymentSources): Deployment {
  const file = loadConfigFile(RUN_OPTIONS, folder, path, { deploy: DEPLOY_OPTIONS });
  const known = file === undefined ? undefined : { ...file, values: { ...told(file), ...file.sections["deploy"] } };
  const { settings, problems } = resolveOptions(DEPLOY_OPTIONS, { flags, environment: {}, file: known });
  throwProblems([...problems, ...(file === undefined ? [] : disagreements(file)), ...halves(settings)]);
  return deploymentOf(settings, folder);
}

type Values = Readonly<Record<string, FileValue>>;

/** What both sections may say. */
const SHARED = ["workers", "notReady", "drainWindow"] as const;

/** What the rest of the file says, in the words of `deploy`. */
function told({ values }: ConfigFile): Values {
  const shared = SHARED.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));
  return {
    ...named(values),
    ...Object.fromEntries(shared),
    ...(values["balance"] === undefined ? {} : balanced(values["balance"])),
    ...(values["admin"]?.value === undefined ? {} : administered(values["admin"])),
  };
}

function named({ name, entry }: Values): Values {
  return { ...(name === undefined ? {} : { name }), ...(entry === undefined ? {} : { entry }) };
}

function balanced({ value, place }: FileValue): Values {
  const balance = value as Balance;
  if (balance.type === "unix") {
    return { listen: { value: "unix", place }, socketPattern: { value: balance.pattern, place } };
  }
  if (balance.type === "ports") return { listen: { value: "ports", place }, port: { value: balance.first, place } };
  return { listen: { value: balance.type === "reuse-port" ? "reuse-port" : "port", place } };
}

function administered({ value, place }: FileValue): Values {
  return { adminPort: { value: (value as Address).port, place } };
}

/** The two sections must not contradict each other. */
function disagreements({ values, sections }: ConfigFile): readonly string[] {
  const deploy = sections["deploy"] ?? {};
  return SHARED.flatMap((name) => {
    const [one, other] = [values[name], deploy[name]];
    if (one === undefined || other === undefined) return [];
    const { grammar } = RUN_OPTIONS[name];
    const show = grammar.show as (value: unknown) => string;
    const [said, meant] = [show(one.value), show(other.value)];
    return said === meant
      ? []
      : [`${other.place}: deploy.${name} is ${meant} and run.${name} is ${said}; say it once.`];
  });
}

function halves({ name, certificate, certificateKey, workers }: DeploySettings): readonly string[] {
  const problems: string[] = [];
  const { expected, read } = DEPLOY_OPTIONS.name.grammar;
  if (name !== undefined && read(name) === undefined) {
    problems.push(`name must be ${expected} to be deployed, got ${JSON.stringify(name)}.`);
  }
  const hasFile = certificate !== undefined && certificate !== "acme";
  if (hasFile && certificateKey === undefined) problems.push("certificate needs certificateKey, its private key.");
  if (!hasFile && certificateKey !== undefined)
    problems.push("certificateKey needs certificate, the chain it belongs to.");
  const isOpenRange = workers.least !== workers.most && workers.most === "auto";
  if (isOpenRange) problems.push(`workers must end in a number to be deployed, got ${workers.least}..auto.`);
  return problems;
}

/** Linux takes no longer names of users. */
const LONGEST_USER = 31;

/** The rest is as it is told. */
function deploymentOf(settings: DeploySettings, folder: string): Deployment {
  const { certificateKey, ...all } = settings;
  const name = all.name ?? usualName(folder);
  const { preStop, notReady, drainWindow, closeTimeout } = all;
  return {
    ...all,
    name,
    entry: all.entry ?? "server.js",
    publicHost: all.publicHost ?? "*",
    publicPort: all.publicPort ?? (all.tls === "none" ? 80 : 443),
    workers: workersOf(all.workers),
    user: all.user ?? name.slice(0, LONGEST_USER).replace(/-+$/, ""),
    socketPattern: all.socketPattern ?? `/run/${name}/%d.sock`,
    certificate: certificateOf(all.certificate, certificateKey),
    grace: all.grace ?? preStop + notReady + drainWindow + closeTimeout + SLACK,
    image: all.image ?? `${name}:latest`,
    metric: all.metric ?? "websocket_connections_active",
  };
}

function workersOf({ least, most }: WorkerRange): Deployment["workers"] {
  return least === most || least === "auto" || most === "auto" ? least : { min: least, max: most };
}

function certificateOf(cert: string | undefined, key: string | undefined): Deployment["certificate"] {
  if (cert === undefined || cert === "acme") return cert;
  return { cert, key: key ?? cert };
}

/** Whatever is wrong with the file is npm's to say; the folder has a name, too. */
function packageName(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { readonly name?: unknown } | null)?.name;
  } catch {
    return undefined;
  }
}

/** The package's name without its scope, or the folder's, made a DNS label. */
function usualName(folder: string): string {
  const name = packageName(join(folder, "package.json"));
  const label = (typeof name === "string" ? name.replace(/^@[^/]*\//, "") : basename(folder))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^[^a-z]+|-+$/g, "");
  return label === "" ? "app" : label;
}
