/**
 * What a connection's core is told once, shared by all connections of an endpoint.
 *
 * Defaults belong to the options of `serve()` and `connect()`; here everything is resolved.
 */

import type { KeepBytes } from "../bytes/message-memory.ts";
import type { TextCodec } from "../bytes/text-codec.ts";
import type { MaskingKeys } from "./frame-writer.ts";
import type { Traffic } from "./traffic.ts";

export type Role = "server" | "client";

export interface ProtocolSettings {
  readonly role: Role;
  /** Bytes of a message, after an extension has decoded it. */
  readonly maxSize: number;
  /** Bytes of one frame's payload. */
  readonly maxFragmentSize: number;
  /** Frames of one message, empty ones counted. */
  readonly maxFragments: number;
  /** Milliseconds without anything received until a ping; `Infinity`: never. */
  readonly pingInterval: number;
  /** Milliseconds from a ping until a silent peer is given up; `Infinity`: never. */
  readonly pingTimeout: number;
  /** Milliseconds for the closing handshake and the end of the transport together. */
  readonly closeTimeout: number;
  readonly text: TextCodec;
  /** Copies a small message for its receiver to keep; by default into memory of its own. */
  readonly keepBytes?: KeepBytes;
  /** Unpredictable 32-bit numbers (RFC 6455, section 5.3); a client has them, a server has none. */
  readonly maskingKeys: MaskingKeys;
  /** Where messages and bytes are counted, if anybody wants to know. */
  readonly traffic?: Traffic;
}
