/**
 * The run loop of one connection: joins the protocol, a transport, the timing wheel, and whoever consumes the messages.
 *
 * Regulates the reading: messages wait in the inbox until they are consumed, and the transport is paused while it is full.
 */

import { copyBytes, join } from "../bytes/copy.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import type { Extension } from "../protocol/extension.ts";
import type { Message } from "../protocol/message-assembler.ts";
import { Protocol } from "../protocol/protocol.ts";
import type { ProtocolSink } from "../protocol/protocol-sink.ts";
import type { ConnectionSettings } from "./connection-options.ts";
import type { SlowAction } from "./diagnostics.ts";
import { type ConnectionClosed, connectionClosed, isNormalClose } from "./errors.ts";
import { ignore } from "./ignore.ts";
import { Inbox, Piece } from "./inbox.ts";
import { Outbox } from "./outbox.ts";
import type { Timed, TimingWheel } from "./timing-wheel.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** Who is told what happens to a session. Methods must not throw. */
export interface SessionOwner {
  /**
   * Consumes messages as they come, one at a time: the next one is held back until a returned promise has settled. Without
   * it, messages wait in the inbox.
   */
  consume?(message: Message): Promise<void> | undefined;
  /** What had to wait for the peer is sent. */
  drained?(): void;
  /** A ping was answered, after so many milliseconds. */
  answered?(latency: number): void;
  /** A broadcast found the peer too slow. */
  slow?(action: SlowAction): void;
  /** The closing handshake has begun. */
  closing?(): void;
  /** {@link Session.closedError} says the same as an error, for whoever wants one. */
  closed(info: CloseInfo): void;
}

export class Session implements ProtocolSink, TransportSink, Timed {
  readonly settings: ConnectionSettings;
  readonly transport: Transport;
  readonly protocol: Protocol;
  readonly extensions: readonly Extension[];
  readonly #wheel: TimingWheel;
  readonly #owner: SessionOwner;
  #inbox: Inbox | undefined;
  #outbox: Outbox | undefined;
  /** Whether something was dropped that arrived after the closing handshake had begun. */
  #isDropping = false;
  /** Promises of the consumer's that hold the messages back. */
  #holds = 0;
  /** What was read and not taken, since the inbox was full before its end. */
  #unread: Uint8Array | undefined;
  /** What the transport told while a message was decoded elsewhere, and the protocol does not know yet. */
  #heldEnd: "receivedEnd" | "ended" | undefined;
  /** What broke the connection, other than the peer's breaking a rule. */
  #failure: Error | undefined;
  #closeInfo: CloseInfo | undefined;
  /** Made at the first use: capturing a stack costs more than all the rest of a close (bench: connect). */
  #closedError: ConnectionClosed | undefined;
  #closedWaiters: (() => void)[] | undefined;

  /** Milliseconds from the last answered ping to its pong. */
  latency: number | undefined;
  slot = -1;
  slotIndex = 0;

  constructor(
    settings: ConnectionSettings,
    transport: Transport,
    extensions: readonly Extension[],
    wheel: TimingWheel,
    owner: SessionOwner,
  ) {
    this.settings = settings;
    this.transport = transport;
    this.extensions = extensions;
    this.#wheel = wheel;
    this.#owner = owner;
    this.protocol = new Protocol(settings, this, transport, extensions, this.now);
  }

  /** Begins to receive. */
  start(): void {
    this.#wheel.schedule(this);
    this.transport.attach(this);
  }

  get now(): number {
    return this.#wheel.clock.now();
  }

  /** Bytes that were sent and that the operating system has not taken. */
  get bufferedAmount(): number {
    return this.#outbox?.bufferedAmount ?? this.transport.bufferedAmount;
  }

  /** Whether more waits for the peer than `writeLimit` allows. Then the transport will tell when it is drained. */
  isOutputFull(): boolean {
    const { transport, settings } = this;
    if (transport.bufferedAmount <= settings.writeLimit) return false;
    // What is only waiting for the end of the turn may find room at once
    transport.flush();
    return transport.bufferedAmount > settings.writeLimit;
  }

  /** Whether what is sent now has to wait for its turn. */
  get isSendingInTurn(): boolean {
    return this.#outbox?.isWaiting ?? false;
  }

  /** Made when something is sent to this connection alone. */
  get outbox(): Outbox {
    this.#outbox ??= new Outbox(this);
    return this.#outbox;
  }

