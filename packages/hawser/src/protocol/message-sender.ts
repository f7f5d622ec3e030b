/**
 * Messages to frames (RFC 6455, section 6.1): extensions applied, fragments kept in order.
 *
 * Does not know whether the connection is open: the protocol asks it to send only while it is.
 */

import type { FrameOutput } from "../bytes/frame-output.ts";
import type { Extension, LaterEncoding, MessagePart } from "./extension.ts";
import { FIN, frameLength, writeFrame, writeTextFrame } from "./frame-writer.ts";
import { type DataOpcode, Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";
import { countFragmented, countSent, countSize, SHORT_HEADER } from "./traffic.ts";

/**
 * Whole messages of this many bytes and more are offered to {@link Extension.encodeLater}: from here on, compressing keeps the
 * event loop for longer than the way to another thread and back costs it, by a factor of five and more (decision 29).
 */
export const ENCODED_LATER = 65_536;

/** A message that is encoded elsewhere, or was. */
export interface EncodedMessage {
  readonly opcode: DataOpcode;
  /** Its bytes before it was encoded. */
  readonly size: number;
  /** The reserved bit of its encoding. */
  readonly rsv: number;
  readonly encoding: LaterEncoding;
}

export class MessageSender {
  readonly #settings: ProtocolSettings;
  readonly #output: FrameOutput;
  readonly #extensions: readonly Extension[];
  /** The reserved bits of the message whose fragments are being sent; `undefined` between messages. */
  #fragmentsRsv: number | undefined;
  /** Bytes of that message so far, before they were encoded. */
  #fragmentsSize = 0;
  /** Whether a message is encoded elsewhere: another one must not go before it. */
  #isEncoding = false;

  constructor(settings: ProtocolSettings, output: FrameOutput, extensions: readonly Extension[]) {
    this.#settings = settings;
    this.#output = output;
    this.#extensions = extensions;
  }

  get isSendingFragments(): boolean {
    return this.#fragmentsRsv !== undefined;
  }

  /** Throws while another message is under way. */
  checkFree(): void {
    if (this.isSendingFragments) throw new Error("Cannot send a message: the fragments of another one are being sent");
    if (this.#isEncoding) throw new Error("Cannot send a message: another one is being encoded");
  }

  text(text: string, compress: boolean | undefined): void {
    const { text: codec, maskingKeys, traffic } = this.#settings;
    if (this.#extensions.length > 0) {
      this.bytes(codec.encode(text), Opcode.TEXT, compress);
      return;
    }
    const size = writeTextFrame(this.#output, FIN | Opcode.TEXT, text, codec, maskingKeys);
    if (traffic === undefined) return;
    // As countSent does, written out: with one more call V8 no longer inlines the rest of the way (decision 40)
    const { sent } = traffic;
    sent.texts++;
    sent.payloadBytes += size;
    const isShort = size < 126 && maskingKeys === undefined;
    if (!isShort) sent.frameBytes += frameLength(size, maskingKeys) - size - SHORT_HEADER;
    if (sent.sizes !== undefined) countSize(sent.sizes, size);
  }

  bytes(payload: Uint8Array, opcode: DataOpcode, compress: boolean | undefined): void {
    if (this.#extensions.length === 0) {
      writeFrame(this.#output, FIN | opcode, payload, this.#settings.maskingKeys);
      this.#count(opcode, payload.length, payload.length);
      return;
    }
    const encoded = this.#encode(payload, { opcode, isFirst: true, isLast: true, compress }, ALL_RSV);
    writeFrame(this.#output, FIN | opcode | encoded.rsv, encoded.payload, this.#settings.maskingKeys);
    this.#count(opcode, payload.length, encoded.payload.length);
  }

  /** Has a message encoded elsewhere, to be sent by {@link encoded}; `undefined`: it is for {@link bytes}. */
  encodeLater(
    payload: Uint8Array,
    opcode: DataOpcode,
    compress: boolean | undefined,
  ): Promise<EncodedMessage> | undefined {
    if (payload.length < ENCODED_LATER) return undefined;
    const [extension, ...others] = this.#extensions;
    // What several extensions do to a message they do one after the other, at once
    if (extension?.encodeLater === undefined || others.length > 0) return undefined;
    const encoding = extension.encodeLater(payload, { opcode, isFirst: true, isLast: true, compress });
    if (encoding === undefined) return undefined;
    this.#isEncoding = true;
    const size = payload.length;
    const plain = { opcode, size, rsv: 0, encoding: { payload, sent() {} } };
    return encoding.then(
      (encoded) => (encoded === undefined ? plain : { opcode, size, rsv: extension.rsv, encoding: encoded }),
      () => plain,
    );
  }

  /** The message that was encoded last. */
  encoded({ opcode, size, rsv, encoding }: EncodedMessage): void {
    encoding.sent();
    writeFrame(this.#output, FIN | opcode | rsv, encoding.payload, this.#settings.maskingKeys);
    this.#count(opcode, size, encoding.payload.length);
  }

  /** Others may go. */
  endEncoding(): void {
    this.#isEncoding = false;
  }

  /** The first fragment decides on the message's type and encoding. */
  fragment(payload: Uint8Array, opcode: DataOpcode, isLast: boolean, compress: boolean | undefined): void {
    const isFirst = this.#fragmentsRsv === undefined;
    const encoded = this.#encode(payload, { opcode, isFirst, isLast, compress }, this.#fragmentsRsv ?? ALL_RSV);
    const firstByte = (isLast ? FIN : 0) | (isFirst ? opcode | encoded.rsv : Opcode.CONTINUATION);
    writeFrame(this.#output, firstByte, encoded.payload, this.#settings.maskingKeys);
    this.#countFragment(opcode, payload.length, encoded.payload.length, isLast);
    if (isLast) this.#fragmentsRsv = undefined;
    else if (isFirst) this.#fragmentsRsv = encoded.rsv;
  }

  control(opcode: Opcode, payload: Uint8Array): void {
    const { maskingKeys, traffic } = this.#settings;
    writeFrame(this.#output, FIN | opcode, payload, maskingKeys);
    if (traffic !== undefined) traffic.sent.frameBytes += frameLength(payload.length, maskingKeys);
  }

  /** Counts a message of `size` bytes that left in one frame with a payload of `length`. */
  #count(opcode: DataOpcode, size: number, length: number): void {
    const { maskingKeys, traffic } = this.#settings;
    if (traffic !== undefined) countSent(traffic.sent, opcode === Opcode.TEXT, size, frameLength(length, maskingKeys));
  }

  /** Counts a fragment of `size` bytes that left with a payload of `length`. */
  #countFragment(opcode: DataOpcode, size: number, length: number, isLast: boolean): void {
    const { maskingKeys, traffic } = this.#settings;
    if (traffic === undefined) return;
    this.#fragmentsSize += size;
    traffic.sent.frameBytes += frameLength(length, maskingKeys);
    if (!isLast) return;
    countFragmented(traffic.sent, opcode === Opcode.TEXT, this.#fragmentsSize);
    this.#fragmentsSize = 0;
  }

  /** Applies the extensions whose reserved bit is among `candidates`. */
  #encode(payload: Uint8Array, part: MessagePart, candidates: number): { payload: Uint8Array; rsv: number } {
    const result = { payload, rsv: 0 };
    for (const extension of this.#extensions) {
      if ((extension.rsv & candidates) === 0) continue;
      const encoded = extension.encode(result.payload, part);
      if (encoded === undefined) continue;
      result.payload = encoded;
      result.rsv |= extension.rsv;
    }
    return result;
  }
}

const ALL_RSV = 0x70;
