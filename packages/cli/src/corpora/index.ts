/**
 * `@hawser/cli/corpora`: messages such as applications send, generated, the same on every machine.
 *
 * Each kind is a stream as one connection carries it, message after message, so that compression with context sees what it
 * would see in service.
 *
 * @module
 */

import { chat } from "./chat.ts";
import { codeEvents } from "./code-events.ts";
import type { CorpusKind } from "./corpus-kind.ts";
import { crdt } from "./crdt.ts";
import { cursors } from "./cursors.ts";
import { game } from "./game.ts";
import { graphql } from "./graphql.ts";
import { html } from "./html.ts";
import { internationalChat } from "./international-chat.ts";
import { jsonRpc } from "./json-rpc.ts";
import { logs } from "./logs.ts";
import { machines } from "./machines.ts";
import { mail } from "./mail.ts";
import { orders } from "./orders.ts";
import { Random } from "./random.ts";
import { telemetry } from "./telemetry.ts";
import { ticks } from "./ticks.ts";

/** A kind of generated messages. */
export interface CorpusDescription {
  readonly name: string;
  /** What the messages are, in one line. */
  readonly title: string;
  /** Never used while the DEFLATE engine is tuned: what holds for these kinds was not fitted to them. */
  readonly heldOut: boolean;
}

const KINDS: readonly CorpusKind[] = [
  chat,
  ticks,
  cursors,
  jsonRpc,
  codeEvents,
  crdt,
  html,
  logs,
  game,
  graphql,
  telemetry,
  internationalChat,
  orders,
  machines,
  mail,
];

/** Every kind, those that are held out last. */
export const CORPORA: readonly CorpusDescription[] = KINDS.map(({ name, title, heldOut }) => ({
  name,
  title,
  heldOut,
}));

/**
 * The first `count` messages of a kind. More messages are the same ones and further ones.
 *
 * @param name one of {@link CORPORA}
 * @param seed another word gives another stream of the same kind; default: the kind's own
 * @returns each message's bytes, UTF-8 for text
 * @throws {RangeError} for an unknown name, or a count that is not a whole number from 0
 */
export function corpus(name: string, count: number, seed = ""): Uint8Array[] {
  const kind = KINDS.find((one) => one.name === name);
  if (kind === undefined) {
    const names = KINDS.map((one) => one.name).join(", ");
    throw new RangeError(`Cannot generate messages: the kind must be one of ${names}, got ${name}`);
  }
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`Cannot generate messages: the count must be a whole number from 0, got ${count}`);
  }
  const encoder = new TextEncoder();
  const next = kind.start(new Random(`${name}/${seed}`));
  return Array.from({ length: count }, () => {
    const message = next();
    return typeof message === "string" ? encoder.encode(message) : message;
  });
}
