/**
 * What is agreed for one connection, and what this endpoint chose for itself: plain values.
 */

import type { DeflaterOptions } from "../../deflate/engine.ts";
import type { ResponseParameters } from "./parameters.ts";

/** How one direction works, as agreed. */
export interface CompressionDirection {
  /** Base-2 logarithm of the window, 8 to 15. */
  readonly windowBits: number;
  /** Whether every message begins with an empty window. */
  readonly noContextTakeover: boolean;
}

/** How messages are compressed: this endpoint's own affair. */
export interface CompressionEffort extends Required<Omit<DeflaterOptions, "windowBits">> {
  /** Bytes below which a message is sent as it is. */
  readonly threshold: number;
}

/** What is agreed for one connection. */
export interface PerMessageDeflateSettings {
  /** As in the response header. */
  readonly response: ResponseParameters;
  readonly sending: CompressionDirection;
  readonly receiving: CompressionDirection;
  readonly effort: CompressionEffort;
}

/** How what is sent is deflated. */
export function deflaterOptions({ sending, effort }: PerMessageDeflateSettings): Required<DeflaterOptions> {
  const { level, memLevel, strategy } = effort;
  return { windowBits: sending.windowBits, level, memLevel, strategy };
}
