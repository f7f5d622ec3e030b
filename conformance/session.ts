/**
 * An open WebSocket connection as the suite sees it: frames out as told, events in, and every frame that comes in judged.
 *
 * A frame that its sender must not send becomes a `malformed` event, in whatever case it turns up.
 */

import type { Role } from "./case.ts";
import type { Channel, End, Pace } from "./wire/channel.ts";
import { MessageDeflater, MessageInflater } from "./wire/compression.ts";
import type { DeflateParameters } from "./wire/extension-header.ts";
import {
  closePayload,
  encodeFrame,
  encodeWire,
  type Frame,
  Opcode,
  Rsv,
  readFrame,
  type Side,
  type Wire,
} from "./wire/frame.ts";

export type WireEvent =
  | { readonly type: "message"; readonly text: boolean; readonly payload: Buffer }
  | { readonly type: "pong"; readonly payload: Buffer }
  | { readonly type: "close"; readonly code: number | undefined; readonly reason: string }
  | { readonly type: "end"; readonly how: End }
  /** Nothing came before the deadline. */
  | { readonly type: "silence"; readonly timeout: number }
  | { readonly type: "malformed"; readonly fault: string };

export interface SessionOptions {
  /** The side under test. */
  readonly role: Role;
  /** Milliseconds to wait for something that must come. */
  readonly timeout: number;
  /** `undefined`: no compression was agreed upon. */
  readonly deflate?: DeflateParameters | undefined;
}

/** An endpoint that was sent more than so many bytes gets more time to answer, by this factor. */
const MUCH = 65_536;
const PATIENCE = 5;

const KNOWN_OPCODES: readonly number[] = Object.values(Opcode);

