/**
 * The command line of the suite. Exit code 0: every case passed; 1: some failed; 2: the command line was wrong.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { formatReport, type Report, runServerSuite, type SuiteOptions, serveClientSuite } from "./index.ts";

const HELP = `Checks a WebSocket server or client against RFC 6455 and RFC 7692, with raw bytes over raw sockets.

Usage
  npm run conformance -- <url> [options]                  a server
  npm run conformance -- --client "<command>" [options]   a client

A server under test listens at <url> and sends every message back with its type, text as text and binary as binary.
It should take messages of up to 1 MiB (--max-size). permessage-deflate is tested if the server accepts it.

A client under test is started once, with {url} in <command> replaced. It connects to that URL, sends every message back
with its type until the connection is closed, and then connects again, also after a handshake that failed. It ends when
the handshake is answered with 410. Every connection is one case.

Options
  --only <text>        only cases whose id contains <text>, such as "utf8" or "closing/code-1005"
  --profile <name>     strict (default): one outcome for each fault, as this project's own contract has it;
                       rfc: everything that the RFCs allow
  --max-size <bytes>   the largest message the endpoint takes                      (default 1048576)
  --max-fragments <n>  the most frames in one message the endpoint takes           (default 131072)
  --timeout <ms>       how long to wait for something that must come               (default 2000)
  --concurrency <n>    cases at the same time, against a server                    (default 16)
  --json <file>        also writes the report as JSON
  --help               this text

Examples
  npm run conformance -- ws://127.0.0.1:8765/echo
  npm run conformance -- wss://localhost:8443/ --profile rfc --only handshake
  npm run conformance -- --client "node my-client.mjs {url}" --json report.json

Exit code: 0 if no case failed, 1 if some did, 2 for a wrong command line.
`;

function numberOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9][0-9]*$/.test(value))
    throw new TypeError(`Cannot run the suite: --${name} must be a positive integer, got ${value}`);
  return Number(value);
}

function profileOption(value: string | undefined): "strict" | "rfc" | undefined {
  if (value === undefined || value === "strict" || value === "rfc") return value;
  throw new TypeError(`Cannot run the suite: --profile must be strict or rfc, got ${value}`);
}

interface CommandLine {
  readonly url: string | undefined;
  readonly client: string | undefined;
  readonly json: string | undefined;
  readonly isHelp: boolean;
  readonly options: SuiteOptions;
}

const FLAGS = {
  client: { type: "string" },
  only: { type: "string" },
  profile: { type: "string" },
  "max-size": { type: "string" },
  "max-fragments": { type: "string" },
  timeout: { type: "string" },
  concurrency: { type: "string" },
  json: { type: "string" },
  help: { type: "boolean" },
} as const;

/** Options that were not given are left out. */
function withoutUndefined(
  options: { readonly [Name in keyof SuiteOptions]: SuiteOptions[Name] | undefined },
): SuiteOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  if (positionals.length > 1)
    throw new TypeError(`Cannot run the suite: one URL is enough, got ${positionals.join(" ")}`);
  const options = withoutUndefined({
    only: values.only,
    profile: profileOption(values.profile),
    maxSize: numberOption("max-size", values["max-size"]),
    maxFragments: numberOption("max-fragments", values["max-fragments"]),
    timeout: numberOption("timeout", values.timeout),
    concurrency: numberOption("concurrency", values.concurrency),
  });
  const isHelp = values.help === true || (positionals.length === 0 && values.client === undefined);
  return { url: positionals[0], client: values.client, json: values.json, isHelp, options };
}

/** The shell's own process group, so that what it starts can be ended with it. */
function spawnClient(command: string): ChildProcess {
  return spawn(command, {
    shell: true,
    detached: process.platform !== "win32",
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function endClient({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(process.platform === "win32" ? pid : -pid);
}

/** A command that cannot be started ends at once, with the shell's message. One that ignores 410 is ended. */
async function runCommand(command: string, options: SuiteOptions): Promise<Report> {
  let child: ChildProcess | undefined;
  const start = (url: string): Promise<void> => {
    const started = spawnClient(command.replaceAll("{url}", url));
    child = started;
    return new Promise((resolve) => started.once("close", () => resolve()));
  };
  try {
    return await serveClientSuite(start, options);
  } finally {
    if (child !== undefined) endClient(child);
  }
}

function runSuite({ url, client, options }: CommandLine): Promise<Report> {
  if (client === undefined) return runServerSuite(url ?? "", options);
  if (!client.includes("{url}")) throw new TypeError("Cannot run the suite: the --client command must contain {url}");
  return runCommand(client, options);
}

async function main(args: readonly string[]): Promise<number> {
  const commandLine = readCommandLine(args);
  if (commandLine.isHelp) {
    process.stdout.write(HELP);
    return 0;
  }
  const report = await runSuite(commandLine);
  process.stdout.write(`${formatReport(report)}\n`);
  if (commandLine.json !== undefined) await writeFile(commandLine.json, `${JSON.stringify(report, null, 2)}\n`);
  return report.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\nSee npm run conformance -- --help\n`);
  process.exitCode = 2;
}
