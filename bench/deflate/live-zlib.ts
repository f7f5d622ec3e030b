/**
 * zlib's streams, one for each direction of a connection as it is usually done, called synchronously.
 *
 * Node has no public way to do that. `_processChunk` has done it for years, but it closes the stream and adds a listener each
 * time; so this goes to what is beneath it, which is private as well: good enough to compare with, and for nothing else.
 */

import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";

interface PrivateParts {
  readonly _handle: {
    writeSync(
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputLength: number,
      output: Uint8Array,
      outputAt: number,
      outputLength: number,
    ): void;
  };
  /** What is left: of the output's room, and of the input. */
  readonly _writeState: Uint32Array;
}

const OUTPUT = new Uint8Array(65_536);

export class LiveStream {
  readonly #stream: DeflateRaw | InflateRaw;
  readonly #parts: PrivateParts;

  constructor(stream: DeflateRaw | InflateRaw) {
    this.#stream = stream;
    this.#parts = stream as unknown as PrivateParts;
  }

  /** A message, whole, there or back; in memory of its own. */
  process(input: Uint8Array): Uint8Array {
    const { _handle: handle, _writeState: left } = this.#parts;
    const pieces: Uint8Array[] = [];
    for (let inputLength = input.length; ; inputLength = left[1]!) {
      const at = input.length - inputLength;
      handle.writeSync(constants.Z_SYNC_FLUSH, input, at, inputLength, OUTPUT, 0, OUTPUT.length);
      const piece = OUTPUT.slice(0, OUTPUT.length - left[0]!);
      if (left[0]! > 0) return pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      pieces.push(piece);
    }
  }

  close(): void {
    this.#stream.close();
  }
}

/** A stream that has compressed `window` before. */
export function liveDeflater(windowBits: number, window: Uint8Array): LiveStream {
  return new LiveStream(createDeflateRaw({ windowBits, level: 6, memLevel: 8, ...dictionary(window) }));
}

/** A stream that has decompressed `window` before. */
export function liveInflater(windowBits: number, window: Uint8Array): LiveStream {
  return new LiveStream(createInflateRaw({ windowBits, ...dictionary(window) }));
}

function dictionary(window: Uint8Array): { dictionary?: Uint8Array } {
  return window.length > 0 ? { dictionary: window } : {};
}
