/**
 * Node's zlib as a permessage-deflate peer (RFC 7692, section 7.2): one direction each, with exactly the agreed window.
 */

import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";
import { DistanceAudit } from "./inflate.ts";

const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** What one direction is bound to. */
export interface DirectionParameters {
  /** 8 to 15. */
  readonly windowBits: number;
  readonly noContextTakeover: boolean;
}

function run(stream: DeflateRaw | InflateRaw, input: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const collect = (bytes: Buffer): void => void output.push(bytes);
    stream.on("data", collect);
    stream.once("error", reject);
    stream.write(input);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off("data", collect);
      stream.off("error", reject);
      resolve(Buffer.concat(output));
    });
  });
}

export class MessageDeflater {
  readonly #parameters: DirectionParameters;
  #stream: DeflateRaw | undefined;

  constructor(parameters: DirectionParameters) {
    this.#parameters = parameters;
  }

  async deflate(payload: Uint8Array): Promise<Buffer> {
    this.#stream ??= createDeflateRaw({ windowBits: this.#parameters.windowBits });
    const output = await run(this.#stream, payload);
    if (this.#parameters.noContextTakeover) this.close();
    // zlib writes no second flush marker behind an empty input, so that an empty message is RFC 7692, 7.2.3.6's byte.
    return output.length <= TAIL.length ? Buffer.of(0) : output.subarray(0, -TAIL.length);
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }
}

export class MessageInflater {
  readonly #parameters: DirectionParameters;
  readonly #audit = new DistanceAudit();
  #stream: InflateRaw | undefined;

  constructor(parameters: DirectionParameters) {
    this.#parameters = parameters;
  }

  /** Throws what is wrong with the payload, a distance beyond the agreed window included. */
  async inflate(payload: Uint8Array): Promise<Buffer> {
    const { windowBits, noContextTakeover } = this.#parameters;
    const input = Buffer.concat([payload, TAIL]);
    this.#audit.read(input);
    if (this.#audit.largestDistance > 1 << windowBits) {
      throw new RangeError(`distance ${this.#audit.largestDistance} exceeds the agreed window of ${1 << windowBits}`);
    }
    this.#stream ??= createInflateRaw({ windowBits });
    const output = await run(this.#stream, input);
    if (noContextTakeover) this.#reset();
    return output;
  }

  #reset(): void {
    this.#audit.reset();
    this.close();
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }
}
