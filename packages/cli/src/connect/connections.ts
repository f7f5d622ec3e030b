/** The connections of a conversation: one, or one after the other. Says what hinders them. */

import { type ClientConnection, connect, HandshakeError } from "hawser";
import { CommandError } from "../command.ts";
import { visibleText } from "../terminal/visible.ts";
import type { ConnectCommandOptions } from "./options.ts";
import type { Screen } from "./screen.ts";

/** @throws {CommandError} from the iteration, if there is no connection and no further attempt */
export async function* openConnections(
  { url, connect: options, reconnects }: ConnectCommandOptions,
  screen: Screen,
  signal: AbortSignal,
): AsyncIterable<ClientConnection> {
  const isRetryable = (error: unknown) => {
    if (!isTransient(error)) return false;
    screen.warning(`${reasonOf(error)}; trying again`);
    return true;
  };
  try {
    if (reconnects) yield* connect.forever(url, { ...options, signal, isRetryable });
    else yield await connect(url, { ...options, signal });
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof HandshakeError || error instanceof TypeError || error instanceof RangeError) {
      throw new CommandError(reasonOf(error));
    }
    throw error;
  }
}

/** A server that is away, busy or being replaced will be back. */
function isTransient(error: unknown): error is HandshakeError {
  if (!(error instanceof HandshakeError)) return false;
  const { code, response } = error;
  if (response !== undefined) return response.status >= 500 || response.status === 429;
  return code === "CONNECT_FAILED" || code === "HANDSHAKE_TIMEOUT" || code === "PROXY_FAILED";
}

/** Characters of a refusal's body: what a person reads. */
const SHOWN_BODY = 500;

function reasonOf(error: Error): string {
  const parts = [error.message];
  if (error instanceof HandshakeError) {
    if (error.response === undefined && error.cause instanceof Error) parts.push(error.cause.message);
    else if (error.response !== undefined) parts.push(error.response.text().trim().slice(0, SHOWN_BODY));
  }
  const said = parts.filter((part, index) => part !== "" && parts.findIndex((other) => other.includes(part)) === index);
  return visibleText(said.join(": "));
}
