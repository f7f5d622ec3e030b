/** The command line of `hawser publish`, taken apart and checked. */

import type { HistoryLimits } from "hawser/pubsub";
import { UsageError } from "../command.ts";
import { numberOption, type OptionRules, readWords } from "../options.ts";

const RULES = {
  binary: { type: "boolean", short: "b" },
  key: { type: "string", short: "k" },
  prefix: { type: "string" },
  sharded: { type: "boolean" },
  history: { type: "string" },
  "history-age": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const satisfies OptionRules;

export interface PublishCommandOptions {
  readonly url: URL;
  readonly engine: "redis" | "nats";
  readonly topic: string;
  /** `undefined`: what stands in standard input. */
  readonly message: string | undefined;
  readonly isBinary: boolean;
  readonly key: string | undefined;
  readonly prefix: string | undefined;
  readonly isSharded: boolean;
  readonly history: HistoryLimits | undefined;
}

const ENGINES: Readonly<Record<string, PublishCommandOptions["engine"]>> = {
  "redis:": "redis",
  "rediss:": "redis",
  "valkey:": "redis",
  "valkeys:": "redis",
  "nats:": "nats",
  "tls:": "nats",
};

/** Seconds: as a server has it by default. */
const HISTORY_AGE = 300;

/** @throws {UsageError} */
export function parsePublishOptions(words: readonly string[]): PublishCommandOptions | "help" {
  const { values, positionals } = readWords(words, RULES);
  if (values.help) return "help";
  const [address, topic, message, ...more] = positionals;
  if (address === undefined || topic === undefined) {
    throw new UsageError("the URL of the engine and the topic must be given.");
  }
  if (more.length > 0)
    throw new UsageError(`the message must be one word, quoted if it has spaces; got ${more[0]} after it.`);
  const [url, engine] = engineOf(address);
  if (values.sharded && engine !== "redis") throw new UsageError("--sharded is for Redis.");
  if (values["history-age"] !== undefined && values.history === undefined) {
    throw new UsageError("--history-age needs --history.");
  }
  const isBinary = values.binary === true;
  const isSharded = values.sharded === true;
  const { key, prefix } = values;
  return { url, engine, topic, message, isBinary, key, prefix, isSharded, history: historyOf(values) };
}

function engineOf(address: string): readonly [URL, PublishCommandOptions["engine"]] {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const engine = url && ENGINES[url.protocol];
  if (url !== undefined && engine !== undefined) return [url, engine];
  throw new UsageError(
    `the engine must be a URL such as redis://localhost:6379 or nats://localhost:4222, got ${address}.`,
  );
}

function historyOf(values: {
  readonly history: string | undefined;
  readonly "history-age": string | undefined;
}): HistoryLimits | undefined {
  if (values.history === undefined) return undefined;
  const maxCount = numberOption("--history", values.history, 0, { least: 1 });
  const seconds = numberOption("--history-age", values["history-age"], HISTORY_AGE, { least: 1 });
  return { maxCount, maxAge: seconds * 1_000 };
}
