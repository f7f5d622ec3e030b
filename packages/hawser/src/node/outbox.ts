/**
 * Messages to be sent: in the order of the calls, and no faster than the peer takes them.
 */

import { copyBytes } from "../bytes/copy.ts";
import { CloseCode } from "../protocol/close-code.ts";
import { SHARED_PAYLOAD } from "../protocol/frame-writer.ts";
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
  readonly settings: { readonly writeLimit: number };
  readonly now: number;
  /** Whether more waits for the peer than `writeLimit` allows. Then the transport will tell when it is drained. */
  isOutputFull(): boolean;
  /** Rejects with the way the connection ended, once it has. Need not be handled. */
  rejectOnceClosed(): Promise<never>;
}

/** Somebody who waits for room. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: ConnectionClosed) => void;
}

export class Outbox {
  readonly #connection: OutboxConnection;
  /** The last of the sends that wait for a message in fragments to end; `undefined` if none is under way. */
  #tail: Promise<void> | undefined;
  #waiters: Waiter[] | undefined;
  /** Bytes of the messages that wait for their turn. */
  #heldBytes = 0;

  constructor(connection: OutboxConnection) {
    this.#connection = connection;
  }

  /** Bytes that wait: for the peer, and for a message in fragments to end. */
  get bufferedAmount(): number {
    return this.#connection.transport.bufferedAmount + this.#heldBytes;
  }

  /** Resolves when there is room for more. */
  send(data: Data | DataFragments, options: SendOptions | undefined): Promise<void> {
    checkSendOptions(options);
    if (isFragments(data)) return this.#inTurn(() => this.#sendFragments(data, options));
    if (this.#tail === undefined) return this.#sendMessage(data, options);
    const checked = checkData(data, options);
    return this.#held(checked.length, () => this.#sendMessage(checked, options));
  }

  /** Whether there is room for more. */
  sendNow(data: Data, options: SendOptions | undefined): boolean {
    checkSendOptions(options);
    if (this.#tail === undefined) return this.#write(data, options) && !this.#connection.isOutputFull();
    const checked = checkData(data, options);
    const held = typeof checked === "string" ? checked : copyBytes(checked);
    this.#held(held.length, async () => void this.#write(held, options));
    return false;
  }

  /** Whether what is sent now has to wait for its turn. */
  get isWaiting(): boolean {
    return this.#tail !== undefined;
  }

  /** Sends a frame that was built for many, after a message in fragments if one is under way. */
  sendShared(frame: Uint8Array, sent: () => void): void {
    const { protocol } = this.#connection;
    if (this.#tail !== undefined) {
      this.#held(frame.length, async () => {
        if (protocol.sendShared(frame)) sent();
      });
    } else if (protocol.sendShared(frame)) sent();
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

  #sendMessage(data: Data, options: SendOptions | undefined): Promise<void> {
    return this.#write(data, options) ? this.#room() : this.#connection.rejectOnceClosed();
  }

  #write(data: Data, options: SendOptions | undefined): boolean {
    const { protocol } = this.#connection;
    if (typeof data === "string" && options?.text !== false) return protocol.sendText(data, options?.compress);
    const opcode = opcodeOf(data, options);
    return protocol.sendBytes(this.#safeToRefer(toBytes("send", data, opcode)), opcode, options?.compress);
  }

  /**
   * A large payload is sent by reference, and the caller may change it once `send` has resolved. That happens only after
   * the payload is sent, unless `writeLimit` is so large that a payload fits in what may wait.
   */
  #safeToRefer(payload: Uint8Array): Uint8Array {
    const mayOutliveSend = this.#connection.settings.writeLimit >= SHARED_PAYLOAD;
    return payload.length >= SHARED_PAYLOAD && mayOutliveSend ? copyBytes(payload) : payload;
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
    await (isSent ? this.#room() : this.#connection.rejectOnceClosed());
  }

  /** A message that has begun and cannot be ended leaves the connection without use. */
  #abandonFragments(): void {
    const { protocol, now } = this.#connection;
    if (!protocol.isSendingFragments) return;
    protocol.close(CloseCode.INTERNAL_ERROR, "a fragmented message was abandoned", now);
  }

  /** Carries out `task`, which sends `size` bytes, when its turn has come. */
  #held(size: number, task: () => Promise<void>): Promise<void> {
    this.#heldBytes += size;
    return this.#inTurn(() => {
      this.#heldBytes -= size;
      return task();
    });
  }

  /** Carries out `task` after all that were called before it. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const result = this.#tail === undefined ? task() : this.#tail.then(task);
    const tail = result.then(ignore, ignore);
    this.#tail = tail;
    tail.then(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
    return result;
  }

  /** Need not be handled. */
  #room(): Promise<void> {
    if (!this.#connection.isOutputFull()) return ROOM;
    const room = new Promise<void>((resolve, reject) => {
      this.#waiters ??= [];
      this.#waiters.push({ resolve, reject });
    });
    room.catch(ignore);
    return room;
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    return waiters;
  }
}

const ROOM: Promise<void> = Promise.resolve();

/** What is wrong with data that waits for its turn is said at once. */
function checkData(data: Data, options: SendOptions | undefined): string | Uint8Array {
  return typeof data === "string" ? data : toBytes("send", data, opcodeOf(data, options));
}
