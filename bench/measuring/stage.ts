/**
 * The process under test and a load generator, started for one run and gone after it, so that no run inherits another's heap.
 *
 * Of the two, the side that listens starts first.
 */
import { join } from "node:path";
import type { Totals } from "../generator/load.ts";
import type { GeneratorCount } from "../generator/main.ts";
import type { ListenPlan, LoadPlan } from "../generator/plan.ts";
import type { Peer } from "../peers/catalogue.ts";
import type { MemoryFigures, SubjectSample, WindowFigures } from "../peers/figures.ts";
import type { Application } from "../peers/server-process.ts";
import { Child } from "../processes/child.ts";
import type { Pinning } from "../processes/pinning.ts";
import { type Compression, compressionWord } from "../workloads/compression.ts";

const GENERATOR_SCRIPT = join(import.meta.dirname, "..", "generator", "main.js");

/** The process that is measured. */
export interface Subject {
  readonly pid: number | undefined;
  /** CPU time of all threads (µs), and what has reached the application. */
  sample(): Promise<SubjectSample>;
  /** Memory after a forced collection. */
  memory(): Promise<MemoryFigures>;
  /** The most resident memory so far (bytes). */
  highestMemory(): Promise<number>;
  /** Rejects for a server that does not tell. */
  windows(): Promise<WindowFigures>;
  startProfile(): Promise<void>;
  /** V8's profile, as the inspector gives it. */
  stopProfile(): Promise<unknown>;
}

/** The generator's side, see `generator/load.ts`. Every call rejects if an echo was wrong. */
export interface LoadControl {
  open(plan: LoadPlan): Promise<number | undefined>;
  start(): Promise<void>;
  count(): Promise<GeneratorCount>;
  finish(): Promise<Totals>;
  exchange(messages: number): Promise<void>;
  more(connections: number): Promise<void>;
  thin(connections: number): Promise<void>;
  close(): Promise<void>;
}

/** What a run is measured with. */
export interface Stage {
  /** The port of the side that listens. */
  readonly port: number;
  readonly subject: Subject;
  readonly load: LoadControl;
}

/** How the process under test is started. */
export interface StageSettings {
  readonly application: Application;
  readonly compression: Compression;
  /** For {@link ServerSettings.coldAfter}; `undefined`: nothing is said. */
  readonly coldAfter?: number | null;
  readonly pinning: Pinning;
  /** Further flags for Node; a peer on another runtime is started without. */
  readonly nodeFlags?: readonly string[];
}

/** Runs `act` with a server under test: no load is open yet. */
export function onServerStage<Result>(
  peer: Peer,
  settings: StageSettings,
  act: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  return withChildren(async (add) => {
    const server = add(startServer(peer, settings));
    const port = Number(await server.firstLine());
    const generator = add(startGenerator(settings.pinning));
    return act({ port, subject: subjectOf(server), load: loadControl(generator) });
  });
}

/** Runs `act` with a client under test, whose connections to the generator are open: the load can start. */
export function onClientStage<Result>(
  peer: Peer,
  settings: StageSettings,
  plan: ListenPlan,
  act: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  return withChildren(async (add) => {
    const load = loadControl(add(startGenerator(settings.pinning)));
    const port = (await load.open(plan))!;
    const client = add(startClient(peer, settings, port, plan));
    await client.firstLine();
    return act({ port, subject: subjectOf(client), load });
  });
}

/** Starts the peer's server and ends it. Rejects with the reason why it cannot be started. */
export function tryServer(peer: Peer, settings: StageSettings): Promise<void> {
  return withChildren(async (add) => {
    await add(startServer(peer, settings)).firstLine();
  });
}

async function withChildren<Result>(act: (add: (child: Child) => Child) => Promise<Result>): Promise<Result> {
  const children: Child[] = [];
  try {
    return await act((child) => {
      children.push(child);
      return child;
    });
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

function startServer(peer: Peer, settings: StageSettings): Child {
  const { compression, coldAfter } = settings;
  const cold = coldAfter === undefined ? [] : ["--cold-after", coldAfter === null ? "never" : String(coldAfter)];
  return startSubject(peer, "server", settings, ["--compression", compressionWord(compression), ...cold]);
}

function startClient(peer: Peer, settings: StageSettings, port: number, { connections }: ListenPlan): Child {
  return startSubject(peer, "client", settings, ["--port", String(port), "--connections", String(connections)]);
}

function startSubject(
  peer: Peer,
  side: "server" | "client",
  { application, pinning, nodeFlags = [] }: StageSettings,
  words: readonly string[],
): Child {
  const script = peer.programs[side];
  if (script === undefined) throw new Error(`${peer.label} has no ${side}`);
  const module = peer.module === undefined ? [] : ["--module", peer.module];
  return new Child({
    name: `${side} ${peer.label}`,
    script,
    executable: peer.executable,
    arguments: ["--application", application, ...words, ...module],
    flags: peer.executable === undefined ? ["--expose-gc", ...nodeFlags] : [],
    cpu: pinning.server,
  });
}

function startGenerator({ generator }: Pinning): Child {
  return new Child({ name: "load generator", script: GENERATOR_SCRIPT, cpu: generator });
}

function subjectOf(child: Child): Subject {
  return {
    pid: child.pid,
    sample: () => child.request("sample"),
    memory: () => child.request("memory"),
    highestMemory: () => child.request("highestMemory"),
    windows: () => child.request("windows"),
    startProfile: () => child.request("startProfile"),
    stopProfile: () => child.request("stopProfile"),
  };
}

function loadControl(generator: Child): LoadControl {
  return {
    open: (plan) => generator.request("open", plan),
    start: () => generator.request("start"),
    count: () => generator.request("count"),
    finish: () => generator.request("finish"),
    exchange: (messages) => generator.request("exchange", messages),
    more: (connections) => generator.request("more", connections),
    thin: (connections) => generator.request("thin", connections),
    close: () => generator.request("close"),
  };
}
