/**
 * What a kind of generated messages is: a stream as one connection would carry it.
 */

import type { Random } from "./random.ts";

export interface CorpusKind {
  readonly name: string;
  /** What the messages are, in one line. */
  readonly title: string;
  /** Never used while the DEFLATE engine is tuned: what holds for these kinds was not fitted to them. */
  readonly heldOut: boolean;
  /** Begins a stream; each call of the result is the next message. Text or bytes. */
  start(random: Random): () => string | Uint8Array;
}
