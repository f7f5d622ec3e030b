/**
 * Whether connections can be driven by their handles in this process.
 *
 * A child process tries it out, since Node ends a process that does not use its internals as they want to be used.
 */

import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TRIAL_FUNCTIONS, tryHandles } from "./handle-trial-program.ts";
import {
  createDriver,
  type HandleDriver,
  type HandleKind,
  openStreamBinding,
  TRIED_VERSIONS,
  takeConnections,
  type WriteContract,
} from "./tcp-handles.ts";

/** What came of a trial: the driver, or why there is none, as a clause for a warning. */
export type HandleVerdict =
  | { readonly driver: HandleDriver; readonly trouble?: undefined }
  | { readonly driver?: undefined; readonly trouble: string };

/** The part of the process that a trial depends on. */
export interface TrialHost {
  readonly platform: string;
  /** As `process.versions`. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** The program that is Node. */
  readonly execPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether that program contains an application, which it runs whatever its arguments are. */
  readonly isApplication: boolean;
  /** Milliseconds. */
  readonly patience: number;
}

/** Time for a start of Node on a loaded machine; it takes some 50 ms on others. */
const PATIENCE = 5_000;

/** Set in the environment of the child: if it serves, contrary to expectation, it does not begin a trial of its own. */
const MARKER = "HAWSER_HANDLE_TRIAL";

const verdicts: Map<HandleKind, Promise<HandleVerdict>> = new Map();

/** The verdict for this process, and its connections of one kind: tried once. */
export function tryHandlesOnce(kind: HandleKind): Promise<HandleVerdict> {
  const verdict = verdicts.get(kind) ?? judgeHandles(kind, thisHost());
  verdicts.set(kind, verdict);
  return verdict;
}

/** Resolves in any case, within little more than `host.patience`. */
export async function judgeHandles(kind: HandleKind, host: TrialHost): Promise<HandleVerdict> {
  const obstacle = findObstacle(host);
  if (obstacle !== undefined) return { trouble: obstacle };
  const contract = triedContract(host)!;
  try {
    const driver = createDriver(openStreamBinding(), contract);
    await runTrial(programOf(kind, contract, host.patience), host);
    return { driver };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}

/** The part of this process. */
export function thisHost(): TrialHost {
  const { platform, versions, execPath, env } = process;
  return { platform, versions, execPath, env, isApplication: isApplication(), patience: PATIENCE };
}

function isApplication(): boolean {
  const sea = process.getBuiltinModule?.("node:sea") as { isSea?(): boolean } | undefined;
  return sea?.isSea?.() === true || "pkg" in process;
}

/** How handles take a write in this version of Node, if it is one that was tried. */
export function triedContract({ versions }: TrialHost): WriteContract | undefined {
  return TRIED_VERSIONS[Number.parseInt(versions["node"] ?? "", 10)];
}

/** What stands in the way before anything is tried. */
export function findObstacle(host: TrialHost): string | undefined {
  const { platform, versions, env } = host;
  const stranger = ["bun", "deno", "electron", "nw"].find((name) => versions[name] !== undefined);
  if (stranger !== undefined) return `${stranger} is not Node`;
  if (platform === "win32") return "it was never tried on Windows";
  if (triedContract(host) === undefined) {
    return `Node ${versions["node"]} is none of the versions that it was tried on, ${Object.keys(TRIED_VERSIONS).join(", ")}`;
  }
  if (host.isApplication || env[MARKER] !== undefined) return "no other process of Node can be started to try it out";
  return undefined;
}

/** Rejects unless the program says that it works, and that it is the same Node as ours. */
function runTrial(program: string, { execPath, env, versions, patience }: TrialHost): Promise<void> {
  // Neither preloaded modules nor an inspector, of which there may be one
  const quiet = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("NODE_")));
  const options = {
    env: { ...quiet, [MARKER]: "1" },
    // Always there, unlike the folder that we were started in
    cwd: "/",
    timeout: patience,
    killSignal: "SIGKILL",
    windowsHide: true,
  } as const;
  return new Promise((resolve, reject) => {
    execFile(execPath, ["-e", program], options, (error, output) => {
      if (output === `works ${versions["node"]}`) resolve();
      else reject(new Error(`a trial failed: ${describe(error, output)}`));
    });
  });
}

function describe(error: (Error & { signal?: string | undefined; code?: unknown }) | null, output: string): string {
  if (output !== "") return output.slice(0, 200).split("\n", 1)[0]!;
  if (error?.signal) return `it ended by ${error.signal}`;
  return typeof error?.code === "string" ? error.code : "it said nothing";
}

/** On Linux no file: there may be no folder for it. */
function pipePath(): string {
  const name = `hawser-${randomUUID()}`;
  return process.platform === "linux" ? `\0${name}` : join(tmpdir(), name);
}

/** A program in one text, which needs no file. */
function programOf(kind: HandleKind, contract: WriteContract, patience: number): string {
  return `"use strict";
    // Some bundlers wrap functions so that they keep their names
    const __name = (named) => named;
    ${TRIAL_FUNCTIONS.map(String).join("\n")}
    const say = (text) => process.stdout.write(text, () => process.exit());
    setTimeout(() => say("no end within ${patience} ms"), ${patience});
    process.on("uncaughtException", (error) => say(String(error.message)));
    (${tryHandles})({
      net: process.getBuiltinModule("node:net"),
      util: process.getBuiltinModule("node:util"),
      driver: (${createDriver})(process.binding("stream_wrap"), ${JSON.stringify(contract)}),
      takeConnections: (${takeConnections}),
      kind: ${JSON.stringify(kind)},
      path: ${JSON.stringify(pipePath())},
    }).then(
      () => say("works " + process.versions.node),
      (error) => say(String(error.message)),
    );`;
}
