/**
 * permessage-deflate (RFC 7692, section 7): a message's payload as DEFLATE data, marked by RSV1.
 *
 * Decides what is compressed and what enters the sliding windows. It does not know which side it is on, nor how the
 * parameters were agreed, nor how DEFLATE works.
 */

import type { DeflateEngine, Deflater, DeflaterOptions, Inflater } from "../../deflate/engine.ts";
import {
  type Extension,
  type ExtensionFault,
  type ExtensionParameters,
  type ExtensionSharing,
  type MessagePart,
  Rsv,
} from "../../protocol/extension.ts";
import { PERMESSAGE_DEFLATE, type ResponseParameters, toParameterList } from "./parameters.ts";

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

/** The last octets of a message's data, which are not sent (RFC 7692, section 7.2.1): `00 00 ff ff`. */
const TAIL: readonly number[] = [0x00, 0x00, 0xff, 0xff];

export class PerMessageDeflate implements Extension {
  readonly #settings: PerMessageDeflateSettings;
  readonly #engine: DeflateEngine;
  // Made by the first compressed message each way: most connections never have one
  #deflater: Deflater | undefined;
  #inflater: Inflater | undefined;
  #sharing: ExtensionSharing | undefined;

  constructor(settings: PerMessageDeflateSettings, engine: DeflateEngine) {
    this.#settings = settings;
    this.#engine = engine;
  }

  get name(): typeof PERMESSAGE_DEFLATE {
    return PERMESSAGE_DEFLATE;
  }

  get rsv(): typeof Rsv.RSV1 {
    return Rsv.RSV1;
  }

  get parameters(): ExtensionParameters {
    return new Map(toParameterList(this.#settings.response));
  }

  /** Bytes of plaintext windows that this connection holds. */
  get heldBytes(): number {
    return (this.#deflater?.heldBytes ?? 0) + (this.#inflater?.heldBytes ?? 0);
  }

  get sharing(): ExtensionSharing {
    this.#sharing ??= new PerMessageDeflateSharing(this.#settings, this.#engine, (payload) => this.#sent(payload));
    return this.#sharing;
  }

  encode(payload: Uint8Array, part: MessagePart): Uint8Array | undefined {
    if (part.isFirst && part.compress === false) return undefined;
    if (part.isFirst && part.isLast) return this.#encodeMessage(payload, part.compress);
    return this.#encodeFragment(payload, part.isLast);
  }

  decode(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault {
    const inflater = this.#receivingInflater();
    const message = inflater.inflate(payload, maxSize);
    if (this.#settings.receiving.noContextTakeover) inflater.reset();
    return message;
  }

  /** A sender that flushes at the end of a fragment, as most do, leaves an empty stored block there: all before it is whole. */
  decodePart(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault | undefined {
    if (!endsWithTail(payload)) return undefined;
    const part = this.#receivingInflater().inflate(payload, maxSize);
    // The same octets may stand inside a block: then more of it has to come
    return part === "INVALID" ? undefined : part;
  }

  release(): void {
    // An engine may hold windows in memory of its own
    this.#deflater?.reset();
    this.#inflater?.reset();
    this.#deflater = undefined;
    this.#inflater = undefined;
    this.#sharing = undefined;
  }

  #encodeMessage(payload: Uint8Array, compress: boolean | undefined): Uint8Array | undefined {
    if (compress === undefined && payload.length < this.#settings.effort.threshold) return undefined;
    const compressed = withoutTail(this.#sendingDeflater().deflate(payload));
    // Only the plaintext of compressed messages is in the receiver's window, so nothing is appended here
    if (compressed.length >= payload.length) return undefined;
    this.#sent(payload);
    return compressed;
  }

  /**
   * A message in fragments is compressed whatever its first fragment's length: what is still to come is not known, and each
   * fragment has those before it in its window.
   */
  #encodeFragment(payload: Uint8Array, isLast: boolean): Uint8Array {
    const deflater = this.#sendingDeflater();
    const compressed = deflater.deflate(payload);
    if (isLast && this.#settings.sending.noContextTakeover) deflater.reset();
    else deflater.append(payload);
    return isLast ? withoutTail(compressed) : compressed;
  }

  /** A whole message was sent compressed. */
  #sent(payload: Uint8Array): void {
    if (!this.#settings.sending.noContextTakeover) this.#sendingDeflater().append(payload);
  }

  #receivingInflater(): Inflater {
    const { windowBits } = this.#settings.receiving;
    this.#inflater ??= this.#engine.createInflater({ windowBits }, this.#deflater);
    return this.#inflater;
  }

  #sendingDeflater(): Deflater {
    this.#deflater ??= this.#engine.createDeflater(deflaterOptions(this.#settings), this.#inflater);
    return this.#deflater;
  }
}

/**
 * A message compressed with an empty window refers to nothing outside itself, so each receiver whose window is as large can
 * inflate it, also under context takeover. Its plaintext is in the receiver's window from then on.
 */
class PerMessageDeflateSharing implements ExtensionSharing {
  readonly key: string;
  readonly sent: (payload: Uint8Array) => void;
  readonly #settings: PerMessageDeflateSettings;
  readonly #engine: DeflateEngine;

  constructor(settings: PerMessageDeflateSettings, engine: DeflateEngine, sent: (payload: Uint8Array) => void) {
    const { windowBits, level, memLevel, strategy } = deflaterOptions(settings);
    this.key = `${PERMESSAGE_DEFLATE}/${windowBits}/${level}/${memLevel}/${strategy}`;
    this.sent = sent;
    this.#settings = settings;
    this.#engine = engine;
  }

  encode(payload: Uint8Array): Uint8Array | undefined {
    if (payload.length < this.#settings.effort.threshold) return undefined;
    const compressed = withoutTail(this.#engine.createDeflater(deflaterOptions(this.#settings)).deflate(payload));
    return compressed.length < payload.length ? compressed : undefined;
  }
}

function deflaterOptions({ sending, effort }: PerMessageDeflateSettings): Required<DeflaterOptions> {
  const { level, memLevel, strategy } = effort;
  return { windowBits: sending.windowBits, level, memLevel, strategy };
}

function endsWithTail(payload: Uint8Array): boolean {
  return TAIL.every((octet, index) => payload[payload.length - TAIL.length + index] === octet);
}

function withoutTail(compressed: Uint8Array): Uint8Array {
  return compressed.subarray(0, compressed.length - TAIL.length);
}
