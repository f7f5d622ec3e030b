/**
 * Where frames are written: straight into the memory that will be sent, so that a frame costs no allocation.
 */
export interface FrameOutput {
  /** The memory to write to; {@link reserve} may replace it. */
  readonly bytes: Uint8Array;
  /** Where the next byte goes. The writer moves it on. */
  end: number;
  /** Afterwards {@link bytes} has room for `length` bytes from {@link end} on. */
  reserve(length: number): void;
  /** Sends `payload` after what was written before. It may be by reference: it must not change until it is sent. */
  append(payload: Uint8Array): void;
  /** Whether so much waits for the peer that answers to its pings are put off. */
  readonly isCongested: boolean;
}

/** A {@link FrameOutput} that gathers everything until it is taken: for tests, and for drivers that want no more. */
export class GatheredOutput implements FrameOutput {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(256);
  end = 0;
  isCongested = false;

  reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const grown = new Uint8Array((this.end + length) * 2);
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
  }

  append(payload: Uint8Array): void {
    this.reserve(payload.length);
    this.bytes.set(payload, this.end);
    this.end += payload.length;
  }

  /** What was written since the last call, to keep. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.slice(0, this.end);
    this.end = 0;
    return taken;
  }
}
