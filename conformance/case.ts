/**
 * What a case is. Cases are data: this file and `cases/` say what must happen, `perform.ts` and the two suites make it happen.
 */

import type { FrameSpec, Wire } from "./wire/frame.ts";

/** The side under test. The suite plays the other one. */
export type Role = "server" | "client";

/**
 * `rfc` accepts whatever the RFCs allow; `strict` is this project's own contract, which leaves fewer choices: one close
 * code for each fault, one status for each refusal, failing at the first wrong byte of a text.
 */
export type Profile = "strict" | "rfc";

/** What is acceptable in each profile. */
export interface Choice<T> {
  readonly strict: readonly T[];
  readonly rfc: readonly T[];
}

/** How the bytes of a step are put into segments. */
export type Feed = "whole" | "bytes";

/** A message to expect. */
export interface MessageSpec {
  readonly text: boolean;
  readonly payload: Uint8Array;
}

/** The code of a Close frame; `"empty"`: without one; `"none"`: the connection ends without a Close frame. */
export type CloseOutcome = number | "empty" | "none";

/** What may or must come before a step is over. Messages keep their order, pongs keep theirs; the two are independent. */
export interface Replies {
  readonly messages?: readonly MessageSpec[];
  readonly pongs?: readonly Uint8Array[];
}

export type Step =
  /** Writes bytes. */
  | { readonly type: "send"; readonly wire: readonly Wire[]; readonly feed?: Feed; readonly repeat?: number }
  /** All of these replies come, and nothing else before them. */
  | ({ readonly type: "expect"; readonly onlyLastPong?: boolean } & Replies)
  /** The connection is closed with one of the codes and ends; some of the replies may come before, nothing after. */
  | ({ readonly type: "closed"; readonly codes: Choice<CloseOutcome> } & Replies)
  /** Sends a message and a ping: their answers come next, so nothing else was sent before. */
  | { readonly type: "probe" }
  /** Starts the closing handshake with 1000, which must be answered. */
  | { readonly type: "close" }
  /** Ends our direction (FIN) without a Close frame. */
  | { readonly type: "finish" }
  /** Resets the connection (RST). */
  | { readonly type: "reset" }
  /** The other side ends the connection; a Close frame and some of the replies may come before. */
  | ({ readonly type: "ended" } & Replies)
  /** Opens another connection, as a client, with a plain handshake. */
  | { readonly type: "reconnect" }
  /** Sends so many messages one by one, compressed by zlib as agreed; each must come back within the agreed windows. */
  | { readonly type: "exchange"; readonly count: number }
  /** Sends so many messages; the frames that echo them must have masking keys that cannot be foretold. */
  | { readonly type: "maskingKeys"; readonly count: number };

/** What a server must answer to a request. */
export interface Answer {
  /** `"closed"`: the connection ends without a response. */
  readonly status: Choice<number | "closed">;
  /** Headers that a refusal must have; only the strict profile asks for them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The extension the response must agree on; `false`: none. Left out: none, since none was offered. */
  readonly extension?: "permessage-deflate" | false;
  /** Subprotocols the response may name. @default none */
  readonly subprotocols?: Choice<string>;
}

/** How a case for a server begins. */
export interface ServerOpening {
  readonly role: "server";
  /** With the placeholders of `requestTemplate`; bytes are latin-1. */
  readonly request: string;
  /** Sent in the same segment, behind the request. */
  readonly behind?: readonly Wire[];
  readonly feed?: Feed;
  readonly answer: Answer;
}

/** How a case for a client begins. */
export interface ClientOpening {
  readonly role: "client";
  /** With the placeholders of `responseTemplate`. */
  readonly response: string;
  readonly behind?: readonly Wire[];
  readonly feed?: Feed;
  /** Whether the client must take the response, or must end the connection without having sent a byte. */
  readonly outcome: "open" | "refused";
  /** Ends our direction behind the response. */
  readonly finish?: boolean;
  /** Parameters that the response may have only if the client offered them. The case is skipped if it did not. */
  readonly needs?: readonly string[];
}

export interface Case {
  /** `section/name`, or `section/name/variant`. */
  readonly id: string;
  readonly section: string;
  readonly title: string;
  /** Where the rule stands. */
  readonly rule: string;
  /** Asks for more than the RFCs do: not run in the `rfc` profile. */
  readonly strict: boolean;
  readonly opening: ServerOpening | ClientOpening;
  /** Performed on the open connection; not at all when the handshake was refused as it should be. */
  readonly steps: readonly Step[];
}

/** What the endpoint under test is known to be set to. */
export interface Limits {
  /** Bytes of the largest message. */
  readonly maxSize: number;
  /** Frames in one message. */
  readonly maxFragments: number;
}

/** The defaults of the project's own library. */
export const DEFAULT_LIMITS: Limits = { maxSize: 1_048_576, maxFragments: 131_072 };

/** The same in both profiles. */
export function always<T>(...values: T[]): Choice<T> {
  return { strict: values, rfc: values };
}

export function text(payload: string | Uint8Array, frame: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: 1, payload: Buffer.from(payload), ...frame };
}

export function binary(payload: Uint8Array, frame: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: 2, payload, ...frame };
}

export function continuation(payload: string | Uint8Array, frame: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: 0, payload: Buffer.from(payload), ...frame };
}

export function ping(payload: string | Uint8Array = "", frame: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: 9, payload: Buffer.from(payload), ...frame };
}

export function pong(payload: string | Uint8Array = ""): FrameSpec {
  return { opcode: 10, payload: Buffer.from(payload) };
}

export function close(payload: Uint8Array = Buffer.alloc(0), frame: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: 8, payload, ...frame };
}

export function textMessage(payload: string | Uint8Array): MessageSpec {
  return { text: true, payload: Buffer.from(payload) };
}

export function binaryMessage(payload: Uint8Array): MessageSpec {
  return { text: false, payload };
}
