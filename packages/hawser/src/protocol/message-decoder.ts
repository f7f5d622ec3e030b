/**
 * Undoes what the sender's extensions did to a message (RFC 6455, section 9), once it is complete, or in parts while it is
 * being streamed.
 */

import { ByteAccumulator } from "../bytes/byte-accumulator.ts";
import type { Extension, ExtensionFault } from "./extension.ts";

export class MessageDecoder {
  readonly #encoded: ByteAccumulator = new ByteAccumulator();
  /** Those that had a part in this message, in the order in which they undo it. */
  readonly #extensions: readonly Extension[];
  /** Bytes that the message may still come to. */
  #remaining: number;

  /** For one message; `rsv` are the reserved bits of its first frame, `maxSize` the bytes that it may come to. */
  constructor(extensions: readonly Extension[], rsv: number, maxSize: number) {
    // What was done in order is undone in reverse
    this.#extensions = extensions.filter((extension) => (extension.rsv & rsv) !== 0).reverse();
    this.#remaining = maxSize;
  }

  /** Bytes held that are not decoded. */
  get heldBytes(): number {
    return this.#encoded.length;
  }

  /** Adds `bytes` from `start` to `end`; `expected`: how many the message will have, as far as is known. */
  append(bytes: Uint8Array, start: number, end: number, expected: number): void {
    this.#encoded.append(bytes, start, end, expected);
  }

  /** The whole message has arrived at once; its bytes are nobody else's. */
  begin(bytes: Uint8Array<ArrayBuffer>): void {
    this.#encoded.begin(bytes);
  }

  /** Decodes what has arrived, if that is possible before the rest has; `undefined` if it is not. */
  part(): Uint8Array | ExtensionFault | undefined {
    const [extension, ...others] = this.#extensions;
    if (others.length > 0 || this.heldBytes === 0) return undefined;
    const decoded = extension?.decodePart?.(this.#encoded.view, this.#remaining);
    if (decoded instanceof Uint8Array) {
      this.#encoded.take();
      this.#remaining -= decoded.length;
    }
    return decoded;
  }

  /** Has what has arrived since the last part decoded elsewhere; `undefined`: it is for {@link finish}. */
  finishLater(): Promise<Uint8Array | ExtensionFault> | undefined {
    const extension = this.#extensions[0];
    // What several extensions did to a message is undone one after the other, at once
    if (extension?.decodeLater === undefined || this.#extensions.length > 1) return undefined;
    const decoding = extension.decodeLater(this.#encoded.view, this.#remaining);
    if (decoding !== undefined) this.#encoded.take();
    return decoding;
  }

  /** Decodes what has arrived since the last part: the message is complete. */
  finish(): Uint8Array | ExtensionFault {
    let decoded: Uint8Array = this.#encoded.take();
    for (const extension of this.#extensions) {
      const result = extension.decode(decoded, this.#remaining);
      if (typeof result === "string") return result;
      decoded = result;
    }
    return decoded;
  }
}