/** Whether a Close frame may carry the code (RFC 6455, section 7.4, and IANA's registry). */
export function isSendableCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export class Session {
  readonly channel: Channel;
  readonly role: Role;
  readonly timeout: number;
  /** The masking keys of the frames received so far. */
  readonly maskingKeys: Uint8Array[] = [];
  readonly #deflater: MessageDeflater | undefined;
  readonly #inflater: MessageInflater | undefined;
  #fragments: Buffer[] = [];
  #message: { readonly text: boolean; readonly isCompressed: boolean } | undefined;
  #closeSent = false;
  #bytesSent = 0;

  constructor(channel: Channel, { role, timeout, deflate }: SessionOptions) {
    this.channel = channel;
    this.role = role;
    this.timeout = timeout;
    if (deflate === undefined) return;
    const client = { windowBits: deflate.clientMaxWindowBits, noContextTakeover: deflate.clientNoContextTakeover };
    const server = { windowBits: deflate.serverMaxWindowBits, noContextTakeover: deflate.serverNoContextTakeover };
    this.#deflater = new MessageDeflater(role === "server" ? client : server);
    this.#inflater = new MessageInflater(role === "server" ? server : client);
  }

  /** The side that the suite plays. */
  get side(): Side {
    return this.role === "server" ? "client" : "server";
  }

  get closeSent(): boolean {
    return this.#closeSent;
  }

  async send(wire: readonly Wire[], pace: Pace = "whole"): Promise<void> {
    this.noteSent(wire);
    const bytes = encodeWire(wire, this.side);
    this.#bytesSent += bytes.length;
    await this.channel.write(bytes, pace);
  }

  /** For frames that were written together with the handshake. */
  noteSent(wire: readonly Wire[]): void {
    this.#closeSent ||= wire.some((item) => !(item instanceof Uint8Array) && item.opcode === Opcode.CLOSE);
  }

  /** Sends a message that zlib compressed as agreed. */
  async sendCompressed(opcode: number, payload: Uint8Array): Promise<void> {
    if (this.#deflater === undefined) throw new Error("Cannot compress: permessage-deflate was not agreed upon");
    await this.send([{ opcode, rsv: Rsv.RSV1, payload: await this.#deflater.deflate(payload) }]);
  }

  async sendClose(code: number): Promise<void> {
    this.#closeSent = true;
    await this.channel.write(encodeFrame({ opcode: Opcode.CLOSE, payload: closePayload(code) }, this.side), "whole");
  }

  release(): void {
    this.channel.destroy();
    this.#deflater?.close();
    this.#inflater?.close();
  }

  /** The next event but pings, which are answered. */
  async next(): Promise<WireEvent> {
    const timeout = this.timeout * (this.#bytesSent > MUCH ? PATIENCE : 1);
    const deadline = performance.now() + timeout;
    for (;;) {
      const read = readFrame(this.channel.received);
      if (read !== undefined) {
        this.channel.consume(read.size);
        const event = await this.#judge(read.frame);
        if (event !== undefined) return event;
      } else if (this.channel.end !== undefined) {
        return this.#endEvent(this.channel.end);
      } else if (!(await this.channel.more(deadline))) {
        return { type: "silence", timeout };
      }
    }
  }

  #endEvent(how: End): WireEvent {
    const rest = this.channel.received.length;
    if (rest > 0 && how === "fin")
      return { type: "malformed", fault: `the connection ends within a frame (${rest} bytes)` };
    return { type: "end", how };
  }

  async #judge(frame: Frame): Promise<WireEvent | undefined> {
    const fault = this.#frameFault(frame);
    if (fault !== undefined) return { type: "malformed", fault };
    if (frame.maskingKey !== undefined) this.maskingKeys.push(Uint8Array.from(frame.maskingKey));
    if (frame.opcode < Opcode.CLOSE) return this.#judgeData(frame);
    if (frame.opcode === Opcode.CLOSE) return this.#judgeClose(frame.payload);
    if (frame.opcode === Opcode.PONG) return { type: "pong", payload: frame.payload };
    await this.channel.write(encodeFrame({ opcode: Opcode.PONG, payload: frame.payload }, this.side), "whole");
    return undefined;
  }

  #frameFault(frame: Frame): string | undefined {
    if (frame.maskingKey === undefined && this.role === "client") return "a client's frame is not masked";
    if (frame.maskingKey !== undefined && this.role === "server") return "a server's frame is masked";
    if (!frame.isMinimal) return "a length is not encoded in the fewest bytes";
    if (!KNOWN_OPCODES.includes(frame.opcode)) return `opcode ${frame.opcode} is reserved`;
    const allowed = this.#inflater !== undefined && (frame.opcode === 1 || frame.opcode === 2) ? Rsv.RSV1 : 0;
    if ((frame.rsv & ~allowed) !== 0)
      return `reserved bits ${frame.rsv.toString(2).padStart(3, "0")} on opcode ${frame.opcode}`;
    if (frame.opcode >= Opcode.CLOSE && (!frame.fin || frame.payload.length > 125))
      return "a control frame is fragmented or too long";
    return undefined;
  }

  #judgeClose(payload: Buffer): WireEvent {
    if (payload.length === 0) return { type: "close", code: undefined, reason: "" };
    if (payload.length === 1) return { type: "malformed", fault: "a Close frame has one byte" };
    const code = payload.readUInt16BE(0);
    if (!isSendableCode(code)) return { type: "malformed", fault: `a Close frame has the code ${code}` };
    if (!isUtf8(payload.subarray(2))) return { type: "malformed", fault: "a Close frame's reason is not UTF-8" };
    return { type: "close", code, reason: payload.toString("utf8", 2) };
  }

  async #judgeData(frame: Frame): Promise<WireEvent | undefined> {
    const isContinuation = frame.opcode === Opcode.CONTINUATION;
    if (isContinuation !== (this.#message !== undefined))
      return { type: "malformed", fault: "a fragment is out of order" };
    this.#message ??= { text: frame.opcode === Opcode.TEXT, isCompressed: frame.rsv !== 0 };
    this.#fragments.push(frame.payload);
    if (!frame.fin) return undefined;
    const { text, isCompressed } = this.#message;
    const received = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#message = undefined;
    return isCompressed ? this.#inflated(text, received) : this.#messageEvent(text, received);
  }

  #messageEvent(text: boolean, payload: Buffer): WireEvent {
    if (text && !isUtf8(payload)) return { type: "malformed", fault: "a text message is not UTF-8" };
    return { type: "message", text, payload };
  }

  async #inflated(text: boolean, payload: Buffer): Promise<WireEvent> {
    try {
      return this.#messageEvent(text, await this.#inflater!.inflate(payload));
    } catch (error) {
      return { type: "malformed", fault: `a compressed message: ${(error as Error).message}` };
    }
  }
}
