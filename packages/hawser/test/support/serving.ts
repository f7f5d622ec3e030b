/**
 * Servers of this library for a test: on the loopback interface, stopped when it ends, and what they log.
 */

import { type Handler, type Logger, type ServeOptions, type Server, type ServerConnection, serve } from "hawser";
import { expect, onTestFinished, vi } from "vitest";
import { transportUnderTest } from "./transport-under-test.ts";

/** Sends each message back. */
export async function echo(ws: ServerConnection): Promise<void> {
  for await (const message of ws) await ws.send(message);
}

/** Leaves its connections alone: they stay open, and nothing is read for the application. */
export async function idle(ws: ServerConnection): Promise<void> {
  await ws.waitClosed();
}

/** Serves on a free port of 127.0.0.1 unless the options name another place. */
export async function serving<UserData = unknown>(
  handler: Handler<UserData>,
  options: ServeOptions<UserData> = {},
): Promise<Server<UserData>> {
  const isElsewhere = [options.path, options.fd, options.server, options.host].some((place) => place !== undefined);
  const place = isElsewhere ? {} : { host: "127.0.0.1" };
  const server = await serve(handler, { ...place, ...transportUnderTest(options), ...options });
  onTestFinished(async () => {
    for (const ws of server.connections) ws.terminate();
    await server.close();
  });
  return server;
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface RecordingLogger extends Logger {
  readonly lines: readonly LogLine[];
  /** What was logged as a warning or an error. */
  readonly troubles: readonly LogLine[];
}

export function recordingLogger(): RecordingLogger {
  const lines: LogLine[] = [];
  const record = (level: LogLine["level"]) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message });
  };
  return {
    lines,
    get troubles() {
      return lines.filter(({ level }) => level === "warn" || level === "error");
    },
    debug: record("debug"),
    info: record("info"),
    warn: record("warn"),
    error: record("error"),
  };
}

/** A promise, and what settles it. */
export interface Gate<Value = void> {
  readonly passed: Promise<Value>;
  readonly open: (value: Value) => void;
}

export function gate<Value = void>(): Gate<Value> {
  let open: (value: Value) => void = () => {};
  const passed = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** A handler that leaves its connections alone and hands the first of them to the test. */
export function capturing<UserData = unknown>(): {
  readonly handler: (ws: ServerConnection<UserData>) => Promise<void>;
  readonly first: Promise<ServerConnection<UserData>>;
} {
  const { passed, open } = gate<ServerConnection<UserData>>();
  const handler = async (ws: ServerConnection<UserData>) => {
    open(ws);
    await ws.waitClosed();
  };
  return { handler, first: passed };
}

/** Waits until the server counts so many. */
export async function untilCounted(
  server: Server<never> | Server,
  counts: Partial<ReturnType<Server["metrics"]>>,
): Promise<void> {
  await vi.waitFor(() => expect(server.metrics()).toMatchObject(counts), { timeout: 8_000, interval: 5 });
}
