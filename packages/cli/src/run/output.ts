/**
 * Standard output and standard error as the ends of a journal: their reader may be slow or gone, the disk may be full.
 *
 * What cannot be written is lost, and nothing else: neither this process nor the workers end or wait for it.
 */

/** The part of a `Writable` that is used. */
export interface OutputStream {
  readonly destroyed: boolean;
  /** `false`: no more, until it has drained. */
  write(text: string): boolean;
  on(event: "drain" | "error", listener: () => void): unknown;
  removeAllListeners(event: "error"): unknown;
}

export class Output {
  readonly #stream: OutputStream;
  /** Who waits until more can be written. */
  #waiting: (() => void)[] = [];

  /** Takes the stream's errors over from whoever else has listened to them. */
  constructor(stream: OutputStream) {
    this.#stream = stream;
    stream.removeAllListeners("error");
    const release = () => {
      for (const resume of this.#waiting.splice(0)) resume();
    };
    // EPIPE: a stream that failed never drains
    stream.on("drain", release);
    stream.on("error", release);
  }

  /** `false`: no more, until {@link whenReady}. */
  write(text: string): boolean {
    if (this.#stream.destroyed) return true;
    try {
      return this.#stream.write(text);
    } catch {
      // ENOSPC: files are written to at once
      return true;
    }
  }

  /** Calls `resume` once, when more can be written; after `write()` was `false`. */
  whenReady(resume: () => void): void {
    this.#waiting.push(resume);
  }
}
