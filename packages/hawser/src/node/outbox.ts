/**
 * Messages to be sent: in the order of the calls, and no faster than the peer takes them.
 */

import { copyBytes } from "../bytes/copy.ts";
import { CloseCode } from "../protocol/close-code.ts";
import type { Extension } from "../protocol/extension.ts";
import { SHARED_PAYLOAD } from "../protocol/frame-writer.ts";
import { ENCODED_LATER } from "../protocol/message-sender.ts";
import type { DataOpcode } from "../protocol/opcode.ts";
import type { Protocol } from "../protocol/protocol.ts";
import {
  checkSendOptions,
  type Data,
  type DataFragments,
  isFragments,
  opcodeOf,
  type SendOptions,
  toBytes,
} from "./data.ts";
import type { ConnectionClosed } from "./errors.ts";
import { FragmentEncoder } from "./fragment-encoder.ts";
import { ignore } from "./ignore.ts";
import type { Transport } from "./transport.ts";

/** The connection that messages are sent on. */
export interface OutboxConnection {
  readonly protocol: Protocol;
  readonly transport: Transport;
  readonly extensions: readonly Extension[];
  readonly settings: { readonly writeLimit: number };
  readonly now: number;
  /** Whether more waits for the peer than `writeLimit` allows. Then the transport will tell when it is drained. */
  isOutputFull(): boolean;
  /** Rejects with the way the connection ended, once it has. Need not be handled. */
  rejectOnceClosed(): Promise<never>;
  /** Something that took its turn is sent. `isRoomAwaited`: nothing more waits, and somebody was told that there was no room. */
  turnEnded(isRoomAwaited: boolean): void;
}

/** Whether a message was sent, or will be: once its turn has come and it is encoded. */
type Written = boolean | Promise<boolean>;

