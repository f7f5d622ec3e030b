/**
 * What every server under test shares: its command line, its first line of output, and the figures it reports.
 *
 * `x.js --application echo|answer|ingest|broadcast --compression off|on|12/5 [--cold-after MS|never] [--module PATH]` prints
 * the port it listens on, on 127.0.0.1. This file does not know which library serves.
 */
import { parseArgs } from "node:util";
import type { Handlers } from "../processes/requests.ts";
import { type Compression, parseCompression } from "../workloads/compression.ts";
import { reportFigures } from "./figures.ts";
import type { Tally } from "./tally.ts";

/** What a server's application does with a message: return it, answer it, count it, or send it to every connection. */
export type Application = "echo" | "answer" | "ingest" | "broadcast";

export interface ServerSettings {
  readonly application: Application;
  /** Whether permessage-deflate is agreed to, with the library's own defaults or with these windows. */
  readonly compression: Compression;
  /** When unused windows are compressed, for libraries that do: ms, `null` for never, `undefined` for their default. */
  readonly coldAfter: number | null | undefined;
  /** The library's file, where it is installed outside the project. */
  readonly module: string | undefined;
}

/** A server that listens, and what it can tell about itself beyond what every process can. */
export interface StartedServer {
  readonly port: number;
  readonly handlers: Handlers;
}

/**
 * Starts the server, prints its port and answers the runner until it is gone.
 *
 * @param start listens on a free port of 127.0.0.1 and resolves to the port. Its application counts in the tally what it
 * gets to ingest.
 */
export async function runServer(
  start: (settings: ServerSettings, tally: Tally) => Promise<number | StartedServer>,
): Promise<void> {
  const tally: Tally = { messages: 0, bytes: 0 };
  const started = await start(parseServerArguments(process.argv.slice(2)), tally);
  const { port, handlers } = typeof started === "number" ? { port: started, handlers: {} } : started;
  reportFigures(tally, handlers);
  process.stdout.write(`${port}\n`);
}

/** Throws a `TypeError` for anything else than the words in the file's header. */
export function parseServerArguments(words: readonly string[]): ServerSettings {
  const { values } = parseArgs({
    args: [...words],
    options: {
      application: { type: "string", default: "echo" },
      compression: { type: "string", default: "off" },
      "cold-after": { type: "string" },
      module: { type: "string" },
    },
  });
  const application = oneOf("--application", values.application, APPLICATIONS);
  const compression = parseCompression("--compression", values.compression);
  return { application, compression, coldAfter: coldAfterOf(values["cold-after"]), module: values.module };
}

const APPLICATIONS = ["echo", "answer", "ingest", "broadcast"] as const;

function coldAfterOf(word: string | undefined): number | null | undefined {
  if (word === undefined) return undefined;
  if (word === "never") return null;
  if (/^[1-9]\d*$/.test(word)) return Number(word);
  throw new TypeError(`Cannot start a peer: --cold-after must be whole milliseconds or never, got ${word}`);
}

/** Throws a `TypeError` unless `value` is one of `known`. */
export function oneOf<Word extends string>(option: string, value: string, known: readonly Word[]): Word {
  const found = known.find((word) => word === value);
  if (found !== undefined) return found;
  throw new TypeError(`Cannot start a peer: ${option} must be ${known.join(" or ")}, got ${value}`);
}

/** The module that the runner installed. Throws a `TypeError` without one. */
export function modulePath(module: string | undefined): string {
  if (module === undefined) throw new TypeError("Cannot start a peer: --module must name the library's file");
  return module;
}
