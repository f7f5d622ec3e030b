/**
 * What the user may send: text, bytes in any of the platform's forms, or an iterable of either.
 */

import { isUtf8 } from "node:buffer";
import { type DataOpcode, Opcode } from "../protocol/opcode.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";

/** Bytes, of which exactly those that a view covers are sent. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** One message. */
export type Data = string | Bytes;

/** A message in fragments, all text or all bytes. */
export type DataFragments = Iterable<Data> | AsyncIterable<Data>;

/** How a message is sent. */
export interface SendOptions {
  /** Whether the message is text. By default a string is, and bytes are not. Bytes sent as text must be UTF-8. */
  readonly text?: boolean;
  /** Whether an extension may compress the message. By default the extension decides. */
  readonly compress?: boolean;
}

export const SEND_OPTIONS = ["text", "compress"] as const satisfies readonly (keyof SendOptions)[];

/** @throws {TypeError} for an unknown option: `binary`, say, would send text for binary without a word. */
export function checkSendOptions(options: SendOptions | undefined): void {
  if (options) refuseUnknownOptions("Cannot send", options, SEND_OPTIONS);
}

export function isFragments(data: unknown): data is DataFragments {
  if (typeof data !== "object" || data === null || ArrayBuffer.isView(data)) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** Whether `data` goes as text or as binary. */
export function opcodeOf(data: Data, options: SendOptions | undefined): DataOpcode {
  const isText = options?.text ?? typeof data === "string";
  return isText ? Opcode.TEXT : Opcode.BINARY;
}

/**
 * The bytes of `data`, without a copy.
 *
 * @throws {TypeError} if `data` is neither text nor bytes, or is to be sent as text and is not UTF-8.
 */
export function toBytes(action: string, data: Data, opcode: DataOpcode = Opcode.BINARY): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  const bytes = viewBytes(data);
  if (bytes === undefined) {
    throw new TypeError(
      `Cannot ${action}: data must be a string, an ArrayBuffer or a view of one, got ${describe(data)}`,
    );
  }
  if (opcode === Opcode.TEXT && !isUtf8(bytes)) {
    throw new TypeError(`Cannot ${action}: bytes sent as text must be valid UTF-8`);
  }
  return bytes;
}

function viewBytes(data: Bytes): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return data instanceof ArrayBuffer || data instanceof SharedArrayBuffer ? new Uint8Array(data) : undefined;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `${typeof value} ${String(value)}`;
  return value.constructor?.name ?? "an object";
}
