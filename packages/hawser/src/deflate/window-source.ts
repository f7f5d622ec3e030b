/**
 * Gives the codec a connection's window: what is near at once, and the rest as matches refer to it. A message that is inflated
 * seldom needs more than a few pieces of a large window.
 */

/** A window's plaintext. */
export interface WindowText {
  readonly length: number;
  /** Copies the plaintext, or the bytes `from` to `to` of it, to where its last byte is the one before `end`. */
  copyTo(memory: Uint8Array, end: number, from?: number, to?: number): void;
}

/** As much is copied at once: more than most matches reach, and less than the processor notices. */
const NEAR = 4_096;

export class WindowSource {
  #memory: Uint8Array = new Uint8Array(0);
  #message = 0;
  #window: WindowText | undefined;

  /** @param message where the message is in the codec's memory; the window ends there */
  attach(memory: Uint8Array, message: number): void {
    this.#memory = memory;
    this.#message = message;
  }

  /** Copies the end of the window that is inflated against from now on, and returns how many bytes that is. */
  open(window: WindowText): number {
    this.#window = window;
    const near = Math.min(window.length, NEAR);
    window.copyTo(this.#memory, this.#message, window.length - near);
    return near;
  }

  /** What the codec calls: copies what the window has from one address to another. */
  fetch(from: number, to: number): void {
    const window = this.#window;
    if (window === undefined) return;
    const start = this.#message - window.length;
    window.copyTo(this.#memory, this.#message, Math.max(from - start, 0), Math.min(to - start, window.length));
  }

  /** The whole window is needed. */
  fetchAll(): void {
    this.#window?.copyTo(this.#memory, this.#message);
  }

  /** The window is not needed any more. */
  close(): void {
    this.#window = undefined;
  }
}
