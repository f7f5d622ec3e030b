/**
 * Messages to frames (RFC 6455, section 6.1): extensions applied, fragments kept in order.
 *
 * Does not know whether the connection is open: the protocol asks it to send only while it is.
 */

import type { FrameOutput } from "../bytes/frame-output.ts";
import type { Extension, LaterEncoding, MessagePart } from "./extension.ts";
import { FIN, writeFrame, writeTextFrame } from "./frame-writer.ts";
import { type DataOpcode, Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";

/**
 * Whole messages of this many bytes and more are offered to {@link Extension.encodeLater}: from here on, compressing keeps the
 * event loop for longer than the way to another thread and back costs it, by a factor of five and more (decision 29).
 */
export const ENCODED_LATER = 65_536;

/** A message that is encoded elsewhere, or was. */
export interface EncodedMessage {
  readonly opcode: DataOpcode;
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
    const { text: codec, maskingKeys } = this.#settings;
    if (this.#extensions.length > 0) this.bytes(codec.encode(text), Opcode.TEXT, compress);
    else writeTextFrame(this.#output, FIN | Opcode.TEXT, text, codec, maskingKeys);
  }

  bytes(payload: Uint8Array, opcode: DataOpcode, compress: boolean | undefined): void {
    if (this.#extensions.length === 0) {
      writeFrame(this.#output, FIN | opcode, payload, this.#settings.maskingKeys);
      return;
    }
    const encoded = this.#encode(payload, { opcode, isFirst: true, isLast: true, compress }, ALL_RSV);
    writeFrame(this.#output, FIN | opcode | encoded.rsv, encoded.payload, this.#settings.maskingKeys);
  }

  /** Has a message encoded elsewhere, to be sent by {@link encoded}; `undefined`: it is for {@link bytes}. */
  encodeLater(
    payload: Uint8Array,
    opcode: DataOpcode,
    compress: boolean | undefined,
  ): Promise<EncodedMessage> | undefined {
    const [extension, ...others] = this.#extensions;
    // What several extensions do to a message they do one after the other, at once
    if (extension?.encodeLater === undefined || others.length > 0 || payload.length < ENCODED_LATER) return undefined;
    const encoding = extension.encodeLater(payload, { opcode, isFirst: true, isLast: true, compress });
    if (encoding === undefined) return undefined;
    this.#isEncoding = true;
    const plain = { opcode, rsv: 0, encoding: { payload, sent() {} } };
    return encoding.then(
      (encoded) => (encoded === undefined ? plain : { opcode, rsv: extension.rsv, encoding: encoded }),
      () => plain,
    );
  }

  /** The message that was encoded last. */
  encoded({ opcode, rsv, encoding }: EncodedMessage): void {
    encoding.sent();
    writeFrame(this.#output, FIN | opcode | rsv, encoding.payload, this.#settings.maskingKeys);
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
    if (isLast) this.#fragmentsRsv = undefined;
    else if (isFirst) this.#fragmentsRsv = encoded.rsv;
  }

  control(opcode: Opcode, payload: Uint8Array): void {
    writeFrame(this.#output, FIN | opcode, payload, this.#settings.maskingKeys);
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
