/** Clients of a test, and what becomes of their attempts to connect. */

import { expect, onTestFinished } from "vitest";
import type { ClientConnection } from "../../src/node/client-connection.ts";
import type { ConnectOptions } from "../../src/node/client-options.ts";
import { connect } from "../../src/node/connect.ts";
import { HandshakeError } from "../../src/node/errors.ts";

export async function open(url: string, options?: ConnectOptions): Promise<ClientConnection> {
  const connection = await connect(url, options);
  onTestFinished(() => connection.terminate());
  return connection;
}

export async function echoes(ws: ClientConnection, text = "hello"): Promise<void> {
  await ws.send(text);
  expect(await ws.recv()).toBe(text);
}

export async function failure(attempt: Promise<unknown>): Promise<HandshakeError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HandshakeError);
  return error as HandshakeError;
}
