/**
 * permessage-deflate as both ends of one connection agree on it, without the connection.
 *
 * What is measured is what `serve()` does: thresholds, messages that do not shrink, and whatever engine is underneath.
 */

import {
  clientPerMessageDeflate,
  type Extension,
  type PerMessageDeflateOptions,
  serverPerMessageDeflate,
} from "hawser";
import { type MessagePart, Opcode } from "hawser/protocol";

export interface ExtensionPair {
  readonly server: Extension;
  readonly client: Extension;
}

/** Both ends of a connection to a server with these options; the client leaves the choice to the server. */
export function agreeOn(compression: PerMessageDeflateOptions): ExtensionPair {
  const client = clientPerMessageDeflate();
  const accepted = serverPerMessageDeflate(compression).accept(client.offers[0]!);
  if (accepted === undefined) throw new Error("Cannot measure: the server declined its own client's offer");
  const agreed = client.agree(accepted.parameters);
  if (typeof agreed === "string") throw new Error(`Cannot measure: the client refused the agreement: ${agreed}`);
  return { server: accepted.extension, client: agreed };
}

const WHOLE_BINARY_MESSAGE: MessagePart = { opcode: Opcode.BINARY, isFirst: true, isLast: true, compress: undefined };

/** The payload as it is sent: compressed, or `undefined` if it is sent as it is. Valid until the next call. */
export function encode(extension: Extension, message: Uint8Array): Uint8Array | undefined {
  return extension.encode(message, WHOLE_BINARY_MESSAGE);
}

/** Decodes a payload and checks the length of what came out. */
export function decode(extension: Extension, payload: Uint8Array, length: number): void {
  const message = extension.decode(payload, length);
  if (typeof message === "string") throw new Error(`Cannot measure: a message could not be inflated: ${message}`);
  if (message.length !== length) throw new Error("Cannot measure: a message came out with another length");
}

/** Bytes of windows that an extension holds, if it says so. */
export function heldBytes(extension: Extension): number | undefined {
  const { heldBytes } = extension as { readonly heldBytes?: unknown };
  return typeof heldBytes === "number" ? heldBytes : undefined;
}
