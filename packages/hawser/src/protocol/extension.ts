/**
 * What an extension does to messages (RFC 6455, section 9), as the protocol core sees it.
 *
 * The core knows this contract and no extension. Calls are synchronous, so the order of calls is the order on the wire; the
 * exception are large messages, with which no other call comes in between.
 */

import type { DataOpcode } from "./opcode.ts";

/** The reserved bits of a frame's first byte. */
export const Rsv = { NONE: 0, RSV1: 0x40, RSV2: 0x20, RSV3: 0x10 } as const;

/** One of the offered or agreed parameters: a value, or `true` for a parameter without one. */
export type ExtensionParameterValue = string | true;
export type ExtensionParameters = ReadonlyMap<string, ExtensionParameterValue>;

/** Where a payload stands in its message. */
export interface MessagePart {
  readonly opcode: DataOpcode;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** The caller's wish for this message; `undefined` leaves it to the extension. */
  readonly compress: boolean | undefined;
}

/** Why a payload could not be decoded. The core turns it into a close code. */
export type ExtensionFault = "TOO_BIG" | "INVALID";

/** What {@link Extension.encodeLater} made of a message. */
export interface LaterEncoding {
  readonly payload: Uint8Array;
  /** The message is sent in this encoding, at this moment. Otherwise it leaves no trace. */
  sent(): void;
}

export interface Extension {
  /** The registered name, as negotiated. */
  readonly name: string;

  /** The agreed parameters, as in the response header. */
  readonly parameters: ExtensionParameters;

  /** The reserved bit that marks an encoded message, set on its first frame alone. */
  readonly rsv: number;

  /**
   * Encodes a message or one of its fragments. `undefined` sends `payload` as it is with the reserved bit clear; it may be
   * returned for a first part only, and then the message's further parts are not offered.
   *
   * The result is the core's until the next call of the same extension.
   */
  encode(payload: Uint8Array, part: MessagePart): Uint8Array | undefined;

  /**
   * Encodes a large, whole message elsewhere, without keeping this thread. `undefined`: it is for {@link encode}. What the
   * promise resolves with is as from {@link encode}; if it rejects, the message is sent as it is.
   *
   * No other message is encoded before the promise has settled, and `payload` does not change. The connection may end.
   */
  encodeLater?(payload: Uint8Array, part: MessagePart): Promise<LaterEncoding | undefined> | undefined;

  /**
   * Decodes the payload of a whole message whose reserved bit was set. MUST check `maxSize` (bytes of the result) before it
   * takes memory, and MUST NOT throw for what a peer sent. The result is the caller's to keep.
   */
  decode(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault;

  /**
   * Decodes a message elsewhere, without keeping this thread: worth its while for large ones. `undefined`: it is for
   * {@link decode}. What the promise resolves with is as from {@link decode}; if it rejects, that is our own fault, not the
   * peer's.
   *
   * No other message is decoded before the promise has settled, and `payload` does not change. The connection may end.
   */
  decodeLater?(payload: Uint8Array, maxSize: number): Promise<Uint8Array | ExtensionFault> | undefined;

  /**
   * Decodes the beginning of a message that is being streamed, or what came since the last part; the rest comes by further
   * calls, and the last of it by {@link decode}. `undefined` says that it cannot be decoded before more has arrived, and
   * leaves everything as it was. Otherwise as {@link decode}.
   *
   * Without it, a message is decoded when it is complete.
   */
  decodePart?(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault | undefined;

  /**
   * Present when the encoding of one message can serve many connections: all those whose `sharing.key` is equal.
   */
  readonly sharing?: ExtensionSharing;

  /** The connection is closed; memory can be given back. */
  release?(): void;
}

/** Releases extensions that are no longer needed. One that throws keeps no other from being released. */
export function releaseExtensions(extensions: readonly Extension[]): void {
  for (const extension of extensions) {
    try {
      extension.release?.();
    } catch {
      // Its connection is over: nothing is left that could fail for it
    }
  }
}

/**
 * How one connection takes part in messages to many.
 *
 * What serves many connections is made by any one of them: by {@link encode} for a message by itself, by
 * {@link createHistory} for an audience that gets one message after another.
 */
export interface ExtensionSharing {
  /** Connections with equal keys can be sent the same encodings. */
  readonly key: string;
  /** A message to connections with this key. `compress`: as in {@link MessagePart}. */
  encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding;
  /** For an audience that is likely to get more messages: their encodings may refer to what was sent before. */
  createHistory(): SharedHistory;
}

/** What an audience was sent, as far as its connections with one key are concerned. They may come and go. */
export interface SharedHistory {
  /** The next message. {@link SharedEncoding.end} follows when it was sent to all who get it. */
  encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding;
}

/**
 * One message in as many encodings as its receivers need. Results for several receivers that are the same object have the
 * same bytes. `payload` must not change from now on.
 */
export interface SharedEncoding {
  /** The encoding for a connection that can be sent it now. `undefined`: better sent as it is. */
  encodeFor(receiver: ExtensionSharing): Uint8Array | undefined;
  /** What {@link encodeFor} just gave was sent. */
  sent(receiver: ExtensionSharing, encoded: Uint8Array): void;
  /** The encoding for a connection that has other messages to send first, whatever they are. `undefined`: as it is. */
  encodeForLater(receiver: ExtensionSharing): Uint8Array | undefined;
  /** What {@link encodeForLater} gave was sent, at whatever time. */
  sentLater(receiver: ExtensionSharing): void;
  /** All who are to get the message now have been sent it. May be called again. */
  end(): void;
}

/** The reserved bits that the extensions have between them. */
export function claimedRsv(extensions: readonly Extension[]): number {
  return extensions.reduce((bits, extension) => bits | extension.rsv, 0);
}
