/**
 * permessage-deflate (RFC 7692, section 7): a message's payload as DEFLATE data, marked by RSV1.
 *
 * Decides what is compressed and what enters the sliding windows. It does not know which side it is on, nor how the
 * parameters were agreed, nor how DEFLATE works.
 */

import type { DeflateEngine, Inflater } from "../../deflate/engine.ts";
import { endsWithTail, withoutTail } from "../../deflate/message-tail.ts";
import {
  type Extension,
  type ExtensionFault,
  type ExtensionParameters,
  type ExtensionSharing,
  type LaterEncoding,
  type MessagePart,
  Rsv,
} from "../../protocol/extension.ts";
import { Attempts } from "./attempts.ts";
import { deflateLater, inflateLater, isInflatedLater } from "./large-messages.ts";
import { PERMESSAGE_DEFLATE, toParameterList } from "./parameters.ts";
import { SendingWindow } from "./sending-window.ts";
import { deflaterOptions, type PerMessageDeflateSettings } from "./settings.ts";
import { DeflateSharing } from "./sharing.ts";

export class PerMessageDeflate implements Extension {
  readonly #settings: PerMessageDeflateSettings;
  readonly #engine: DeflateEngine;
  // Made by the first compressed message each way: most connections never have one
  #window: SendingWindow | undefined;
  #inflater: Inflater | undefined;
  #sharing: DeflateSharing | undefined;
  /** Since a message did not shrink. */
  #attempts: Attempts | undefined;
  /** Bytes at a message's beginning that looked whole and were not. */
  #incomplete = 0;

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

  /** Bytes of plaintext windows that this connection holds for itself. */
  get heldBytes(): number {
    return (this.#window?.heldBytes ?? 0) + (this.#inflater?.heldBytes ?? 0);
  }

  get sharing(): ExtensionSharing {
    this.#sharing ??= new DeflateSharing(this.#settings, this.#engine, this.#sendingWindow());
    return this.#sharing;
  }

  encode(payload: Uint8Array, part: MessagePart): Uint8Array | undefined {
    if (part.isFirst && part.compress === false) return undefined;
    if (part.isFirst && part.isLast) return this.#encodeMessage(payload, part.compress);
    return this.#encodeFragment(payload, part.isLast);
  }

  encodeLater(payload: Uint8Array, part: MessagePart): Promise<LaterEncoding | undefined> | undefined {
    const { pool } = this.#engine;
    // While messages are left alone, `encode` counts them
    const isTried = part.compress ?? (payload.length >= this.#settings.effort.threshold && !this.#attempts?.isPausing);
    if (pool === undefined || !isTried) return undefined;
    const outcome = { sent: () => this.#sent(payload), failed: () => this.#failed(undefined) };
    return deflateLater(pool, this.#sendingWindow(), deflaterOptions(this.#settings), payload, outcome);
  }

  decode(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault {
    this.#incomplete = 0;
    const inflater = this.#receivingInflater();
    const message = inflater.inflate(payload, maxSize);
    if (this.#settings.receiving.noContextTakeover) inflater.reset();
    return message;
  }

  decodeLater(payload: Uint8Array, maxSize: number): Promise<Uint8Array | ExtensionFault> | undefined {
    const { pool } = this.#engine;
    if (pool === undefined || !isInflatedLater(payload.length, maxSize)) return undefined;
    this.#incomplete = 0;
    const { windowBits, noContextTakeover } = this.#settings.receiving;
    const inflater = this.#receivingInflater();
    return inflateLater(pool, inflater, windowBits, payload, maxSize, (message) => {
      // Once released, it must not take memory again
      if (inflater !== this.#inflater) return;
      if (noContextTakeover) inflater.reset();
      else inflater.append(message);
    });
  }

  /** A sender that flushes at the end of a fragment, as most do, leaves an empty stored block there: all before it is whole. */
  decodePart(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault | undefined {
    // The same octets may stand inside a block: then more of it has to come, and as much again before the next try, so that
    // a peer cannot have a megabyte inflated for every few bytes
    if (!endsWithTail(payload) || payload.length < 2 * this.#incomplete) return undefined;
    const part = this.#receivingInflater().inflate(payload, maxSize);
    this.#incomplete = part === "INVALID" ? payload.length : 0;
    return part === "INVALID" ? undefined : part;
  }

  release(): void {
    // An engine may hold windows in memory of its own
    this.#window?.reset();
    this.#inflater?.reset();
    this.#window = undefined;
    this.#inflater = undefined;
    this.#sharing = undefined;
    this.#attempts = undefined;
  }

  #encodeMessage(payload: Uint8Array, compress: boolean | undefined): Uint8Array | undefined {
    if (compress === undefined && !this.#isWorthTrying(payload)) return undefined;
    const compressed = withoutTail(this.#sendingWindow().deflate(payload));
    if (compressed.length >= payload.length && !this.#isWorthContext(payload)) {
      // Only the plaintext of compressed messages is in the receiver's window, so nothing is appended here
      this.#failed(this.#settings.sending.noContextTakeover ? undefined : payload);
      return undefined;
    }
    this.#sent(payload);
    return compressed;
  }

  #isWorthTrying(payload: Uint8Array): boolean {
    return payload.length >= this.#settings.effort.threshold && this.#attempts?.take() !== false;
  }

  #isWorthContext(payload: Uint8Array): boolean {
    const createDeflater = () => this.#engine.createDeflater(deflaterOptions(this.#settings));
    return this.#attempts?.isWorthContext(payload, createDeflater) === true;
  }

  /**
   * A message in fragments is compressed whatever its first fragment's length: what is still to come is not known, and each
   * fragment has those before it in its window.
   */
  #encodeFragment(payload: Uint8Array, isLast: boolean): Uint8Array {
    const window = this.#sendingWindow();
    const compressed = window.deflate(payload);
    if (isLast && this.#settings.sending.noContextTakeover) window.reset();
    else window.append(payload);
    return isLast ? withoutTail(compressed) : compressed;
  }

  /** A whole message was sent compressed. */
  #sent(payload: Uint8Array): void {
    this.#attempts?.succeeded();
    if (!this.#settings.sending.noContextTakeover) this.#sendingWindow().append(payload);
  }

  /** A whole message did not shrink. `plaintext`: of it, if there is a window that it might enter. */
  #failed(plaintext: Uint8Array | undefined): void {
    this.#attempts ??= new Attempts();
    this.#attempts.failed(plaintext);
  }

  #receivingInflater(): Inflater {
    const { windowBits } = this.#settings.receiving;
    if (this.#inflater === undefined) {
      this.#inflater = this.#engine.createInflater({ windowBits }, this.#window?.deflater);
      if (this.#window !== undefined) this.#window.companion = this.#inflater;
    }
    return this.#inflater;
  }

  #sendingWindow(): SendingWindow {
    this.#window ??= new SendingWindow(this.#settings, this.#engine, this.#inflater);
    return this.#window;
  }
}
