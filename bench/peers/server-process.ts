/**
 * What every server under test shares: its command line, its first line of output, and the figures it reports.
 *
 * `x.js --application echo|ingest|broadcast --compression off|on [--module PATH]` prints the port it listens on, on
 * 127.0.0.1. This file does not know which library serves.
 */
import { parseArgs } from "node:util";
import { reportFigures } from "./figures.ts";
import type { Tally } from "./tally.ts";

/** What the server's application does with a message: return it, count it, or send it to every connection. */
export type Application = "echo" | "ingest" | "broadcast";

export interface ServerSettings {
  readonly application: Application;
  /** Whether permessage-deflate is offered, with the library's own defaults. */
  readonly compression: boolean;
  /** The library's file, where it is installed outside the project. */
  readonly module: string | undefined;
}

/**
 * Starts the server, prints its port and answers the runner until it is gone.
 *
 * @param start listens on a free port of 127.0.0.1 and resolves to the port. Its application counts in the tally what it
 * gets to ingest.
 */
export async function runServer(start: (settings: ServerSettings, tally: Tally) => Promise<number>): Promise<void> {
  const tally: Tally = { messages: 0, bytes: 0 };
  const port = await start(parseServerArguments(process.argv.slice(2)), tally);
  reportFigures(tally);
  process.stdout.write(`${port}\n`);
}

/** Throws a `TypeError` for anything else than the words in the file's header. */
export function parseServerArguments(words: readonly string[]): ServerSettings {
  const { values } = parseArgs({
    args: [...words],
    options: {
      application: { type: "string", default: "echo" },
      compression: { type: "string", default: "off" },
      module: { type: "string" },
    },
  });
  const application = oneOf("--application", values.application, ["echo", "ingest", "broadcast"] as const);
  const compression = oneOf("--compression", values.compression, ["off", "on"] as const) === "on";
  return { application, compression, module: values.module };
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
