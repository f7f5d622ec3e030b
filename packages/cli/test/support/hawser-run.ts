/** `hawser run` as a process, as it was built, and its clients. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { type ClientConnection, type ConnectOptions, connect } from "hawser";
import { expect, onTestFinished, vi } from "vitest";

const BIN = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));

export function entryPath(name: string): string {
  return fileURLToPath(new URL(`./entries/${name}`, import.meta.url));
}

/** Milliseconds: the machine may be busy. */
const PATIENCE = 30_000;

export interface SupervisedRun {
  readonly pid: number;
  readonly output: () => string;
  /** The exit code or the signal, once all output is there. */
  readonly ended: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
  /** Closes the pipes that it writes to: who reads the log has gone. */
  stopReading(): void;
  /** Waits for a line; resolves to what the expression found. */
  says(line: RegExp | string): Promise<RegExpMatchArray>;
  /** Where it says that it listens. */
  port(): Promise<number>;
  client(options?: ConnectOptions): Promise<ClientConnection>;
}

export interface RunSurroundings {
  readonly env?: Record<string, string>;
  /** What starts it: the words before `node`. */
  readonly prefix?: readonly string[];
  readonly flags?: readonly string[];
}

/** Runs an entry of `entries/` with options of `hawser run` and, as its argument, JSON or text. */
export function hawserRun(
  options: readonly string[],
  entry: string,
  argument: object | string = {},
  { env = {}, prefix = [], flags = [] }: RunSurroundings = {},
): SupervisedRun {
  const text = typeof argument === "string" ? argument : JSON.stringify(argument);
  const words = [...prefix, process.execPath, ...flags, BIN, "run", ...options, entryPath(entry), text];
  const child = spawn(words[0]!, words.slice(1), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HAWSER_ADMIN: "off", ...env },
  });
  return watch(child);
}

function watch(child: ChildProcess): SupervisedRun {
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  const says = (line: RegExp | string) =>
    vi.waitFor(
      () => {
        expect(output).toMatch(line);
        return output.match(line)!;
      },
      { timeout: PATIENCE, interval: 10 },
    );
  const port = async () => Number((await says(/listening on \S+:(\d+)/))[1]);
  const client = async (options: ConnectOptions = {}) => {
    const ws = await connect(`ws://127.0.0.1:${await port()}`, { openTimeout: PATIENCE, ...options });
    onTestFinished(() => ws.terminate());
    return ws;
  };
  const kill = (signal: NodeJS.Signals) => void child.kill(signal);
  const stopReading = () => {
    for (const stream of [child.stdout!, child.stderr!]) stream.destroy();
  };
  return { pid: child.pid!, output: () => output, ended, kill, stopReading, says, port, client };
}

/** Sends a message and resolves to the answer. */
export async function ask(ws: ClientConnection, message: string): Promise<string> {
  await ws.send(message);
  return String(await ws.recv());
}

/** The close code that a connection ends with. */
export async function closeCode(ws: ClientConnection): Promise<number | undefined> {
  await ws.waitClosed();
  return ws.closeCode;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function untilGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: PATIENCE, interval: 10 });
}

/** A port that is free, and most likely the next one, too. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port < 65_000 ? port : port - 1_000;
}