  get inbox(): Inbox {
    this.#inbox ??= this.#makeInbox();
    return this.#inbox;
  }

  /** Whether messages go to the owner rather than to the inbox. */
  get isConsumed(): boolean {
    return this.#owner.consume !== undefined;
  }

  /** How the connection ended, once it has. */
  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo;
  }

  /** The error that calls get, once the connection has ended. */
  get closedError(): ConnectionClosed | undefined {
    if (this.#closeInfo !== undefined) this.#closedError ??= connectionClosed(this.#closeInfo, this.#failure);
    return this.#closedError;
  }

  /** What broke the connection, once it has ended, if it did not end normally: the `cause` of {@link closedError}. */
  get closeCause(): unknown {
    const info = this.#closeInfo;
    if (info === undefined || isNormalClose(info)) return undefined;
    return info.fault === undefined ? this.#failure : this.closedError!.cause;
  }

  /** Resolves when the connection is closed. */
  waitClosed(): Promise<void> {
    if (this.#closeInfo !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#closedWaiters ??= [];
      this.#closedWaiters.push(resolve);
    });
  }

  /** A promise that rejects with the way the connection ended, once it has. Need not be handled. */
  rejectOnceClosed(): Promise<never> {
    const rejected = this.waitClosed().then(() => {
      throw this.closedError;
    });
    rejected.catch(ignore);
    return rejected;
  }

  /** Holds back the messages for a consumer until `settled`, which must not reject. */
  holdBack(settled: Promise<void>): void {
    this.#holds++;
    settled.then(() => {
      this.#holds--;
      this.#consumeQueued();
    });
  }

  /** Stops reading or reads on, by the room there is. To be called after something was taken from the inbox. */
  regulate(): void {
    if (this.protocol.isDecoding) return;
    if (this.#isInputOverfull()) this.#stopReading();
    else if (this.#unread !== undefined || this.transport.isPaused) this.#readOnIfRoom();
  }

  /** A broadcast found the peer too slow. */
  slow(action: SlowAction): void {
    this.#owner.slow?.(action);
  }

  /** Destroys the connection; not even what was read already is handed out any more. */
  terminate(): void {
    this.protocol.stopReceiving();
    this.transport.abort();
    this.#tellHeldEnd();
  }

  // What the transport tells

  received(bytes: Uint8Array, end: number = bytes.length): void {
    if (this.#unread !== undefined) {
      // Read before the transport was paused
      this.#unread = join(this.#unread, bytes.subarray(0, end));
      return;
    }
    const taken = this.#takeIn(bytes, end);
    if (taken < end) this.#unread = copyBytes(bytes, taken, end);
    // The next ping may be due before the answer to the last one would have been
    this.#wheel.hasten(this);
    if (this.protocol.isDecoding) this.transport.pause();
    else if (this.#isInputOverfull()) this.#stopReading();
  }

  /** How much of it was taken. */
  #takeIn(bytes: Uint8Array, end: number): number {
    try {
      return this.protocol.receive(bytes, this.now, end);
    } catch (error) {
      this.#abandon(error);
      return end;
    }
  }

  /** No peer can make receiving fail: an extension of the application's own threw, or memory is short. */
  #abandon(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error("receiving failed", { cause: error });
    this.protocol.abandon("what was received could not be processed", this.now);
  }

  receivedEnd(): void {
    this.#heldEnd ??= "receivedEnd";
    this.#tellHeldEnd();
  }

  drained(): void {
    this.protocol.outputDrained();
    this.#outbox?.drained();
    if (!this.isOutputFull()) {
      this.#owner.drained?.();
      this.#consumeQueued();
    }
  }

  /** The outbox has sent something that took its turn. */
  turnEnded(isRoomAwaited: boolean): void {
    if (this.#closeInfo !== undefined || this.isOutputFull()) return;
    if (isRoomAwaited) this.#owner.drained?.();
    this.#consumeQueued();
  }

  ended(error: Error | undefined): void {
    this.#failure ??= error;
    this.#heldEnd = "ended";
    this.#tellHeldEnd();
  }

  /** What was received before the end comes before it. */
  #tellHeldEnd(): void {
    const end = this.#heldEnd;
    if (end === undefined || this.protocol.isDecoding) return;
    this.#heldEnd = undefined;
    if (end === "ended") this.protocol.transportEnded(this.now);
    else this.protocol.receiveEnd(this.now);
  }

  // What the protocol tells

  message(message: Message): void {
    const isNext = !this.#isDropping && (this.#inbox?.isEmpty ?? true);
    if (isNext && this.#isReadyToConsume()) this.#consume(message);
    else this.#put(message);
  }

  piece(content: Message | undefined, isLast: boolean): void {
    this.#put(new Piece(content, isLast));
  }

  /** A message that was decoded elsewhere is there, and with it the transport's turn. */
  decoded(): void {
    try {
      this.protocol.receiveDecoded(this.now);
    } catch (error) {
      this.#abandon(error);
    }
    if (!this.protocol.canSend || !this.#isInputOverfull()) this.#readOn();
    this.#tellHeldEnd();
    this.#wheel.hasten(this);
  }

  ping(): void {}

  pong(_payload: Uint8Array, latency: number | undefined): void {
    if (latency === undefined) return;
    this.latency = latency;
    this.#owner.answered?.(latency);
  }

  closing(): void {
    this.#wheel.schedule(this);
    this.#owner.closing?.();
    // The peer's Close frame must be heard, whatever stands before it
    this.#readOn();
  }

  end(isHandshakeDone: boolean): void {
    this.transport.finish(isHandshakeDone);
  }

  abort(): void {
    this.transport.abort();
  }

  closed(info: CloseInfo): void {
    this.#wheel.remove(this);
    this.#closeInfo = info;
    this.#inbox?.finish(this.closedError);
    this.#outbox?.closed();
    for (const resolve of this.#closedWaiters ?? []) resolve();
    this.#closedWaiters = undefined;
    this.#owner.closed(info);
  }

  // What the timing wheel tells

  get deadline(): number {
    return this.protocol.deadline;
  }

  handleTimeout(now: number): void {
    if (this.transport.isPaused) this.protocol.receivingPaused(now);
    this.protocol.handleTimeout(now);
    this.transport.flush();
  }

  // Consuming

  #makeInbox(): Inbox {
    const inbox = new Inbox(this.settings);
    if (this.#closeInfo !== undefined) inbox.finish(this.closedError);
    return inbox;
  }

  #put(delivery: Message | Piece): void {
    // Once we are closing, what nobody has room for is dropped: the peer's Close frame stands behind it. And so is all that
    // comes later: nobody must take what is left for the whole.
    this.#isDropping ||= !this.protocol.canSend && this.#isInputOverfull();
    if (this.#isDropping) return;
    this.inbox.put(delivery);
    // What was read may decompress to a thousand times its size: no further frame before there is room
    if (this.protocol.canSend && this.#isInputOverfull()) this.protocol.suspend();
  }

  #isHeldBack(): boolean {
    return this.#holds > 0 || (this.#outbox?.isBehind ?? false) || this.isOutputFull();
  }

  #consume(message: Message): void {
    const settled = this.#owner.consume?.(message);
    if (settled !== undefined) this.holdBack(settled);
  }

  #consumeQueued(): void {
    const inbox = this.#inbox;
    if (inbox === undefined || !this.isConsumed) return;
    while (!inbox.isEmpty && !this.#isHeldBack()) this.#consume(inbox.poll() as Message);
    this.regulate();
  }

  // Reading

  #stopReading(): void {
    if (this.protocol.canSend) this.transport.pause();
  }

  #readOnIfRoom(): void {
    if (this.#hasInputRoom()) this.#readOn();
  }

  #readOn(): void {
    if (this.protocol.isDecoding) return;
    const unread = this.#unread;
    if (unread !== undefined) {
      this.#unread = undefined;
      this.received(unread);
    }
    const mayRead = !this.protocol.isDecoding && (!this.protocol.canSend || !this.#isInputOverfull());
    if (this.#unread === undefined && this.transport.isPaused && mayRead) this.transport.resume();
  }

  #isInputOverfull(): boolean {
    const { heldBytes } = this.protocol;
    if (this.#inbox === undefined && heldBytes === 0) return false;
    return !this.#isReadyToConsume() && this.inbox.isOverfull(heldBytes);
  }

  #hasInputRoom(): boolean {
    return this.#isReadyToConsume() || this.inbox.hasRoom(this.protocol.heldBytes);
  }

  /** Whether a hook waits for the next message, which is then read to its end. */
  #isReadyToConsume(): boolean {
    return this.isConsumed && !this.#isHeldBack();
  }
}
