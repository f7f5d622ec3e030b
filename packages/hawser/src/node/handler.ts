/**
 * What an application gives to `serve()`: a function or an object of hooks.
 */

import type { Message } from "../protocol/message-assembler.ts";
import type { ServerConnection } from "./server-connection.ts";

/**
 * Runs for the life of a connection. Its return closes the connection with 1000; its throw is logged and closes it with 1011.
 */
export type HandlerFunction<UserData = unknown> = (ws: ServerConnection<UserData>) => Promise<void> | void;

/** What a hook returns: nothing, or a promise that is waited for, of whatever. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is one
export type HookResult = void | Promise<unknown>;

/**
 * The form with the least cost per message. A hook that returns a promise holds back the connection's next message until it
 * settles. A hook that throws or rejects is logged, and closes the connection with 1011.
 */
export interface HandlerHooks<UserData = unknown> {
  /** The connection is open; messages come after this has settled. */
  open?(ws: ServerConnection<UserData>): HookResult;
  /** A message: a string if it is text, bytes of the application's own if it is binary. */
  message(ws: ServerConnection<UserData>, message: Message): HookResult;
  /** What had to wait for the peer is sent: the time to go on after `sendNow()` returned `false`. */
  drain?(ws: ServerConnection<UserData>): HookResult;
  /** The connection is closed, by whomever; `code` is 1006 if it was lost. */
  close?(ws: ServerConnection<UserData>, code: number, reason: string): HookResult;
  /** A hook threw, the peer broke the protocol, or the transport failed. The connection closes; `close` follows. */
  error?(ws: ServerConnection<UserData>, error: unknown): void;
}

export type Handler<UserData = unknown> = HandlerFunction<UserData> | HandlerHooks<UserData>;

/** @throws {TypeError} if `handler` is neither a function nor an object with a `message` hook. */
export function checkHandler(handler: unknown): void {
  if (typeof handler === "function") return;
  if (typeof (handler as HandlerHooks | null)?.message === "function") return;
  throw new TypeError(
    `Cannot serve: the handler must be a function or an object with a message method, got ${handler === null ? "null" : typeof handler}`,
  );
}
