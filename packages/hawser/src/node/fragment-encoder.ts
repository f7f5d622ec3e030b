/**
 * The fragments of one message to payloads: all of one type, and characters that two strings share kept whole.
 */

import type { DataOpcode } from "../protocol/opcode.ts";
import { type Data, opcodeOf, type SendOptions, toBytes } from "./data.ts";

export class FragmentEncoder {
  readonly #options: SendOptions | undefined;
  #first: Data | undefined;
  /** The high surrogate at the end of a string, whose low one should begin the next. */
  #surrogate = "";

  constructor(options: SendOptions | undefined) {
    this.#options = options;
  }

  get hasBegun(): boolean {
    return this.#first !== undefined;
  }

  /** Of the message, which the first fragment decides. */
  get opcode(): DataOpcode {
    return opcodeOf(this.#first ?? "", this.#options);
  }

  /** @throws {TypeError} if strings and bytes are mixed, or `fragment` is neither. */
  encode(fragment: Data): Uint8Array {
    this.#first ??= fragment;
    if (typeof fragment !== typeof this.#first) {
      throw new TypeError("Cannot send a fragmented message: its fragments must be all strings or all bytes");
    }
    return toBytes("send a fragment", typeof fragment === "string" ? this.#wholeCharacters(fragment) : fragment);
  }

  /** What is left at the end of the message. */
  finish(): Uint8Array {
    return Buffer.from(this.#surrogate);
  }

  #wholeCharacters(text: string): string {
    const joined = this.#surrogate + text;
    const last = joined.charCodeAt(joined.length - 1);
    const isCut = last >= 0xd800 && last <= 0xdbff;
    this.#surrogate = isCut ? joined.slice(-1) : "";
    return isCut ? joined.slice(0, -1) : joined;
  }
}
