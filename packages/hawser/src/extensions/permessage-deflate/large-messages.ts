/**
 * Large messages through the engine's pool, with the connection's windows: the same bytes and the same windows as at once.
 */

import type { DeflatePool, Deflater, DeflaterOptions } from "../../deflate/engine.ts";
import type { LaterEncoding } from "../../protocol/extension.ts";
import { withoutTail } from "./message-tail.ts";

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
