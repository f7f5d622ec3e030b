import { describe, expect, test } from "vitest";
import type { CloseStatus } from "../protocol/close-code.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import { protocolFault } from "../protocol/errors.ts";
import {
  ConcurrencyError,
  ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
  connectionClosed,
  HandshakeError,
  HawserError,
  ProtocolError,
} from "./errors.ts";

function closeInfo(
  received: CloseStatus | undefined,
  sent: CloseStatus | undefined,
  receivedThenSent = false,
): CloseInfo {
  const isHandshakeDone = received !== undefined && sent !== undefined;
  return {
    code: received?.code ?? 1006,
    reason: received?.reason ?? "",
    received,
    sent,
    receivedThenSent: isHandshakeDone ? receivedThenSent : undefined,
    fault: undefined,
  };
}

const status = (code: number, reason = ""): CloseStatus => ({ code, reason });

describe("connectionClosed", () => {
  test.each([
    [1000, 1000, ConnectionClosedOK],
    [1001, 1001, ConnectionClosedOK],
    [1005, 1005, ConnectionClosedOK],
    [1000, 1001, ConnectionClosedOK],
    [1000, 1011, ConnectionClosedError],
    [1012, 1000, ConnectionClosedError],
    [undefined, 1000, ConnectionClosedError],
    [1000, undefined, ConnectionClosedError],
    [undefined, undefined, ConnectionClosedError],
  ])("received %s, sent %s", (received, sent, expected) => {
    const error = connectionClosed(
      closeInfo(received === undefined ? received : status(received), sent === undefined ? sent : status(sent)),
      undefined,
    );
    expect(error).toBeInstanceOf(expected);
    expect(error).toBeInstanceOf(ConnectionClosed);
    expect(error).toBeInstanceOf(HawserError);
    expect(error.name).toBe(expected.name);
    expect(error).not.toHaveProperty("cause");
  });

  test.each([
    [undefined, undefined, false, "The connection was lost: no Close frame received or sent"],
    [undefined, status(1011, "why"), false, 'The connection ended after we sent 1011 ("why"): no Close frame received'],
    [status(1000), undefined, false, "The connection was closed by the peer: received 1000, sent none"],
    [status(1000), status(1000), true, "The connection is closed: received 1000, sent 1000, received first"],
    [
      status(1001, "bye"),
      status(1000),
      false,
      'The connection is closed: received 1001 ("bye"), sent 1000, sent first',
    ],
  ])("says what happened: %j %j", (received, sent, receivedThenSent, message) => {
    expect(connectionClosed(closeInfo(received, sent, receivedThenSent), undefined).message).toBe(message);
  });

  test("the cause is what broke the transport", () => {
    const cause = new Error("read ECONNRESET");
    expect(connectionClosed(closeInfo(undefined, undefined), cause).cause).toBe(cause);
  });

  test("the cause is the rule that the peer broke, whatever the transport did then", () => {
    const fault = protocolFault("MESSAGE_TOO_BIG", "5 > 4 bytes");
    const { cause } = connectionClosed({ ...closeInfo(undefined, status(1009)), fault }, new Error("EPIPE"));
    expect(cause).toBeInstanceOf(ProtocolError);
    expect(cause).toMatchObject({
      name: "ProtocolError",
      code: "MESSAGE_TOO_BIG",
      closeCode: 1009,
      message: "a message exceeds maxSize: 5 > 4 bytes",
    });
  });
});

test("a HandshakeError has a code, the answer and the cause, as far as there are any", () => {
  const cause = new Error("refused");
  const error = new HandshakeError("CONNECT_FAILED", "Cannot connect", { cause });
  expect(error).toMatchObject({ name: "HandshakeError", code: "CONNECT_FAILED", cause, response: undefined });
  expect(new HandshakeError("HANDSHAKE_TIMEOUT", "late").response).toBeUndefined();
});

test("a ConcurrencyError", () => {
  expect(new ConcurrencyError("two at once")).toMatchObject({ name: "ConcurrencyError", code: "CONCURRENCY" });
});
