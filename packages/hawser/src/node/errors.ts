/**
 * The errors that calls throw and promises reject with.
 *
 * ```text
 * HawserError
 * ├── ConnectionClosed         the connection is closed, or closes while a call waits
 * │   ├── ConnectionClosedOK       with 1000, 1001 or 1005, both ways
 * │   └── ConnectionClosedError    in any other way
 * ├── HandshakeError           no connection came about
 * ├── ProtocolError            the peer broke a rule; the `cause` of a ConnectionClosedError
 * └── ConcurrencyError         two calls at once where only one can be
 * ```
 *
 * A caller's mistake in arguments or options is a `TypeError` or `RangeError`.
 */

import type { HttpHeaders } from "../handshake/http-headers.ts";
import { CloseCode, type CloseStatus } from "../protocol/close-code.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import type { ProtocolErrorCode, ProtocolFault } from "../protocol/errors.ts";

/** Why no connection came about. */
export type HandshakeErrorCode =
  | "HANDSHAKE_REFUSED"
  | "HANDSHAKE_INVALID"
  | "HANDSHAKE_TIMEOUT"
  | "CONNECT_FAILED"
  | "PROXY_FAILED"
  | "REDIRECT_REFUSED"
  | "TOO_MANY_REDIRECTS";

/** The closed set of names that errors carry in `code`. */
export type HawserErrorCode = HandshakeErrorCode | ProtocolErrorCode | "CONCURRENCY";

/** What all errors of this library are instances of. */
export abstract class HawserError extends Error {
  /** A name from a closed set; for {@link ConnectionClosed}, the number of the close code. */
  abstract readonly code: HawserErrorCode | number;
}

/** The connection is closed (RFC 6455, section 7.1.4). */
export abstract class ConnectionClosed extends HawserError {
  /** The peer's close code; 1005 if its Close frame had none, 1006 if there was no Close frame. */
  readonly code: number;
  /** The peer's reason, or empty. */
  readonly reason: string;
  /** The Close frame that was received. */
  readonly received: CloseStatus | undefined;
  /** The Close frame that was sent. */
  readonly sent: CloseStatus | undefined;
  /** Whether the received one came first; `undefined` unless there were both. */
  readonly receivedThenSent: boolean | undefined;

  constructor(info: CloseInfo, options?: ErrorOptions) {
    super(describeClose(info), options);
    this.code = info.code;
    this.reason = info.reason;
    this.received = info.received;
    this.sent = info.sent;
    this.receivedThenSent = info.receivedThenSent;
  }
}

/** The connection was closed normally: both sides said 1000, 1001 or nothing (1005). */
export class ConnectionClosedOK extends ConnectionClosed {
  override readonly name: string = "ConnectionClosedOK";
}

/** The connection was lost, or closed with an error. */
export class ConnectionClosedError extends ConnectionClosed {
  override readonly name: string = "ConnectionClosedError";
}

/** The peer broke a rule of the protocol. */
export class ProtocolError extends HawserError {
  override readonly name: string = "ProtocolError";
  readonly code: ProtocolErrorCode;
  /** The close code that answered it. */
  readonly closeCode: number;

  constructor(fault: ProtocolFault) {
    super(fault.reason);
    this.code = fault.code;
    this.closeCode = fault.closeCode;
  }
}

/** A call was made while another one that excludes it had not ended. */
export class ConcurrencyError extends HawserError {
  override readonly name: string = "ConcurrencyError";
  readonly code = "CONCURRENCY";
}

/** A server's answer that refused the handshake. */
export interface HandshakeResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HttpHeaders;
  /** At most 1 MiB. */
  readonly body: Uint8Array;
  /** The body as UTF-8. */
  text(): string;
}

/** `connect()` did not come to a connection. */
export class HandshakeError extends HawserError {
  override readonly name: string = "HandshakeError";
  readonly code: HandshakeErrorCode;
  /** The answer, if one came that was not a WebSocket handshake. */
  readonly response: HandshakeResponse | undefined;

  constructor(
    code: HandshakeErrorCode,
    message: string,
    options: ErrorOptions & { response?: HandshakeResponse } = {},
  ) {
    super(message, options);
    this.code = code;
    this.response = options.response;
  }
}

/** The error that calls on a closed connection get. `cause`: what broke the transport, if anything did. */
export function connectionClosed(info: CloseInfo, cause: Error | undefined): ConnectionClosed {
  const reason = info.fault === undefined ? cause : new ProtocolError(info.fault);
  const options = reason === undefined ? {} : { cause: reason };
  return isNormalClose(info) ? new ConnectionClosedOK(info, options) : new ConnectionClosedError(info, options);
}

/** Whether the error of it is a {@link ConnectionClosedOK}. */
export function isNormalClose({ received, sent }: CloseInfo): boolean {
  return isNormal(received) && isNormal(sent);
}

function isNormal(status: CloseStatus | undefined): boolean {
  if (status === undefined) return false;
  const { code } = status;
  return code === CloseCode.NORMAL_CLOSURE || code === CloseCode.GOING_AWAY || code === CloseCode.NO_STATUS_RCVD;
}

function describeClose({ received, sent, receivedThenSent }: CloseInfo): string {
  if (received === undefined && sent === undefined) return "The connection was lost: no Close frame received or sent";
  if (received === undefined) return `The connection ended after we sent ${describe(sent!)}: no Close frame received`;
  if (sent === undefined) return `The connection was closed by the peer: received ${describe(received)}, sent none`;
  const order = receivedThenSent ? "received first" : "sent first";
  return `The connection is closed: received ${describe(received)}, sent ${describe(sent)}, ${order}`;
}

function describe({ code, reason }: CloseStatus): string {
  return reason === "" ? String(code) : `${code} (${JSON.stringify(reason)})`;
}
