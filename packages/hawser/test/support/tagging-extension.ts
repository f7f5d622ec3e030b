/**
 * An extension that a test can follow: it puts its tag before a message, and takes it off again.
 */

import type { Extension, ExtensionFault, ExtensionParameters, MessagePart } from "../../src/protocol/extension.ts";
import { concat, utf8 } from "./wire.ts";

/** Tags every message that is not sent with `compress: false`. */
export class TaggingExtension implements Extension {
  readonly name = "tagging";
  readonly parameters: ExtensionParameters = new Map();
  readonly rsv: number;
  readonly #tag: Uint8Array;
  /** The parts that were offered. */
  readonly parts: MessagePart[] = [];
  /** The limits that were set for decoding. */
  readonly limits: number[] = [];
  releases = 0;

  constructor(tag: string, rsv: number) {
    this.rsv = rsv;
    this.#tag = utf8(tag);
  }

  encode(payload: Uint8Array, part: MessagePart): Uint8Array | undefined {
    this.parts.push(part);
    if (part.isFirst && part.compress === false) return undefined;
    return part.isFirst ? concat(this.#tag, payload) : payload;
  }

  decode(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault {
    this.limits.push(maxSize);
    const length = this.#tag.length;
    if (!this.#tag.every((octet, index) => octet === payload[index])) return "INVALID";
    return payload.length - length > maxSize ? "TOO_BIG" : payload.slice(length);
  }

  release(): void {
    this.releases++;
  }
}

/** Decodes in parts as well: a part is whole at a full stop. */
export class PartwiseTaggingExtension extends TaggingExtension {
  #isTagOff = false;

  decodePart(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault | undefined {
    return payload[payload.length - 1] === 0x2e ? this.#decodeNext(payload, maxSize, true) : undefined;
  }

  override decode(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault {
    return this.#decodeNext(payload, maxSize, false);
  }

  #decodeNext(payload: Uint8Array, maxSize: number, isPart: boolean): Uint8Array | ExtensionFault {
    const isFirst = !this.#isTagOff;
    this.#isTagOff = isPart;
    if (isFirst) return super.decode(payload, maxSize);
    return payload.length > maxSize ? "TOO_BIG" : payload.slice();
  }
}
