/**
 * Frames to messages (RFC 6455, section 5.4): fragments in order, within the limits, decoded by the extensions, and checked
 * to be UTF-8 as they arrive.
 *
 * Small fragments are copied into one run of memory, so that a message costs its bytes and not its frames. Knows no control
 * frames, states or masks.
 */

import { ByteAccumulator } from "../bytes/byte-accumulator.ts";
import { copyBytes } from "../bytes/copy.ts";
import type { KeepBytes } from "../bytes/message-memory.ts";
import { incompleteTail, Utf8State, utf8Check } from "../bytes/utf8.ts";
import { type ProtocolErrorCode, type ProtocolFault, protocolFault } from "./errors.ts";
import type { Extension, ExtensionFault } from "./extension.ts";
import { MessageDecoder } from "./message-decoder.ts";
import { type DataOpcode, Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";
import { countMessage, countSize } from "./traffic.ts";

export type Message = string | Uint8Array<ArrayBuffer>;

/** What the assembler hands its messages to. */
export interface MessageSink {
  /** A whole message; bytes are the receiver's to keep. */
  message(message: Message): void;
  /** While streaming: what has arrived of a message. `undefined` adds nothing, but may end it. */
  piece(piece: Message | undefined, isLast: boolean): void;
  /**
   * A message that is decoded elsewhere is ready, or has failed: the driver now calls `Protocol.receiveDecoded`. Without it, all
   * messages are decoded at once.
   */
  decoded?(): void;
}

/** What is left to be done about a message once its last byte has arrived, where something is: a rule was broken, or ... */
export type Pending = ProtocolFault | Decoding;

/** ... it is being decoded elsewhere. Then nothing more may arrive until the result was given to the assembler. */
export type Decoding = Promise<Uint8Array | ExtensionFault>;

/** A fragment of this many bytes and more is streamed in pieces, without waiting for its end. */
export const STREAMED_PIECE = 65_536;

export class MessageAssembler {
  readonly #sink: MessageSink;
  readonly #settings: ProtocolSettings;
  readonly #extensions: readonly Extension[];
  readonly #keep: KeepBytes;

  /** The type of the message in progress; `undefined` between messages. */
  #opcode: DataOpcode | undefined;
  #isFinalFrame = true;
  /** The reserved bits of the message's first frame. */
  #rsv = 0;
  #fragments = 0;
  /** Payload bytes of the message, as announced by the frames so far. */
  #size = 0;
  #utf8: Utf8State = Utf8State.COMPLETE;
  /** What has arrived of a message that does not lie in one piece of input; made when needed. */
  #gathered: ByteAccumulator | undefined;
  /** What has arrived of a message that an extension encoded. */
  #decoder: MessageDecoder | undefined;
  #isStreaming = false;
  /** Bytes of the message that were handed out in pieces. */
  #streamed = 0;

  constructor(sink: MessageSink, settings: ProtocolSettings, extensions: readonly Extension[]) {
    this.#sink = sink;
    this.#settings = settings;
    this.#extensions = extensions;
    this.#keep = settings.keepBytes ?? copyBytes;
  }

  /** Bytes held of a message that is not complete. */
  get heldBytes(): number {
    return (this.#gathered?.length ?? 0) + (this.#decoder?.heldBytes ?? 0);
  }

  /** From now on to the end of the message in progress, or of the next one, pieces are handed out as they arrive. */
  stream(): ProtocolFault | undefined {
    this.#isStreaming = true;
    if (this.#decoder !== undefined) return this.#acceptDecoded(this.#decoder.part(), false);
    if (this.#opcode !== undefined) this.#emitPiece(false);
    return undefined;
  }

  /** A data frame begins. Judges it before memory is taken. */
  frameHeader(opcode: Opcode, isFinal: boolean, rsv: number, length: number): ProtocolFault | undefined {
    if (opcode === Opcode.CONTINUATION) {
      if (this.#opcode === undefined) return protocolFault("CONTINUATION_UNEXPECTED");
    } else {
      if (this.#opcode !== undefined) return protocolFault("CONTINUATION_EXPECTED");
      this.#opcode = opcode as DataOpcode;
      this.#rsv = rsv;
    }
    this.#isFinalFrame = isFinal;
    this.#fragments++;
    this.#size += length;
    return this.#judgeSize(length);
  }

  /** A piece of its payload; valid during the call. `isAscii`: it is known to be. */
  framePayload(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLastPiece: boolean,
    isAscii: boolean,
  ): Pending | undefined {
    const isComplete = isLastPiece && this.#isFinalFrame;
    if (this.#rsv !== 0) return this.#decodePayload(bytes, start, end, isLastPiece);
    if (isComplete && this.#gathered === undefined && !this.#isStreaming) {
      return this.#emitDirectly(bytes, start, end, isAscii);
    }
    if (!this.#gather(bytes, start, end, isAscii)) return protocolFault("UTF8_INVALID");
    if (isComplete) return this.#finish();
    if (this.#isStreaming && (isLastPiece || this.heldBytes >= STREAMED_PIECE)) this.#emitPiece(false);
    return undefined;
  }

  /** The result of a {@link Decoding}. */
  decoded(result: Uint8Array | ExtensionFault): ProtocolFault | undefined {
    return this.#acceptDecoded(result, true);
  }

  #judgeSize(length: number): ProtocolFault | undefined {
    const { maxFragmentSize, maxFragments, maxSize } = this.#settings;
    const limit = this.#rsv === 0 ? maxSize : maxEncodedSize(maxSize);
    if (this.#size > limit) return protocolFault("MESSAGE_TOO_BIG", `${this.#size} > ${limit} bytes`);
    // Unless it is the stricter limit: a message of maxSize that does not compress may take a larger frame
    if (length > maxFragmentSize && maxFragmentSize < maxSize) {
      return protocolFault("FRAGMENT_TOO_BIG", `${length} > ${maxFragmentSize} bytes`);
    }
    if (this.#fragments > maxFragments)
      return protocolFault("TOO_MANY_FRAGMENTS", `${this.#fragments} > ${maxFragments}`);
    return undefined;
  }

  /** The message lies in one piece of input, as nearly all do. */
  #emitDirectly(bytes: Uint8Array, start: number, end: number, isAscii: boolean): ProtocolFault | undefined {
    const isText = this.#opcode === Opcode.TEXT;
    this.#reset();
    const message = isText ? this.#settings.text.decode(bytes, start, end, isAscii) : this.#keep(bytes, start, end);
    if (message === undefined) return protocolFault("UTF8_INVALID");
    const { traffic } = this.#settings;
    if (traffic !== undefined) {
      // As countMessage does, written out: with one more call V8 no longer inlines the rest of the way (decision 40)
      const { received } = traffic;
      if (isText) received.texts++;
      else received.binaries++;
      received.payloadBytes += end - start;
      if (received.sizes !== undefined) countSize(received.sizes, end - start);
    }
    this.#sink.message(message);
    return undefined;
  }

  /** With fragments to come, as much again as has been announced: memory doubles, and is not copied for each fragment. */
  #expectedSize(): number {
    return this.#isFinalFrame ? this.#size : this.#size * 2;
  }

  /** Keeps a piece of a message; whether it is valid, being text. */
  #gather(bytes: Uint8Array, start: number, end: number, isAscii: boolean): boolean {
    if (this.#opcode === Opcode.TEXT && !(isAscii && this.#utf8 === Utf8State.COMPLETE)) {
      this.#utf8 = utf8Check(this.#utf8, bytes, start, end, this.#settings.text);
      if (this.#utf8 === Utf8State.INVALID) return false;
    }
    if (end > start) {
      this.#gathered ??= new ByteAccumulator();
      this.#gathered.append(bytes, start, end, this.#expectedSize());
    }
    return true;
  }

  #finish(): ProtocolFault | undefined {
    if (this.#utf8 !== Utf8State.COMPLETE) return protocolFault("UTF8_INVALID");
    if (!this.#isStreaming) return this.#emitWhole(this.#takeGathered());
    this.#emitPiece(true);
    return undefined;
  }

  // Messages that an extension encoded

  #decodePayload(bytes: Uint8Array, start: number, end: number, isLastPiece: boolean): Pending | undefined {
    if (this.#decoder === undefined) {
      this.#decoder = new MessageDecoder(this.#extensions, this.#rsv, this.#settings.maxSize);
      if (isLastPiece && this.#isFinalFrame) {
        this.#decoder.begin(this.#keep(bytes, start, end));
        return this.#decodeWhole(this.#decoder);
      }
    }
    this.#decoder.append(bytes, start, end, this.#expectedSize());
    if (isLastPiece && this.#isFinalFrame) return this.#decodeWhole(this.#decoder);
    return isLastPiece && this.#isStreaming ? this.#acceptDecoded(this.#decoder.part(), false) : undefined;
  }

  #decodeWhole(decoder: MessageDecoder): Pending | undefined {
    const decoding = this.#sink.decoded === undefined ? undefined : decoder.finishLater();
    return decoding ?? this.#acceptDecoded(decoder.finish(), true);
  }

  #acceptDecoded(decoded: Uint8Array | ExtensionFault | undefined, isLast: boolean): ProtocolFault | undefined {
    if (decoded === undefined) return undefined;
    if (typeof decoded === "string") return this.#decodingFault(decoded);
    if (!this.#isStreaming) return this.#emitWhole(decoded as Uint8Array<ArrayBuffer>);
    if (!this.#gather(decoded, 0, decoded.length, false)) return protocolFault("UTF8_INVALID");
    if (isLast) return this.#finish();
    this.#emitPiece(false);
    return undefined;
  }

  #emitWhole(payload: Uint8Array<ArrayBuffer>): ProtocolFault | undefined {
    const isText = this.#opcode === Opcode.TEXT;
    this.#reset();
    const message = isText ? this.#settings.text.decode(payload, 0, payload.length, false) : payload;
    if (message === undefined) return protocolFault("UTF8_INVALID");
    this.#count(isText, payload.length);
    this.#sink.message(message);
    return undefined;
  }

  #decodingFault(fault: ExtensionFault): ProtocolFault {
    const code: ProtocolErrorCode = fault === "TOO_BIG" ? "MESSAGE_TOO_BIG" : "EXTENSION_DATA_INVALID";
    const detail = fault === "TOO_BIG" ? `more than ${this.#settings.maxSize} bytes decoded` : undefined;
    return protocolFault(code, detail);
  }

  /** Hands out what is held, up to the last whole character of a text. */
  #emitPiece(isLast: boolean): void {
    const bytes = this.#takeGathered();
    const isText = this.#opcode === Opcode.TEXT;
    this.#streamed += bytes.length;
    if (isLast) this.#count(isText, this.#streamed);
    if (isLast) this.#reset();
    const end = isText ? incompleteTail(bytes, 0, bytes.length) : bytes.length;
    if (end < bytes.length) this.#holdBack(bytes, end);
    if (end > 0) this.#sink.piece(isText ? this.#settings.text.decode(bytes, 0, end, false) : bytes, isLast);
    else if (isLast) this.#sink.piece(undefined, true);
  }

  /** The beginning of a character whose rest is still to come. */
  #holdBack(bytes: Uint8Array, start: number): void {
    this.#streamed -= bytes.length - start;
    this.#gathered!.append(bytes, start, bytes.length, bytes.length);
  }

  #count(isText: boolean, size: number): void {
    const { traffic } = this.#settings;
    if (traffic !== undefined) countMessage(traffic.received, isText, size);
  }

  #takeGathered(): Uint8Array<ArrayBuffer> {
    return this.#gathered?.take() ?? new Uint8Array(0);
  }

  #reset(): void {
    this.#opcode = undefined;
    this.#rsv = 0;
    this.#fragments = 0;
    this.#size = 0;
    this.#utf8 = Utf8State.COMPLETE;
    this.#gathered = undefined;
    this.#decoder = undefined;
    this.#isStreaming = false;
    this.#streamed = 0;
  }
}

/** What an encoding may add to incompressible payloads, generously; anything larger decodes to more than `maxSize`. */
function maxEncodedSize(maxSize: number): number {
  return maxSize + maxSize / 8 + 1024;
}
