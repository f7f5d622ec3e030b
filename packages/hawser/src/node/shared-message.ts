/**
 * A message to many connections and its frames, of which there is one for each distinct encoding.
 */

import { copyBytes } from "../bytes/copy.ts";
import type { ExtensionSharing, SharedEncoding, SharedHistory } from "../protocol/extension.ts";
import { FIN, serializeFrame } from "../protocol/frame-writer.ts";
import { type DataOpcode, Opcode } from "../protocol/opcode.ts";
import { ignore } from "./ignore.ts";
import type { Session } from "./session.ts";

/** What the receivers have in common. */
export interface MessageSharing {
  /** Whether one encoding is to serve many, rather than each receiver's own. */
  readonly isShared: boolean;
  /** What the same audience was sent before, by key; those that are missing are added. */
  readonly histories: Map<string, SharedHistory> | undefined;
}

export class SharedMessage {
  readonly #payload: Uint8Array;
  readonly #opcode: DataOpcode;
  readonly #compress: boolean | undefined;
  readonly #sharing: MessageSharing;
  #plain: Uint8Array | undefined;
  /** A copy, since encodings may be put to use after the call of `broadcast`. */
  #kept: Uint8Array | undefined;
  /** By the key of the connections that they are for. */
  readonly #encodings: Map<string, SharedEncoding> = new Map();
  /** By their payload. */
  readonly #frames: Map<Uint8Array, Uint8Array> = new Map();

  constructor(payload: Uint8Array, opcode: DataOpcode, compress: boolean | undefined, sharing: MessageSharing) {
    this.#payload = payload;
    this.#opcode = opcode;
    this.#compress = compress;
    this.#sharing = sharing;
  }

  sendTo(session: Session): void {
    const { settings, extensions } = session;
    if (extensions.length === 0 && settings.role === "server") {
      this.#send(session, this.#plainFrame());
      return;
    }
    const extension = extensions[0];
    const sharing = extension?.sharing;
    const isApart = settings.role === "client" || !this.#sharing.isShared;
    if (isApart || extensions.length > 1 || sharing === undefined) this.#sendApart(session);
    else this.#sendEncoded(session, sharing, extension!.rsv);
  }

  /** It was sent to all. */
  end(): void {
    for (const encoding of this.#encodings.values()) encoding.end();
  }

  /** Among others a client's, whose frames are masked, each with a key of its own. */
  #sendApart({ outbox }: Session): void {
    const options = {
      text: this.#opcode === Opcode.TEXT,
      ...(this.#compress === undefined ? {} : { compress: this.#compress }),
    };
    outbox.sendNow(this.#payload, options);
  }

  #sendEncoded(session: Session, sharing: ExtensionSharing, rsv: number): void {
    const size = this.#payload.length;
    const encoding = this.#compress === false ? undefined : this.#encodingFor(sharing);
    const isLater = session.isSendingInTurn;
    const encoded = isLater ? encoding?.encodeForLater(sharing) : encoding?.encodeFor(sharing);
    if (encoded === undefined) this.#send(session, this.#plainFrame());
    else if (isLater) session.outbox.sendShared(this.#frameOf(encoded, rsv), () => encoding!.sentLater(sharing), size);
    else if (session.protocol.sendShared(this.#frameOf(encoded, rsv), size)) encoding!.sent(sharing, encoded);
  }

  /** For one of thousands it is a call and no more, unless something else has to be sent first. */
  #send(session: Session, frame: Uint8Array): void {
    if (session.isSendingInTurn) session.outbox.sendShared(frame, ignore, this.#payload.length);
    else session.protocol.sendShared(frame, this.#payload.length);
  }

  #encodingFor(sharing: ExtensionSharing): SharedEncoding {
    const { key } = sharing;
    let encoding = this.#encodings.get(key);
    if (encoding === undefined) {
      this.#kept ??= copyBytes(this.#payload);
      const history = this.#historyFor(sharing);
      encoding = (history ?? sharing).encode(this.#kept, this.#compress);
      this.#encodings.set(key, encoding);
    }
    return encoding;
  }

  #historyFor(sharing: ExtensionSharing): SharedHistory | undefined {
    const { histories } = this.#sharing;
    if (histories === undefined) return undefined;
    let history = histories.get(sharing.key);
    if (history === undefined) {
      history = sharing.createHistory();
      histories.set(sharing.key, history);
    }
    return history;
  }

  #plainFrame(): Uint8Array {
    this.#plain ??= serializeFrame(FIN | this.#opcode, this.#payload);
    return this.#plain;
  }

  #frameOf(encoded: Uint8Array, rsv: number): Uint8Array {
    let frame = this.#frames.get(encoded);
    if (frame === undefined) {
      frame = serializeFrame(FIN | this.#opcode | rsv, encoded);
      this.#frames.set(encoded, frame);
    }
    return frame;
  }
}
