/**
 * Whether it is worth trying to compress the next message of a stream: a few small integers, no clock.
 *
 * Messages that do not shrink cost time and win nothing. After some in a row the next ones are left alone, more of them each
 * time. The other way round there are streams of small messages of which none shrinks alone, so that none would ever get
 * into the window where it helps the next ones: for them some plaintext is kept, to see whether it would have helped.
 */

import { copyBytes, join } from "../../bytes/copy.ts";
import type { Deflater } from "../../deflate/engine.ts";
import { withoutTail } from "../../deflate/message-tail.ts";

/** So many in a row that did not shrink, and the next ones are not tried. */
const PATIENCE = 4;
const FIRST_PAUSE = 4;
/** To 64 messages. */
const MAX_DOUBLINGS = 4;

/** Bytes of plaintext to keep. Messages that are longer shrink by themselves or not at all. */
export const MAX_SAMPLE = 512;

export class Attempts {
  /** Messages in a row that were tried and did not shrink. */
  #failures = 0;
  /** Messages that are not tried before the next one is. */
  #pause = 0;
  /** The last of what did not shrink. */
  #sample: Uint8Array | undefined;

  /** Whether the message at hand is not tried. */
  get isPausing(): boolean {
    return this.#pause > 0;
  }

  /** Whether to try the message at hand. To be asked once for each. */
  take(): boolean {
    if (this.#pause === 0) return true;
    this.#pause--;
    return false;
  }

  /** A message shrank, or was sent compressed for those to come. */
  succeeded(): void {
    this.#failures = 0;
    this.#pause = 0;
    this.#sample = undefined;
  }

  /** A message was tried, did not shrink, and goes as it is. `plaintext`: of it, if there is a window that it might enter. */
  failed(plaintext: Uint8Array | undefined): void {
    this.#failures++;
    if (this.#failures >= PATIENCE) this.#pause = FIRST_PAUSE << Math.min(this.#failures - PATIENCE, MAX_DOUBLINGS);
    if (plaintext === undefined || plaintext.length > MAX_SAMPLE) return;
    const sample = this.#sample === undefined ? plaintext : join(this.#sample, plaintext);
    this.#sample = copyBytes(sample, Math.max(0, sample.length - MAX_SAMPLE));
  }

  /**
   * Whether a message that does not shrink is to be sent compressed all the same, since it would if those before it were in
   * the window. Deflates it once at most, and for as many failures as there were before the first pause not at all.
   *
   * @param createDeflater makes one with an empty window
   */
  isWorthContext(payload: Uint8Array, createDeflater: () => Deflater): boolean {
    const sample = this.#sample;
    if (this.#failures < PATIENCE || sample === undefined || payload.length > MAX_SAMPLE) return false;
    // The next one is compared with others
    this.#sample = undefined;
    const deflater = createDeflater();
    deflater.append(sample);
    const { length } = withoutTail(deflater.deflate(payload));
    deflater.reset();
    return isMuchShorter(length, payload.length);
  }
}

/** Whether compressing saves an eighth at least. */
export function isMuchShorter(compressedLength: number, length: number): boolean {
  return compressedLength * 8 <= length * 7;
}
