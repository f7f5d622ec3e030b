/**
 * A message to the subscribers of a topic, and what happens to those that do not keep up, where the topic has a rule of its own.
 */

import { CloseCode } from "../protocol/close-code.ts";
import { type BroadcastOptions, type BroadcastResult, broadcast, exceptions, isSlow } from "./broadcast.ts";
import { type Connection, SESSION } from "./connection.ts";
import type { Topic } from "./topic.ts";

/** Sends a message, which nobody changes any more if the topic keeps messages. */
export function deliver(topic: Topic, message: string | Uint8Array, options: BroadcastOptions): BroadcastResult {
  const { connections, settings } = topic;
  const policy = settings.slowSubscriber;
  if (policy === undefined) return broadcast(connections, message, options);
  const excepted = exceptions(options.except);
  const isBehind = policy === "conflate" ? (ws: Connection) => topic.conflation.isBehind(ws) : isSlowReceiver;
  const behind: Connection[] = [];
  for (const ws of connections) if (!excepted.has(ws) && isBehind(ws)) behind.push(ws);
  if (behind.length === 0) return broadcast(connections, message, options);
  const { sent, skipped, failed } = broadcast(connections, message, { ...options, except: [...excepted, ...behind] });
  switch (policy) {
    case "skip":
      return { sent, skipped: skipped + behind.length, failed };
    case "close":
      for (const ws of behind) closeSlow(ws);
      return { sent, skipped, failed: failed + behind.length };
    case "conflate":
      for (const ws of behind) topic.conflation.keep(ws, message, options);
      return { sent: sent + behind.length, skipped, failed };
  }
}

function isSlowReceiver(ws: Connection): boolean {
  return ws.state === "open" && isSlow(ws[SESSION]);
}

function closeSlow(ws: Connection): void {
  void ws.close(CloseCode.TRY_AGAIN_LATER, "slow consumer");
}
