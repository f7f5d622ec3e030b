/** `hawser publish`: gives one message to an engine, as a server with a backplane would. */

import { buffer } from "node:stream/consumers";
import type { Backplane, Publication, Receipt } from "hawser/pubsub";
import { isTopic, MAX_KEY_LENGTH, MAX_TOPIC_LENGTH } from "hawser/pubsub";
import { type Command, CommandError, ExitCode, UsageError } from "../command.ts";
import { optionsCommand } from "../options-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { backplaneOf, type Load, loadInstalled } from "./clients.ts";
import { HELP } from "./help.ts";
import { type PublishCommandOptions, parsePublishOptions } from "./options.ts";

/** What the command has of its process. */
export interface PublishSurroundings {
  readonly load: Load;
  /** Standard input; `undefined` if a person sits before it. */
  readonly readInput: () => Promise<Uint8Array | undefined>;
}

const PROCESS: PublishSurroundings = {
  load: loadInstalled,
  readInput: async () => (process.stdin.isTTY ? undefined : buffer(process.stdin)),
};

export const publish: Command = publishCommand(PROCESS);

export function publishCommand(surroundings: PublishSurroundings): Command {
  return optionsCommand({
    name: "publish",
    summary: "send a message to all subscribers of a topic, by way of Redis or NATS",
    help: HELP,
    parse: parsePublishOptions,
    async run(options, terminal) {
      const publication = checkPublication(options, await readMessage(options, surroundings));
      const backplane = await backplaneOf(options, surroundings.load);
      try {
        report(options, await publishOnce(backplane, publication, options), terminal);
      } finally {
        await backplane.close();
      }
      return ExitCode.OK;
    },
  });
}

async function readMessage(
  options: PublishCommandOptions,
  { readInput }: PublishSurroundings,
): Promise<string | Uint8Array> {
  const { message, isBinary } = options;
  if (message !== undefined) return isBinary ? Buffer.from(message) : message;
  const bytes = await readInput();
  if (bytes === undefined) throw new UsageError("the message must be given, or come from standard input.");
  if (isBinary) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    throw new CommandError("standard input is not text in UTF-8; publish bytes with --binary.");
  }
}

function checkPublication({ topic, key }: PublishCommandOptions, data: string | Uint8Array): Publication {
  if (!isTopic(topic)) {
    throw new UsageError(
      `the topic must have 1 to ${MAX_TOPIC_LENGTH} characters and no control characters, got ${JSON.stringify(topic)}.`,
    );
  }
  if (key !== undefined && key.length > MAX_KEY_LENGTH) {
    throw new UsageError(`--key must have at most ${MAX_KEY_LENGTH} characters, got ${key.length}.`);
  }
  return { topic, kind: "message", data, key, compress: undefined };
}

async function publishOnce(
  backplane: Backplane,
  publication: Publication,
  options: PublishCommandOptions,
): Promise<Receipt> {
  let cause: unknown;
  const receiver = {
    received() {},
    gap() {},
    connected() {},
    disconnected: (why: unknown) => {
      cause = why;
    },
    rejected() {},
  };
  try {
    await backplane.start(receiver);
    if (cause !== undefined) throw cause;
    return await backplane.publish(publication, options.history);
  } catch (error) {
    throw new CommandError(`${options.url.host} did not take it: ${reasonOf(error)}`);
  }
}

/** A connection that is refused at several addresses has a message for each alone. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { readonly message?: string; readonly code?: string };
  return message || code || String(error);
}

function report({ topic }: PublishCommandOptions, { position, isDuplicate }: Receipt, terminal: Terminal): void {
  const place = position === undefined ? "" : ` at offset ${position.offset} of epoch ${position.epoch}`;
  terminal.out(
    isDuplicate ? `Not published again: the key was seen before${place}\n` : `Published to ${topic}${place}\n`,
  );
}
