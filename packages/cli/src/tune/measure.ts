/**
 * Measures every setting: on one connection, on many in turn, and in a real server process.
 *
 * Times are taken in rounds over all settings, so that a machine that grows warm or busy treats them alike.
 */

import type { CompressionOption, PerMessageDeflateOptions } from "hawser";
import type { Progress } from "../terminal/progress.ts";
import type { PassResult } from "./measuring/one-connection.ts";
import type { RoundRobinResult } from "./measuring/round-robin.ts";
import type { PassRequest, RoundRobinRequest } from "./processes/codec.ts";
import type { ServerFigures } from "./processes/server.ts";
import { type Role, Worker } from "./processes/worker.ts";
import type { Plan } from "./result.ts";
import { BASE_LEVEL, BASE_WINDOW_BITS, compressionWith, SETTINGS, type Setting, WINDOW_BITS } from "./settings.ts";
import type { Corpus } from "./sources/corpus.ts";
import type { CellSamples, PassSamples, RoundRobinSamples, RowSamples, ServerSample } from "./tables.ts";

export interface Measurements {
  readonly grid: readonly CellSamples[];
  readonly rows: readonly RowSamples[];
}

/** What a run works with. */
export interface Workplace {
  readonly progress: Progress;
  readonly interruption: AbortSignal;
  /** The compiled program of the measuring processes. */
  readonly script: URL;
}

/** Few connections, many messages: the server's code is compiled, yet little is freed that connections could reuse. */
const WARM_UP_CONNECTIONS = 20;
const WARM_UP_MESSAGES = 200;
const QUICK_WARM_UP_MESSAGES = 50;

/** What each kind of step takes, roughly (ms): for the progress alone. */
function workOf({ leastTime, connections, exchange }: Plan) {
  return {
    pass: (leastTime * 2) / 1_000,
    roundRobin: (leastTime * 4) / 1_000 + connections / 5,
    server: 1_000 + connections * (1 + exchange / 8),
  };
}

/** The work that {@link measure} reports to its progress in all (ms, roughly). */
export function totalWork(plan: Plan): number {
  const { pass, roundRobin, server } = workOf(plan);
  const cells = WINDOW_BITS.length * plan.levels.length + 1;
  return plan.rounds * (cells * pass + (SETTINGS.length - 1) * roundRobin) + SETTINGS.length * server;
}

/** Throws `Interrupted` when interrupted; no process is left behind, whatever happens. */
export async function measure(corpus: Corpus, plan: Plan, workplace: Workplace): Promise<Measurements> {
  const { grid, alone, many } = await measureTimes(corpus, plan, workplace);
  const servers = await measureServers(corpus, plan, workplace);
  const rows = SETTINGS.map((setting) => {
    const cell = grid.find((one) => one.windowBits === setting.windowBits && one.level === BASE_LEVEL);
    const pass = setting.takeover ? cell : setting.compression === false ? undefined : alone;
    return { setting, pass, roundRobin: many.get(setting), server: servers.get(setting)! };
  });
  return { grid, rows };
}

interface Times {
  readonly grid: readonly CellSamples[];
  /** Without context. */
  readonly alone: PassSamples;
  readonly many: ReadonlyMap<Setting, RoundRobinSamples>;
}

/** A cell of the grid while rounds are added; the one without context has no place in the grid. */
interface Cell {
  readonly title: string;
  readonly windowBits: number;
  readonly level: number;
  readonly compression: PerMessageDeflateOptions;
  readonly results: PassResult[];
}

async function measureTimes(corpus: Corpus, plan: Plan, workplace: Workplace): Promise<Times> {
  const codec = await startWorker("codec", corpus, workplace);
  try {
    const work = workOf(plan);
    const cells = gridCells(plan);
    const lone = cellWith(BASE_WINDOW_BITS, BASE_LEVEL, false);
    const compressed = SETTINGS.filter(({ compression }) => compression !== false);
    const many = new Map<Setting, RoundRobinResult[]>(compressed.map((setting) => [setting, []]));
    await codec.ask("pass", { compression: lone.compression, leastTime: plan.leastTime * 3 } satisfies PassRequest);
    for (let round = 0; round < plan.rounds; round++) {
      const stage = `times, round ${round + 1} of ${plan.rounds}`;
      for (const cell of rotated([...cells, lone], round)) {
        workplace.progress.step(`${stage}: ${cell.title}`, work.pass);
        cell.results.push(await codec.ask<PassResult>("pass", passOf(cell, plan)));
      }
      for (const [setting, results] of rotated([...many], round)) {
        workplace.progress.step(`${stage}: ${setting.id}, connections in turn`, work.roundRobin);
        results.push(await codec.ask<RoundRobinResult>("roundRobin", roundRobinOf(setting, plan)));
      }
    }
    return { grid: cells.map(cellSamples), alone: passSamples(lone), many: mapped(many, roundRobinSamples) };
  } finally {
    await codec.stop();
  }
}

