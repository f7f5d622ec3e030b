/** `npm run bench -- workers`: what several processes under `hawser run` do. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../measuring/machine.ts";
import { wholeNumber } from "../memory/options.ts";
import { choosePinning } from "../processes/pinning.ts";
import { keepResult } from "../reporting/result-files.ts";
import { measureBlocking } from "./measure-blocking.ts";
import { measureEcho } from "./measure-echo.ts";
import { measureRestart } from "./measure-restart.ts";
import { measureScaling } from "./measure-scaling.ts";
import { workersPage } from "./page.ts";
import type { WorkersResults } from "./results.ts";

const PARTS = ["restart", "blocking", "scaling", "echo"] as const;

type PartName = (typeof PARTS)[number];

/** The largest run that is asked for. */
const FULL = { connections: 1_000, window: 30_000, clients: 500, messages: 6, rounds: 15 };

const SCALING = { connections: 5_000, left: 500, most: 4, each: 1_500 };

export const WORKERS_HELP = `Measures servers in several processes under \`hawser run\`.

restart: 4 workers, ${FULL.connections} connections and a stream of new ones; a rolling restart with a window of ${FULL.window} ms. Who is
refused, which code the clients see, how evenly they are closed. About a minute.
blocking: 10 workers of a program that blocks 100 ms with each message; ${FULL.clients} clients with ${FULL.messages} messages each, one after the
other. The time, against the ideal, and how evenly connections are handed out. About a minute.
scaling: ${SCALING.connections} connections come and go under \`--workers 1..${SCALING.most} --scale connections=${SCALING.each}\`. When workers are added and
removed, and who is lost by it. About ten minutes, mostly of waiting.
echo: echoes a second of CPU time, of one worker, of one that is scraped, and of the same program alone, in turn. Two minutes; nothing else may run.

  npm run bench -- workers                         all of it
  npm run bench -- workers --only restart,blocking

Options
  --only restart,...   these parts; results of others stay as they are
  --connections ${FULL.connections}   of the restart
  --window ${FULL.window}       of the restart (ms)
  --clients ${FULL.clients}        of the blocking program
  --rounds ${FULL.rounds}          of echo
  --write              write the results of a smaller run, too
  --help               this text

A run of full size writes bench/results/processes.json and processes.md.
`;

/** Resolves to the exit code. */
export async function measureWorkers(
  words: readonly string[],
  root: string,
  say: (line: string) => void,
): Promise<number> {
  const options = parseWorkersOptions(words);
  if (options === "help") {
    say(WORKERS_HELP.trimEnd());
    return 0;
  }
  let kept = storedResults(root);
  for (const part of options.parts) {
    say(`${part} ...`);
    const from = { startedAt: new Date().toISOString(), machine: describeMachine() };
    kept = { ...kept, [part]: { ...(await measure(part, options)), ...from } };
  }
  const page = workersPage(kept);
  say(`\n${page}`);
  say(keepResult(root, "processes", { isWritten: options.writes, kept, page }));
  return 0;
}

function measure(part: PartName, { connections, window, clients, rounds }: WorkersOptions): Promise<object> {
  if (part === "restart") return measureRestart({ workers: 4, connections, window });
  if (part === "blocking") return measureBlocking({ workers: 10, clients, messages: FULL.messages });
  if (part === "scaling") return measureScaling(SCALING);
  return measureEcho({ rounds, connections: 64, messages: 50_000 }, choosePinning());
}

function storedResults(root: string): WorkersResults {
  const path = join(root, "bench", "results", "processes.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as WorkersResults) : {};
}

export interface WorkersOptions {
  readonly parts: readonly PartName[];
  readonly connections: number;
  readonly window: number;
  readonly clients: number;
  readonly rounds: number;
  readonly writes: boolean;
}

/** @throws {TypeError} for what is unknown or out of range. */
export function parseWorkersOptions(words: readonly string[]): WorkersOptions | "help" {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: "string", default: PARTS.join(",") },
      connections: { type: "string", default: String(FULL.connections) },
      window: { type: "string", default: String(FULL.window) },
      clients: { type: "string", default: String(FULL.clients) },
      rounds: { type: "string", default: String(FULL.rounds) },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const parts = values.only.split(",").map(partNamed);
  const number = (name: "connections" | "window" | "clients" | "rounds") => wholeNumber(`--${name}`, values[name], 1);
  const [connections, window, clients, rounds] = [
    number("connections"),
    number("window"),
    number("clients"),
    number("rounds"),
  ];
  const isFull =
    connections >= FULL.connections && window === FULL.window && clients >= FULL.clients && rounds >= FULL.rounds;
  return { parts, connections, window, clients, rounds, writes: values.write || isFull };
}

function partNamed(name: string): PartName {
  const part = PARTS.find((one) => one === name);
  if (part !== undefined) return part;
  throw new TypeError(`Cannot measure: --only must be of ${PARTS.join(", ")}, got ${name}`);
}
