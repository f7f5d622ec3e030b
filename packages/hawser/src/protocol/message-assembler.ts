/**
 * Frames to messages (RFC 6455, section 5.4): fragments in order, within the limits, decoded by the extensions, and checked
 * to be UTF-8 as they arrive.
 *
 * Small fragments are copied into one run of memory, so that a message costs its bytes and not its frames. Knows no control
 * frames, states or masks.
 */

import { ByteAccumulator } from "../bytes/byte-accumulator.ts";
import { copyBytes } from "../bytes/copy.ts";
import { incompleteTail, Utf8State, utf8Check } from "../bytes/utf8.ts";
import { type ProtocolErrorCode, type ProtocolFault, protocolFault } from "./errors.ts";
import type { Extension } from "./extension.ts";
import { type DataOpcode, Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";

export type Message = string | Uint8Array<ArrayBuffer>;

/** What the assembler hands its messages to. */
export interface MessageSink {
  /** A whole message; bytes are the receiver's to keep. */
  message(message: Message): void;
  /** While streaming: what has arrived of a message. `undefined` adds nothing, but may end it. */
  piece(piece: Message | undefined, isLast: boolean): void;
}

/** A fragment of this many bytes and more is streamed in pieces, without waiting for its end. */
export const STREAMED_PIECE = 65_536;

export class MessageAssembler {
  readonly #sink: MessageSink;
  readonly #settings: ProtocolSettings;
  readonly #extensions: readonly Extension[];

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
  #isStreaming = false;

  constructor(sink: MessageSink, settings: ProtocolSettings, extensions: readonly Extension[]) {
    this.#sink = sink;
    this.#settings = settings;
    this.#extensions = extensions;
  }

  /** Bytes held of a message that is not complete. */
  get heldBytes(): number {
    return this.#gathered?.length ?? 0;
  }

  /** From now on to the end of the message in progress, or of the next one, pieces are handed out as they arrive. */
  stream(): void {
    this.#isStreaming = true;
    if (this.#opcode !== undefined && this.#rsv === 0) this.#emitPiece(false);
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

  /** A piece of its payload; valid during the call. */
  framePayload(bytes: Uint8Array, start: number, end: number, isLastPiece: boolean): ProtocolFault | undefined {
    const isComplete = isLastPiece && this.#isFinalFrame;
    if (isComplete && this.#rsv === 0 && this.heldBytes === 0 && !this.#isStreaming) {
      return this.#emitDirectly(bytes, start, end);
    }
    if (this.#opcode === Opcode.TEXT && this.#rsv === 0 && !this.#checkText(bytes, start, end)) {
      return protocolFault("UTF8_INVALID");
    }
    if (end > start) {
      this.#gathered ??= new ByteAccumulator();
      this.#gathered.append(bytes, start, end, this.#expectedSize());
    }
    if (isComplete) return this.#finish();
    if (this.#isStreaming && this.#rsv === 0 && (isLastPiece || this.heldBytes >= STREAMED_PIECE))
      this.#emitPiece(false);
    return undefined;
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
  #emitDirectly(bytes: Uint8Array, start: number, end: number): ProtocolFault | undefined {
    const isText = this.#opcode === Opcode.TEXT;
    this.#reset();
    const message = isText ? this.#settings.text.decode(bytes, start, end) : copyBytes(bytes, start, end);
    if (message === undefined) return protocolFault("UTF8_INVALID");
    this.#sink.message(message);
    return undefined;
  }

  /** With fragments to come, as much again as has been announced: memory doubles, and is not copied for each fragment. */
  #expectedSize(): number {
    return this.#isFinalFrame ? this.#size : this.#size * 2;
  }

  #checkText(bytes: Uint8Array, start: number, end: number): boolean {
    this.#utf8 = utf8Check(this.#utf8, bytes, start, end, this.#settings.text);
    return this.#utf8 !== Utf8State.INVALID;
  }

  #finish(): ProtocolFault | undefined {
    if (this.#utf8 !== Utf8State.COMPLETE) return protocolFault("UTF8_INVALID");
    if (this.#rsv !== 0) return this.#finishEncoded();
    if (this.#isStreaming) this.#emitPiece(true);
    else this.#finishGathered(this.#takeGathered());
    return undefined;
  }

  #finishEncoded(): ProtocolFault | undefined {
    const decoded = this.#decode(this.#takeGathered());
    if (typeof decoded === "string") return this.#decodingFault(decoded);
    return this.#finishGathered(decoded);
  }

  #finishGathered(payload: Uint8Array<ArrayBuffer>): ProtocolFault | undefined {
    const isText = this.#opcode === Opcode.TEXT;
    const isStreaming = this.#isStreaming;
    this.#reset();
    const message = isText ? this.#settings.text.decode(payload, 0, payload.length) : payload;
    if (message === undefined) return protocolFault("UTF8_INVALID");
    if (isStreaming) this.#sink.piece(message, true);
    else this.#sink.message(message);
    return undefined;
  }

  /** The extensions undo in reverse what the sender's did in order. */
  #decode(payload: Uint8Array): Uint8Array<ArrayBuffer> | "TOO_BIG" | "INVALID" {
    let decoded = payload;
    for (let index = this.#extensions.length - 1; index >= 0; index--) {
      const extension = this.#extensions[index]!;
      if ((extension.rsv & this.#rsv) === 0) continue;
      const result = extension.decode(decoded, this.#settings.maxSize);
      if (typeof result === "string") return result;
      decoded = result;
    }
    return decoded as Uint8Array<ArrayBuffer>;
  }

  #decodingFault(fault: "TOO_BIG" | "INVALID"): ProtocolFault {
    const code: ProtocolErrorCode = fault === "TOO_BIG" ? "MESSAGE_TOO_BIG" : "EXTENSION_DATA_INVALID";
    const detail = fault === "TOO_BIG" ? `more than ${this.#settings.maxSize} bytes decoded` : undefined;
    return protocolFault(code, detail);
  }

  /** Hands out what is held, up to the last whole character of a text. */
  #emitPiece(isLast: boolean): void {
    const bytes = this.#takeGathered();
    const isText = this.#opcode === Opcode.TEXT;
    if (isLast) this.#reset();
    const end = isText ? incompleteTail(bytes, 0, bytes.length) : bytes.length;
    if (end < bytes.length) this.#gathered!.append(bytes, end, bytes.length, bytes.length);
    if (end > 0) this.#sink.piece(isText ? this.#settings.text.decode(bytes, 0, end) : bytes, isLast);
    else if (isLast) this.#sink.piece(undefined, true);
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
    this.#isStreaming = false;
  }
}

/** What an encoding may add to incompressible payloads, generously; anything larger decodes to more than `maxSize`. */
function maxEncodedSize(maxSize: number): number {
  return maxSize + maxSize / 8 + 1024;
}
