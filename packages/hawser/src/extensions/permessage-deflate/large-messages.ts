/**
 * Large messages through the engine's pool, with the connection's windows: the same bytes and the same windows as at once.
 */

import type { DeflatePool, Deflater, DeflaterOptions, Inflater } from "../../deflate/engine.ts";
import { withoutTail } from "../../deflate/message-tail.ts";
import type { ExtensionFault, LaterEncoding } from "../../protocol/extension.ts";

/**
 * Compressed bytes from which on inflating keeps the event loop for longer than the way to another thread and back costs it
 * (decision 29).
 */
export const INFLATED_LATER = 32_768;

/** What may come to so many bytes, a hundredth of a second's work, is inflated elsewhere although it is short. */
const LONG_MESSAGE = 4_194_304;

/** DEFLATE's largest ratio: 258 bytes for two bits. */
const MAX_RATIO = 1_032;

/** Whether a message of `length` compressed bytes is inflated elsewhere. */
export function isInflatedLater(length: number, maxSize: number): boolean {
  return length >= INFLATED_LATER || Math.min(length * MAX_RATIO, maxSize) >= LONG_MESSAGE;
}

/** Who is told that a message is sent compressed, or that it did not become shorter. */
export interface DeflatingOutcome {
  sent(): void;
  failed(): void;
}

/** `undefined` if the message does not become shorter. */
export async function deflateLater(
  pool: DeflatePool,
  window: Pick<Deflater, "copyWindow">,
  options: DeflaterOptions,
  payload: Uint8Array,
  outcome: DeflatingOutcome,
): Promise<LaterEncoding | undefined> {
  const compressed = withoutTail(await pool.deflate(payload, window.copyWindow(), options));
  if (compressed.length < payload.length) return { payload: compressed, sent: () => outcome.sent() };
  outcome.failed();
  return undefined;
}

/** `received` is called with the message, unless it is a fault. */
export async function inflateLater(
  pool: DeflatePool,
  inflater: Inflater,
  windowBits: number,
  payload: Uint8Array,
  maxSize: number,
  received: (message: Uint8Array) => void,
): Promise<Uint8Array | ExtensionFault> {
  const message = await pool.inflate(payload, inflater.copyWindow(), windowBits, maxSize);
  if (typeof message !== "string") received(message);
  return message;
}
