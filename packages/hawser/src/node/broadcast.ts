/**
 * One message to many connections: who gets it, and what becomes of those that do not keep up.
 */

import { CloseCode } from "../protocol/close-code.ts";
import type { SharedHistory } from "../protocol/extension.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { reportBroadcast } from "./broadcast-report.ts";
import { type Connection, SESSION } from "./connection.ts";
import { type Data, opcodeOf, SEND_OPTIONS, type SendOptions, toBytes } from "./data.ts";
import { ALL, OpenConnections } from "./open-connections.ts";
import type { Session } from "./session.ts";
import { SharedMessage } from "./shared-message.ts";

export interface BroadcastOptions extends SendOptions {
  /** Connections that do not get the message. */
  readonly except?: Connection | Iterable<Connection>;
}

const BROADCAST_OPTIONS = [...SEND_OPTIONS, "except"] as const satisfies readonly (keyof BroadcastOptions)[];

/** What became of a broadcast: how many connections ... */
export interface BroadcastResult {
  /** ... got the message, or have it waiting for them. */
  readonly sent: number;
  /** ... were not open, or are slow consumers whose policy is `"skip"`. */
  readonly skipped: number;
  /** ... are slow consumers and were closed, or could not be sent to. */
  readonly failed: number;
}

/**
 * Sends a message to many connections. Never waits, and never throws for one bad receiver: what happens to a receiver that
 * does not keep up is its server's `slowConsumer` option.
 *
 * Connections that are the same object in call after call, `server.connections` or a set that the application keeps, count as
 * one audience, whoever is in it by then: its messages are compressed against those it was sent before. With other objects
 * each message is compressed by itself; up to three connections have it compressed for each of them.
 *
 * @throws {TypeError} if `data` is neither text nor bytes, or for an unknown option.
 */
export function broadcast(
  connections: Iterable<Connection>,
  data: Data,
  options: BroadcastOptions = {},
): BroadcastResult {
  refuseUnknownOptions("Cannot broadcast", options, BROADCAST_OPTIONS);
  const opcode = opcodeOf(data, options);
  const payload = toBytes("broadcast", data, opcode);
  const excepted = exceptions(options.except);
  // A server's own are looked at once, here, and not first by their set
  const receivers = connections instanceof OpenConnections ? connections[ALL]() : connections;
  const isShared = isMoreThanFew(connections, receivers);
  const since = performance.now();
  const histories = isShared ? historiesOf(connections) : undefined;
  const message = new SharedMessage(payload, opcode, options.compress, { isShared, histories });
  try {
    const result = deliverAll(receivers, connections === receivers, message, excepted);
    reportBroadcast(payload.length, result, since);
    return result;
  } finally {
    message.end();
  }
}

/** `countsClosed`: whether those that are not open are skipped, rather than not there. */
function deliverAll(
  receivers: Iterable<Connection>,
  countsClosed: boolean,
  message: SharedMessage,
  excepted: ReadonlySet<Connection>,
): BroadcastResult {
  let sent = 0;
  let skipped = 0;
  let failed = 0;
  for (const connection of receivers) {
    if (excepted.size > 0 && excepted.has(connection)) continue;
    const session = connection[SESSION];
    if (!countsClosed && !session.protocol.canSend) continue;
    const outcome = deliver(session, message);
    if (outcome === "sent") sent++;
    else if (outcome === "skipped") skipped++;
    else failed++;
  }
  return { sent, skipped, failed };
}

/**
 * So few are each sent the message as if by `send`: with all their own context it is shorter than with what they have in
 * common, and what an audience has in common takes the memory of three windows.
 */
const FEW = 3;

function isMoreThanFew(connections: Iterable<Connection>, receivers: Iterable<Connection>): boolean {
  if (Array.isArray(connections)) return connections.length > FEW;
  if (connections instanceof Set) return connections.size > FEW;
  if (receivers === connections) return true;
  let open = 0;
  for (const { state } of receivers) if (state === "open" && ++open > FEW) return true;
  return false;
}

/** What each audience was sent, by the keys of its connections; nothing yet for those that got one message. */
const audiences: WeakMap<object, Map<string, SharedHistory> | undefined> = new WeakMap();

/** A history is kept from the second message on: most arrays are made for one. */
function historiesOf(connections: Iterable<Connection>): Map<string, SharedHistory> | undefined {
  const isKnown = audiences.has(connections);
  const histories = audiences.get(connections) ?? (isKnown ? new Map() : undefined);
  audiences.set(connections, histories);
  return histories;
}

/** The connections that an option `except` names. */
export function exceptions(except: BroadcastOptions["except"]): ReadonlySet<Connection> {
  if (except === undefined) return NOBODY;
  return new Set(SESSION in except ? [except] : except);
}

export const NOBODY: ReadonlySet<Connection> = new Set();

function deliver(session: Session, message: SharedMessage): keyof BroadcastResult {
  const { protocol } = session;
  if (!protocol.canSend) return "skipped";
  if (!isSlow(session)) return attempt(session, message);
  const { policy } = session.settings.slowConsumer;
  session.slow(policy);
  if (policy === "skip") return "skipped";
  closeSlow(session);
  return "failed";
}

/** What becomes of a slow consumer whose policy is `"close"`. */
export function closeSlow({ protocol, now }: Session): void {
  protocol.close(CloseCode.TRY_AGAIN_LATER, "slow consumer", now);
}

/** Whether a connection is a slow consumer now. */
export function isSlow({ settings, bufferedAmount, transport }: Session): boolean {
  const { maxBuffered, stall } = settings.slowConsumer;
  return bufferedAmount > maxBuffered || transport.stalledFor > stall;
}

/** An extension of the application's own may throw: that is this receiver's bad luck, not the others'. */
function attempt(session: Session, message: SharedMessage): "sent" | "failed" {
  try {
    message.sendTo(session);
    return "sent";
  } catch (error) {
    session.settings.logger.error({ err: error }, "a broadcast could not be sent");
    return "failed";
  }
}
