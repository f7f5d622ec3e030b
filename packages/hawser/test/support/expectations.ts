/**
 * What is expected of an endpoint, and the ways to feed it bytes: any way must come to the same.
 */

import { type ProtocolErrorCode, ProtocolErrors } from "../../src/protocol/errors.ts";
import type { Message } from "../../src/protocol/message-assembler.ts";
import type { Role } from "../../src/protocol/settings.ts";
import "./equal-bytes.ts";
import { Endpoint, type EndpointOptions, type WireEvent } from "./endpoint.ts";
import { bytes, bytesOf, closePayload, concat, type OpcodeName, utf8, type Wire } from "./wire.ts";

// What it is seen to do

export function message(content: string | Uint8Array): WireEvent {
  return { type: "message", content: content as Message };
}

export function piece(content: string | Uint8Array | undefined, isLast = false): WireEvent {
  return { type: "piece", content: content as Message | undefined, isLast };
}

/** It sends a frame. */
export function sends(
  opcode: OpcodeName,
  payload: Uint8Array | string = "",
  { fin = true, rsv = 0 }: { readonly fin?: boolean; readonly rsv?: number } = {},
): WireEvent {
  return { type: "sent", frame: { opcode, fin, rsv, payload: Uint8Array.from(bytesOf(payload)) } };
}

export function sendsClose(code?: number, reason = ""): WireEvent {
  return sends("close", closePayload(code, reason));
}

/** It reports a ping. */
export function pinged(payload: string): WireEvent {
  return { type: "ping", payload: utf8(payload) };
}

/** It answers a ping, and reports it. */
export function pong(payload: string): readonly WireEvent[] {
  return [sends("pong", payload), pinged(payload)];
}

/** It reports a pong. */
export function ponged(payload: string, latency?: number): WireEvent {
  return { type: "pong", payload: utf8(payload), latency };
}

export const closing: WireEvent = { type: "closing" };
export const end: WireEvent = { type: "end" };
export const abort: WireEvent = { type: "abort" };

/** The server ends the transport once the handshake is done; the client waits for that. */
export function endsIfServer(side: Role): readonly WireEvent[] {
  return side === "server" ? [end] : [];
}

/** What came of some bytes. */
export interface Outcome {
  readonly events: readonly WireEvent[];
  readonly fault: ProtocolErrorCode | undefined;
}

/** No rule was broken. */
export function answers(...events: readonly (WireEvent | readonly WireEvent[])[]): Outcome {
  return { events: events.flat(), fault: undefined };
}

/** The connection is failed for the rule `code`; `after`: what happens before that. */
export function fails(
  closeCode: number,
  code: ProtocolErrorCode,
  detail?: string,
  after: Outcome = answers(),
): Outcome {
  const reason = detail === undefined ? ProtocolErrors[code][1] : `${ProtocolErrors[code][1]}: ${detail}`;
  return { events: [...after.events, sendsClose(closeCode, reason), closing, end], fault: code };
}

/** Feeds bytes to a new endpoint of `side`. */
export type Feed = (side: Role, wire: Wire, options?: EndpointOptions) => Outcome;

export function outcomeOf(endpoint: Endpoint): Outcome {
  return { events: endpoint.takeEvents(), fault: endpoint.protocol.closeInfo.fault?.code };
}

export const whole: Feed = (side, wire, options) => inPieces(side, [wire(side)], options);

export const byteByByte: Feed = (side, wire, options) => {
  return inPieces(
    side,
    Array.from(wire(side), (octet) => Uint8Array.of(octet)),
    options,
  );
};

/** The next frame has begun. */
export const withTrailingBytes: Feed = (side, wire, options) => {
  return inPieces(side, [concat(wire(side), Uint8Array.of(0x89))], options);
};

/** The bytes lie anywhere in memory, as they do in a buffer that is reused. */
export const atOddOffset: Feed = (side, wire, options) => {
  const content = wire(side);
  const memory = concat(bytes(5), content, bytes(3));
  return inPieces(side, [memory.subarray(5, 5 + content.length)], options);
};

/** The bytes lie where all connections read to. */
export const inReadBuffer: Feed = (side, wire, options) => {
  const endpoint = new Endpoint(side, options);
  endpoint.read(wire(side), 100_000);
  return outcomeOf(endpoint);
};

export const feeds: readonly Feed[] = [whole, byteByByte, withTrailingBytes, atOddOffset, inReadBuffer];

export function inPieces(side: Role, pieces: readonly Uint8Array[], options?: EndpointOptions): Outcome {
  const endpoint = new Endpoint(side, options);
  for (const one of pieces) endpoint.receive(one);
  return outcomeOf(endpoint);
}