/** Somebody who waits for room. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: ConnectionClosed) => void;
}

export class Outbox {
  readonly #connection: OutboxConnection;
  /**
   * Settles when all has ended that takes its turn, since a message in fragments is being sent, or a large one encoded
   * elsewhere; `undefined` if nothing is under way.
   */
  #tail: Promise<void> | undefined;
  #isEncoding = false;
  /** Whether {@link sendNow} said that there was no room because of the turns. */
  #isRoomAwaited = false;
  #waiters: Waiter[] | undefined;
  /** Bytes of the messages that wait for their turn, or to be encoded. */
  #heldBytes = 0;

  constructor(connection: OutboxConnection) {
    this.#connection = connection;
  }

  /** Bytes that wait: for the peer, for a message in fragments to end, to be encoded. */
  get bufferedAmount(): number {
    return this.#connection.transport.bufferedAmount + this.#heldBytes;
  }

  /** Whether more waits for a message that is encoded elsewhere than `writeLimit` allows. {@link OutboxConnection} is told. */
  get isBehind(): boolean {
    return this.#isEncoding && this.#heldBytes > this.#connection.settings.writeLimit;
  }

  /** Resolves when there is room for more. */
  send(data: Data | DataFragments, options: SendOptions | undefined): Promise<void> {
    checkSendOptions(options);
    if (isFragments(data)) return this.#sendFragmentsInTurn(data, options);
    const written = this.#accept(data, options, false);
    if (typeof written === "boolean") return this.#roomIf(written);
    return neverUnhandled(written.then((isSent) => this.#roomIf(isSent)));
  }

  /** Whether there is room for more. */
  sendNow(data: Data, options: SendOptions | undefined): boolean {
    checkSendOptions(options);
    const written = this.#accept(data, options, true);
    if (typeof written === "boolean") return written && !this.#connection.isOutputFull();
    this.#isRoomAwaited = true;
    return false;
  }

  /** Whether what is sent now has to wait for its turn. */
  get isWaiting(): boolean {
    return this.#tail !== undefined;
  }

  /** Resolves when there is room for more; rejects if the connection ends before. Need not be handled. */
  untilRoom(): Promise<void> {
    return this.#room();
  }

  /** Sends a frame that was built for many, of a message of `size` bytes, when its turn has come. */
  sendShared(frame: Uint8Array, sent: () => void, size?: number): void {
    const { protocol } = this.#connection;
    const write = () => {
      const isSent = protocol.sendShared(frame, size);
      if (isSent) sent();
      return isSent;
    };
    if (this.isWaiting) void this.#inTurn(frame.length, write);
    else write();
  }

  /** What waited for the peer is sent, or at least part of it. */
  drained(): void {
    if (this.#waiters === undefined) return;
    const { transport, settings } = this.#connection;
    // What is only waiting for the end of the turn may leave without a further drain
    transport.flush();
    if (transport.bufferedAmount > settings.writeLimit / 4) return;
    for (const { resolve } of this.#takeWaiters()) resolve();
  }

  /** The connection is closed, and what still waited is lost. */
  closed(): void {
    // Whoever does not wait needs no error, and one costs as much as the rest of closing
    for (const { reject } of this.#takeWaiters()) this.#connection.rejectOnceClosed().catch(reject);
  }

  /** Sends a message when its turn has come. `isCopied`: the caller may change its bytes before it is sent. */
  #accept(data: Data, options: SendOptions | undefined, isCopied: boolean): Written {
    if (this.#tail === undefined) {
      const written = this.#write(data, options, isCopied);
      return typeof written === "boolean" ? written : this.#inTurn(0, () => written);
    }
    const checked = checkData(data, options);
    if (!this.#connection.protocol.canSend) return false;
    const held = isCopied && typeof checked !== "string" ? copyBytes(checked) : checked;
    return this.#inTurn(held.length, () => this.#write(held, options, false));
  }

  #write(data: Data, options: SendOptions | undefined, isCopied: boolean): Written {
    const { protocol } = this.#connection;
    const isText = typeof data === "string";
    if (isText && options?.text !== false && !this.#mayEncodeLater(data.length, options)) {
      return protocol.sendText(data, options?.compress);
    }
    const opcode = opcodeOf(data, options);
    const bytes = toBytes("send", data, opcode);
    const isLarge = this.#mayEncodeLater(bytes.length, options);
    const payload = isLarge && isCopied && !isText ? copyBytes(bytes) : this.#safeToRefer(bytes);
    const encoded = isLarge ? this.#encodeLater(payload, opcode, options) : undefined;
    return encoded ?? protocol.sendBytes(payload, opcode, options?.compress);
  }

  #mayEncodeLater(length: number, options: SendOptions | undefined): boolean {
    if (length < ENCODED_LATER || options?.compress === false) return false;
    return this.#connection.extensions[0]?.encodeLater !== undefined;
  }

  /** Sends a message once it is encoded elsewhere; `undefined` if it will not be. */
  #encodeLater(payload: Uint8Array, opcode: DataOpcode, options?: SendOptions): Promise<boolean> | undefined {
    const { protocol } = this.#connection;
    const encoding = protocol.encodeLater(payload, opcode, options?.compress);
    if (encoding === undefined) return undefined;
    this.#isEncoding = true;
    this.#heldBytes += payload.length;
    return encoding.then((message) => {
      this.#isEncoding = false;
      this.#heldBytes -= payload.length;
      return protocol.sendEncoded(message);
    });
  }

  /**
   * A large payload is sent by reference, and the caller may change it once `send` has resolved. That happens only after
   * the payload is sent, unless `writeLimit` is so large that a payload fits in what may wait.
   */
  #safeToRefer(payload: Uint8Array): Uint8Array {
    const mayOutliveSend = this.#connection.settings.writeLimit >= SHARED_PAYLOAD;
    return payload.length >= SHARED_PAYLOAD && mayOutliveSend ? copyBytes(payload) : payload;
  }

  #sendFragmentsInTurn(fragments: DataFragments, options: SendOptions | undefined): Promise<void> {
    return this.#queue(() => {
      const { protocol, now } = this.#connection;
      // Nobody knows how long it takes: a Close frame does not wait for it
      protocol.releaseClose(now);
      return this.#sendFragments(fragments, options);
    });
  }

  async #sendFragments(fragments: DataFragments, options: SendOptions | undefined): Promise<void> {
    const encoder = new FragmentEncoder(options);
    try {
      for await (const fragment of fragments) {
        await this.#sendFragment(encoder.encode(fragment), encoder.opcode, false, options);
      }
    } catch (error) {
      this.#abandonFragments();
      throw error;
    }
    if (encoder.hasBegun) await this.#sendFragment(encoder.finish(), encoder.opcode, true, options);
  }

  async #sendFragment(payload: Uint8Array, opcode: DataOpcode, isLast: boolean, options?: SendOptions): Promise<void> {
    const { protocol } = this.#connection;
    const isSent = protocol.sendFragment(this.#safeToRefer(payload), opcode, isLast, options?.compress);
    await this.#roomIf(isSent);
  }

  /** A message that has begun and cannot be ended leaves the connection without use. */
  #abandonFragments(): void {
    const { protocol, now } = this.#connection;
    if (!protocol.isSendingFragments) return;
    protocol.close(CloseCode.INTERNAL_ERROR, "a fragmented message was abandoned", now);
  }

  /** Writes a message of `size` bytes, when its turn has come. A Close frame that is asked for meanwhile goes behind it. */
  #inTurn(size: number, write: () => Written): Promise<boolean> {
    this.#heldBytes += size;
    return this.#queue(() => {
      this.#heldBytes -= size;
      this.#connection.protocol.holdClose();
      return write();
    });
  }

  /** Carries out `task` after all that were called before it. */
  #queue<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#tail === undefined ? resultOf(task) : this.#tail.then(task);
    const ended = () => this.#turnEnded(tail);
    // The first to hear of it: whoever awaits the result finds the turns as they are then
    const tail: Promise<void> = result.then(ended, ended);
    this.#tail = tail;
    return result;
  }

  #turnEnded(tail: Promise<void>): void {
    const isLast = this.#tail === tail;
    const isRoomAwaited = isLast && this.#isRoomAwaited;
    if (isLast) {
      this.#tail = undefined;
      this.#isRoomAwaited = false;
      this.#connection.protocol.releaseClose(this.#connection.now);
    }
    this.#connection.turnEnded(isRoomAwaited);
  }

  #roomIf(isSent: boolean): Promise<void> {
    return isSent ? this.#room() : this.#connection.rejectOnceClosed();
  }

  /** Need not be handled. */
  #room(): Promise<void> {
    if (!this.#connection.isOutputFull()) return ROOM;
    const room = new Promise<void>((resolve, reject) => {
      this.#waiters ??= [];
      this.#waiters.push({ resolve, reject });
    });
    return neverUnhandled(room);
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    return waiters;
  }
}

const ROOM: Promise<void> = Promise.resolve();

/** The result of `task`, which is carried out now. */
async function resultOf<Result>(task: () => Result | Promise<Result>): Promise<Result> {
  return task();
}

/** Whose rejection nobody has to handle. */
function neverUnhandled(promise: Promise<void>): Promise<void> {
  promise.catch(ignore);
  return promise;
}

/** What is wrong with data that waits for its turn is said at once. */
function checkData(data: Data, options: SendOptions | undefined): string | Uint8Array {
  return typeof data === "string" ? data : toBytes("send", data, opcodeOf(data, options));
}
