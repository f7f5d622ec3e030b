/**
 * What every client under test shares: its command line, its first line of output, and the figures it reports.
 *
 * `x.js --port N --connections N --application echo|ingest [--module PATH]` opens its connections to 127.0.0.1, prints
 * `open` and answers the runner. This file does not know which library connects.
 */
import { parseArgs } from "node:util";
import { reportFigures } from "./figures.ts";
import { oneOf } from "./server-process.ts";
import { count, type Tally } from "./tally.ts";

export interface ClientSettings {
  readonly url: string;
  /** Whether messages are returned, or only counted. */
  readonly isEcho: boolean;
  readonly module: string | undefined;
  /** Counts a message that is not returned. */
  received(length: number): void;
}

/** @param open opens one connection, binary messages only, and resolves when it is open. */
export async function runClient(open: (settings: ClientSettings) => Promise<void>): Promise<void> {
  const { port, connections, isEcho, module } = parseClientArguments(process.argv.slice(2));
  const tally: Tally = { messages: 0, bytes: 0 };
  const received = (length: number) => count(tally, length);
  const settings = { url: `ws://127.0.0.1:${port}/`, isEcho, module, received };
  await Promise.all(Array.from({ length: connections }, () => open(settings)));
  reportFigures(tally);
  process.stdout.write("open\n");
}

/** Throws a `TypeError` for anything else than the words in the file's header. */
export function parseClientArguments(words: readonly string[]): {
  readonly port: number;
  readonly connections: number;
  readonly isEcho: boolean;
  readonly module: string | undefined;
} {
  const { values } = parseArgs({
    args: [...words],
    options: {
      application: { type: "string", default: "echo" },
      port: { type: "string", default: "" },
      connections: { type: "string", default: "1" },
      module: { type: "string" },
    },
  });
  return {
    port: wholeNumber("--port", values.port),
    connections: wholeNumber("--connections", values.connections),
    isEcho: oneOf("--application", values.application, ["echo", "ingest"] as const) === "echo",
    module: values.module,
  };
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new TypeError(`Cannot start a peer: ${option} must be a whole number, got ${text}`);
}