function gridCells({ levels }: Plan): Cell[] {
  return WINDOW_BITS.flatMap((windowBits) => levels.map((level) => cellWith(windowBits, level, true)));
}

function cellWith(windowBits: number, level: number, takeover: boolean): Cell {
  const title = takeover ? `${windowBits} bits, level ${level}` : "no takeover";
  return { title, windowBits, level, compression: compressionWith(windowBits, { level, takeover }), results: [] };
}

function passOf({ compression }: Cell, { leastTime }: Plan): PassRequest {
  return { compression, leastTime };
}

function roundRobinOf({ id, compression }: Setting, { connections, leastTime }: Plan): RoundRobinRequest {
  return { id, compression: compression as PerMessageDeflateOptions, connections, leastTime };
}

function cellSamples(cell: Cell): CellSamples {
  return { windowBits: cell.windowBits, level: cell.level, ...passSamples(cell) };
}

function passSamples({ results }: Cell): PassSamples {
  return {
    bytes: results[0]!.bytes,
    deflate: results.map(({ deflate }) => deflate),
    inflate: results.map(({ inflate }) => inflate),
  };
}

function roundRobinSamples(results: readonly RoundRobinResult[]): RoundRobinSamples {
  return {
    deflate: results.map(({ deflate }) => deflate),
    inflate: results.map(({ inflate }) => inflate),
    heldBytes: results[0]!.heldBytes,
  };
}

async function measureServers(
  corpus: Corpus,
  plan: Plan,
  workplace: Workplace,
): Promise<ReadonlyMap<Setting, ServerSample>> {
  const clients = await startWorker("clients", corpus, workplace);
  const samples = new Map<Setting, ServerSample>();
  try {
    for (const setting of SETTINGS) {
      workplace.progress.step(`server memory: ${setting.id}`, workOf(plan).server);
      samples.set(setting, await measureServer(setting.compression, clients, corpus, plan, workplace));
    }
    return samples;
  } finally {
    await clients.stop();
  }
}

async function measureServer(
  compression: CompressionOption,
  clients: Worker,
  corpus: Corpus,
  { connections, exchange, isQuick }: Plan,
  { script, interruption }: Workplace,
): Promise<ServerSample> {
  const server = new Worker("server", script, interruption);
  try {
    const port = await server.ask<number>("start", { compression, largest: corpus.summary.largest });
    await clients.ask("open", { port, connections: WARM_UP_CONNECTIONS });
    await clients.ask("exchange", isQuick ? QUICK_WARM_UP_MESSAGES : WARM_UP_MESSAGES);
    await clients.ask("close");
    await server.ask("emptied");
    const before = await server.ask<ServerFigures>("figures");
    await clients.ask("open", { port, connections });
    const opened = await server.ask<ServerFigures>("figures");
    await clients.ask("exchange", exchange);
    const after = await server.ask<ServerFigures>("figures");
    await clients.ask("close");
    return {
      rss: (after.rss - before.rss) / connections,
      inUse: (after.inUse - before.inUse) / connections,
      echo: echoTime(opened, after, connections * exchange),
    };
  } finally {
    await server.stop();
  }
}

/** The collection that `opened` ended with is in it: a few ms among thousands of messages. */
function echoTime(opened: ServerFigures, after: ServerFigures, messages: number): number {
  return (after.cpu - opened.cpu) / messages;
}

async function startWorker(role: Role, { messages }: Corpus, { script, interruption }: Workplace): Promise<Worker> {
  const worker = new Worker(role, script, interruption);
  await worker.ask("load", messages);
  return worker;
}

/** Each round begins elsewhere, so that none is always the first. */
function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const start = (round * 5) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function mapped<Key, Value, Result>(map: ReadonlyMap<Key, Value>, change: (value: Value) => Result): Map<Key, Result> {
  return new Map(Array.from(map, ([key, value]) => [key, change(value)]));
}
