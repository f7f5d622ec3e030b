/**
 * An extension that works elsewhere on large messages: the test says when it is done.
 */

import type { ExtensionFault, LaterEncoding, MessagePart } from "../../src/protocol/extension.ts";
import { TaggingExtension } from "./tagging-extension.ts";

/** Something that was begun and waits for the test. */
export interface Task<Result> {
  readonly payload: Uint8Array;
  readonly finish: (result: Result) => void;
  readonly fail: (error: Error) => void;
}

/** Encoded messages from so many bytes on are decoded elsewhere. */
export const DECODED_LATER = 100;

export class LaterExtension extends TaggingExtension {
  /** What is being encoded and decoded, in the order in which it was begun. */
  readonly encodings: Task<LaterEncoding | undefined>[] = [];
  readonly decodings: Task<Uint8Array | ExtensionFault>[] = [];

  /** All but what is sent with `compress: false`. */
  encodeLater(payload: Uint8Array, part: MessagePart): Promise<LaterEncoding | undefined> | undefined {
    return part.compress === false ? undefined : begun(this.encodings, payload);
  }

  decodeLater(payload: Uint8Array, maxSize: number): Promise<Uint8Array | ExtensionFault> | undefined {
    if (payload.length < DECODED_LATER) return undefined;
    this.limits.push(maxSize);
    return begun(this.decodings, payload);
  }
}

/** Waits until the promise jobs of this turn are done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

export function begun<Result>(tasks: Task<Result>[], payload: Uint8Array): Promise<Result> {
  return new Promise((finish, fail) => void tasks.push({ payload, finish, fail }));
}
