/**
 * A publication to those in this process who hear its topic, and what happens to those that do not keep up, where the topic has
 * a rule of its own.
 */

import type { Position, Publication } from "../pubsub/publication.ts";
import { type BroadcastOptions, type BroadcastResult, broadcast, closeSlow, exceptions, isSlow } from "./broadcast.ts";
import { type Connection, SESSION } from "./connection.ts";
import { type Data, opcodeOf, toBytes } from "./data.ts";
import type { Subscriber, Topic } from "./topic.ts";

/** Nobody was there. */
export const NO_RECEIVERS: BroadcastResult = Object.freeze({ sent: 0, skipped: 0, failed: 0 });

/**
 * Hands a publication to the topic's readers and, as its `format` has it, to its connections.
 *
 * @throws whatever `format` throws; the readers have the publication then.
 */
export function handOver(
  topic: Topic,
  publication: Publication,
  position: Position | undefined,
  except: ReadonlySet<Connection>,
): BroadcastResult {
  for (const reader of topic.readers) reader.put(publication.data);
  if (topic.connections.size === 0) return NO_RECEIVERS;
  return deliver(topic, formatted(topic, publication, position), broadcastOptions(publication, except));
}

/** Sends one subscriber what the others got. */
export function sendTo(ws: Subscriber, topic: Topic, publication: Publication, position: Position): void {
  const { compress } = publication;
  ws.sendNow(formatted(topic, publication, position), compress === undefined ? {} : { compress });
}

function formatted(topic: Topic, { data }: Publication, position: Position | undefined): Data {
  const { format } = topic.settings;
  if (format === undefined) return data;
  return format({ topic: topic.name, data, epoch: position?.epoch, offset: position?.offset });
}

function broadcastOptions({ compress }: Publication, except: ReadonlySet<Connection>): BroadcastOptions {
  return { ...(compress === undefined ? {} : { compress }), ...(except.size === 0 ? {} : { except }) };
}

/** Sends a message to the topic's connections. */
export function deliver(topic: Topic, message: Data, options: BroadcastOptions): BroadcastResult {
  const { connections, settings } = topic;
  const policy = settings.slowSubscriber;
  if (policy === undefined) return broadcast(connections, message, options);
  const excepted = exceptions(options.except);
  const isBehind = policy === "conflate" ? (ws: Connection) => topic.conflation.isBehind(ws) : isSlowReceiver;
  const behind: Connection[] = [];
  for (const ws of connections) if (!excepted.has(ws) && isBehind(ws)) behind.push(ws);
  if (behind.length === 0) return broadcast(connections, message, options);
  const { sent, skipped, failed } = broadcast(connections, message, { ...options, except: [...excepted, ...behind] });
  for (const ws of behind) ws[SESSION].slow(policy);
  switch (policy) {
    case "skip":
      return { sent, skipped: skipped + behind.length, failed };
    case "close":
      for (const ws of behind) closeSlow(ws[SESSION]);
      return { sent, skipped, failed: failed + behind.length };
    case "conflate":
      for (const ws of behind) topic.conflation.keep(ws, checkMessage(message), options);
      return { sent: sent + behind.length, skipped, failed };
  }
}

/**
 * Text, or bytes without a copy.
 *
 * @throws {TypeError} if `data` is neither text nor bytes.
 */
export function checkMessage(data: Data): string | Uint8Array {
  return typeof data === "string" ? data : toBytes("publish", data, opcodeOf(data, undefined));
}

function isSlowReceiver(ws: Connection): boolean {
  return ws.state === "open" && isSlow(ws[SESSION]);
}
