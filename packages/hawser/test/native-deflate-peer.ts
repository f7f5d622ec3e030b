/**
 * The other end of permessage-deflate, on one zlib stream each way that lives as long as the connection.
 *
 * It shares nothing with the library: a window that the library keeps wrongly shows as different bytes.
 */

import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";

const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

export interface NativeDirection {
  readonly windowBits: number;
  readonly noContextTakeover: boolean;
}

export class NativeDeflatePeer {
  readonly #sending: NativeDirection;
  readonly #receiving: NativeDirection;
  readonly #deflater: DeflateRaw;
  readonly #inflater: InflateRaw;

  constructor(sending: NativeDirection, receiving: NativeDirection) {
    this.#sending = sending;
    this.#receiving = receiving;
    this.#deflater = createDeflateRaw({ windowBits: sending.windowBits });
    this.#inflater = createInflateRaw({ windowBits: receiving.windowBits });
  }

  /** A message's payload, or several fragments of one. */
  async encode(...fragments: Uint8Array[]): Promise<Uint8Array[]> {
    const encoded: Uint8Array[] = [];
    for (const fragment of fragments) encoded.push(await flushed(this.#deflater, fragment, constants.Z_SYNC_FLUSH));
    const last = encoded.pop()!;
    if (this.#sending.noContextTakeover) this.#deflater.reset();
    return [...encoded, last.subarray(0, last.length - TAIL.length)];
  }

  async decode(payload: Uint8Array): Promise<Uint8Array> {
    const message = await flushed(this.#inflater, Buffer.concat([payload, TAIL]), constants.Z_SYNC_FLUSH);
    if (this.#receiving.noContextTakeover) this.#inflater.reset();
    return message;
  }

  close(): void {
    this.#deflater.close();
    this.#inflater.close();
  }
}

function flushed(stream: DeflateRaw | InflateRaw, input: Uint8Array, flush: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    const take = (piece: Uint8Array) => pieces.push(piece);
    stream.on("data", take);
    stream.once("error", reject);
    stream.write(input);
    stream.flush(flush, () => {
      stream.off("data", take);
      stream.off("error", reject);
      resolve(new Uint8Array(Buffer.concat(pieces)));
    });
  });
}
