/** A server and a load generator, started for one run and gone after it, so that no run inherits another's heap. */
import { join } from "node:path";
import type { LoadPlan } from "../generator/load.ts";
import type { GeneratorCount } from "../generator/main.ts";
import type { Peer } from "../peers/catalogue.ts";
import type { MemoryFigures } from "../peers/peer-process.ts";
import { Child } from "../processes/child.ts";
import type { Pinning } from "../processes/pinning.ts";

const GENERATOR_SCRIPT = join(import.meta.dirname, "..", "generator", "main.js");

/** What a run is measured with: the server's figures on one side, the load on the other. */
export interface Stage {
  readonly port: number;
  /** The server's CPU time so far, all threads (µs). */
  serverCpu(): Promise<number>;
  /** The server's memory after a forced collection. */
  serverMemory(): Promise<MemoryFigures>;
  readonly load: LoadControl;
}

/** The generator's side, see `generator/load.ts`. Every call rejects if an echo was wrong. */
export interface LoadControl {
  open(plan: LoadPlan): Promise<void>;
  start(): Promise<void>;
  count(): Promise<GeneratorCount>;
  finish(): Promise<void>;
  exchange(messages: number): Promise<void>;
  close(): Promise<void>;
}

/** Runs `act` between starting and stopping both processes. */
export async function onStage<Result>(
  peer: Peer,
  settings: { readonly compression: boolean; readonly pinning: Pinning },
  act: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const children: Child[] = [];
  try {
    const server = startServer(peer, settings.compression, settings.pinning);
    children.push(server);
    const port = Number(await server.firstLine());
    const generator = new Child({ name: "load generator", script: GENERATOR_SCRIPT, cpu: settings.pinning.generator });
    children.push(generator);
    return await act({
      port,
      serverCpu: () => server.request("cpu"),
      serverMemory: () => server.request("memory"),
      load: loadControl(generator),
    });
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

function startServer(peer: Peer, compression: boolean, pinning: Pinning): Child {
  return new Child({
    name: `server ${peer.label}`,
    script: peer.script,
    arguments: ["--compression", compression ? "on" : "off"],
    nodeFlags: ["--expose-gc"],
    cpu: pinning.server,
  });
}

function loadControl(generator: Child): LoadControl {
  return {
    open: (plan) => generator.request("open", plan),
    start: () => generator.request("start"),
    count: () => generator.request("count"),
    finish: () => generator.request("finish"),
    exchange: (messages) => generator.request("exchange", messages),
    close: () => generator.request("close"),
  };
}
