/**
 * A connection after its opening handshake: RFC 6455, both roles, without I/O.
 *
 * Bytes, the end of the stream and the time go in; messages come out through the sink, frames through the output, and
 * {@link Protocol.deadline} says when the driver must come back. Never throws for what a peer sent: a broken rule becomes a
 * Close frame. The caller's own mistakes throw.
 */

import { copyBytes } from "../bytes/copy.ts";
import type { FrameOutput } from "../bytes/frame-output.ts";
import { CloseCode, type CloseStatus } from "./close-code.ts";
import { checkClose, parseClose, serializeClose } from "./close-frame.ts";
import { type CloseInfo, Closing, type State } from "./closing.ts";
import { checkControlPayload } from "./control-frame.ts";
import { type ProtocolFault, protocolFault } from "./errors.ts";
import { type Extension, releaseExtensions } from "./extension.ts";
import { Keepalive } from "./keepalive.ts";
import { type EncodedMessage, MessageSender } from "./message-sender.ts";
import { type DataOpcode, Opcode } from "./opcode.ts";
import { PendingPings, type PingWaiter } from "./pending-pings.ts";
import type { ProtocolSink } from "./protocol-sink.ts";
import { Reception, type ReceptionOwner } from "./reception.ts";
import type { ProtocolSettings } from "./settings.ts";
import { countShared } from "./traffic.ts";

export class Protocol implements ReceptionOwner {
  readonly #settings: ProtocolSettings;
  readonly #sink: ProtocolSink;
  readonly #output: FrameOutput;
  readonly #extensions: readonly Extension[];
  readonly #reception: Reception;
  readonly #keepalive: Keepalive;
  // Made when needed; without a closing handshake, the connection is open
  #closing: Closing | undefined;
  #sender: MessageSender | undefined;
  #pings: PendingPings | undefined;

  /** The time of the driver's current call. */
  #now: number;
  /** The payload of the latest ping, while its answer waits for room in the output. */
  #owedPong: Uint8Array | undefined;
  /** By when the transport must have ended, once the connection is closing. */
  #closeDeadline: number | undefined;
  #isClosingAnnounced = false;
  /** Whether a Close frame that is asked for now has to wait: see {@link holdClose}. */
  #isCloseHeld = false;
  #hasEnded = false;

  /** The opening handshake is done; `extensions` are those agreed on, in that order. */
  constructor(
    settings: ProtocolSettings,
    sink: ProtocolSink,
    output: FrameOutput,
    extensions: readonly Extension[],
    now: number,
  ) {
    this.#settings = settings;
    this.#sink = sink;
    this.#output = output;
    this.#extensions = extensions;
    this.#now = now;
    this.#reception = new Reception(this, sink, settings, extensions);
    this.#keepalive = new Keepalive(settings.pingInterval, settings.pingTimeout, now);
  }

  get state(): State {
    return this.#closing?.state ?? "open";
  }

  /** Whether messages and pings may be sent. */
  get canSend(): boolean {
    return this.#closing?.canSend ?? true;
  }

  /** Whether the fragments of a message are being sent: no other message may go between them. */
  get isSendingFragments(): boolean {
    return this.#sender?.isSendingFragments ?? false;
  }

  /** How the connection ended, as far as is known now. */
  get closeInfo(): CloseInfo {
    return this.#ending().info;
  }

  /** Bytes held of an incomplete message. */
  get heldBytes(): number {
    return this.#reception.heldBytes;
  }

  /** When {@link handleTimeout} must next be called, in the clock of `now`; `Infinity`: no need. */
  get deadline(): number {
    return this.canSend ? this.#keepalive.deadline : (this.#closeDeadline ?? Number.POSITIVE_INFINITY);
  }

  // Input: what the driver tells

  /**
   * Takes the next bytes from the peer, those before `end`; they are unmasked in place and not kept. Returns how many were
   * taken: all, unless {@link suspend} was called meanwhile, or while {@link isDecoding}; the driver keeps the rest and hands
   * it in first when it goes on.
   */
  receive(bytes: Uint8Array, now: number, end: number = bytes.length): number {
    this.#now = now;
    this.#keepalive.received(now);
    return this.#reception.receive(bytes, end);
  }

  /** Whether a message is decoded elsewhere, of which the sink's `decoded` will tell; nothing is received meanwhile. */
  get isDecoding(): boolean {
    return this.#reception.isDecoding;
  }

  /** The sink was told that a message is decoded. Throws only for what is our own fault: the driver calls {@link abandon}. */
  receiveDecoded(now: number): void {
    this.#now = now;
    this.#keepalive.received(now);
    this.#reception.receiveDecoded();
  }

  /** To be called by the sink: the call of {@link receive} that is under way takes no further frame. */
  suspend(): void {
    this.#reception.suspend();
  }

  /** Nothing of what may still come counts from now on: an unfinished message never will be whole. */
  stopReceiving(): void {
    this.#reception.stop();
  }

  /** The peer ended its side of the transport. Call {@link transportEnded} once ours has ended too. */
  receiveEnd(now: number): void {
    this.#now = now;
    this.stopReceiving();
    if (this.#canSendAccepted()) this.#beginClosing(undefined);
    this.#end();
  }

  /** The transport is gone, with or without error. Calls {@link ProtocolSink.closed}. */
  transportEnded(now: number): void {
    if (this.state === "closed") return;
    this.#now = now;
    this.stopReceiving();
    this.#hasEnded = true;
    // Before the driver hears of it: it may call again
    this.#ending().transportEnded();
    this.#announceClosing();
    this.#closeDeadline = undefined;
    this.#pings?.lose();
    releaseExtensions(this.#extensions);
    this.#sink.closed(this.#ending().info);
  }

  /** The driver does not read now: a peer that cannot be heard must not be given up. */
  receivingPaused(now: number): void {
    this.#keepalive.received(now);
  }

  /** The time of {@link deadline} has come. */
  handleTimeout(now: number): void {
    this.#now = now;
    if (this.#closeDeadline !== undefined && now >= this.#closeDeadline) {
      // Once: a transport may take its time to end, and nothing more can be done about it
      this.#closeDeadline = undefined;
      this.#sink.abort();
    } else if (!this.canSend) return;
    else if (this.#keepalive.isPeerLost(now)) this.fail(protocolFault("KEEPALIVE_TIMEOUT"), now);
    else if (this.#keepalive.isPingDue(now)) this.#pingForKeepalive(now);
  }

  /** The output has room again. */
  outputDrained(): void {
    const payload = this.#owedPong;
    if (payload === undefined || this.#output.isCongested) return;
    this.#owedPong = undefined;
    if (this.#reception.isReceiving) this.#sending().control(Opcode.PONG, payload);
  }

  /** From now on to the end of the message in progress, or of the next one, its pieces are handed out as they arrive. */
  streamMessage(): void {
    this.#reception.stream();
  }

  // Output: what the driver asks for. Where the connection is not open, nothing is sent and the result is false.

  /** Sends a message. `compress` is the caller's wish; `undefined` leaves it to the extensions. */
  sendText(text: string, compress?: boolean): boolean {
    const sender = this.#sendingMessages();
    sender?.text(text, compress);
    return sender !== undefined;
  }

  /** Sends a message of bytes; as text if `opcode` says so, and then they must be UTF-8. */
  sendBytes(payload: Uint8Array, opcode: DataOpcode = Opcode.BINARY, compress?: boolean): boolean {
    const sender = this.#sendingMessages();
    sender?.bytes(payload, opcode, compress);
    return sender !== undefined;
  }

  /** Sends a frame that was built for many connections, of a message of `size` bytes. The caller knows that it fits this one. */
  sendShared(frame: Uint8Array, size: number = frame.length): boolean {
    if (!this.#canSendAccepted()) return false;
    this.#sender?.checkFree();
    this.#output.append(frame);
    if (this.#settings.traffic !== undefined) countShared(this.#settings.traffic.sent, frame, size);
    return true;
  }

  /**
   * Has a large message encoded elsewhere, and is then to be given the result by {@link sendEncoded}; no other message may be
   * sent meanwhile. `undefined`: the message is one for {@link sendBytes}. `payload` must not be changed before it is sent.
   */
  encodeLater(payload: Uint8Array, opcode: DataOpcode, compress?: boolean): Promise<EncodedMessage> | undefined {
    return this.#sendingMessages()?.encodeLater(payload, opcode, compress);
  }

  /** Sends what {@link encodeLater} made of a message. */
  sendEncoded(message: EncodedMessage): boolean {
    this.#sending().endEncoding();
    const sender = this.#sendingMessages();
    sender?.encoded(message);
    return sender !== undefined;
  }

  /** Sends a fragment of a message; the first one decides on its type and encoding. */
  sendFragment(payload: Uint8Array, opcode: DataOpcode, isLast: boolean, compress?: boolean): boolean {
    if (this.canSend) this.#sending().fragment(payload, opcode, isLast, compress);
    return this.canSend;
  }

  /**
   * Sends a ping; `waiter` is told of its pong.
   *
   * @throws {RangeError} if `payload` is longer than 125 bytes.
   */
  ping(payload: Uint8Array, now: number, waiter?: PingWaiter): boolean {
    checkControlPayload("ping", payload);
    if (!this.canSend) return false;
    this.#sendPing(copyBytes(payload), now, waiter);
    return true;
  }

  /**
   * Sends an unsolicited pong.
   *
   * @throws {RangeError} if `payload` is longer than 125 bytes.
   */
  pong(payload: Uint8Array): boolean {
    checkControlPayload("pong", payload);
    if (this.canSend) this.#sending().control(Opcode.PONG, payload);
    return this.canSend;
  }

  /**
   * Starts the closing handshake (RFC 6455, section 7.1.2), or does nothing once it has begun. See {@link holdClose}.
   *
   * @throws {RangeError} if `code` must not be sent, or `reason` is longer than 123 bytes.
   */
  close(code: number, reason: string, now: number): void {
    checkClose(code, reason, this.#settings.text);
    if (!this.canSend) return;
    this.#now = now;
    if (this.#isCloseHeld) this.#ending().closeAsked({ code, reason });
    else this.#sendClose({ code, reason });
    this.#announceClosing();
  }

  /** Messages were accepted that will be sent in a moment: also after {@link close}, and the Close frame goes behind them. */
  holdClose(): void {
    this.#isCloseHeld = true;
  }

  /** They are sent. */
  releaseClose(now: number): void {
    this.#isCloseHeld = false;
    const asked = this.#closing?.asked;
    if (asked === undefined) return;
    this.#now = now;
    this.#sendClose(asked);
  }

  /** Fails the connection (RFC 6455, section 7.1.7): says why, if a Close frame may still be sent, and ends. */
  fail(fault: ProtocolFault, now: number): void {
    this.#failWith({ code: fault.closeCode, reason: fault.reason }, fault, now);
  }

  /** Fails the connection with 1011 for something that went wrong on our side: the peer has broken no rule. */
  abandon(reason: string, now: number): void {
    this.#failWith({ code: CloseCode.INTERNAL_ERROR, reason }, undefined, now);
  }

  // What the reception tells

  controlReceived(opcode: Opcode, payload: Uint8Array): void {
    if (opcode === Opcode.CLOSE) this.#receiveClose(payload);
    else if (opcode === Opcode.PING) this.#receivePing(payload);
    else this.#sink.pong(payload, this.#pings?.answer(payload, this.#now));
  }

  receptionFailed(fault: ProtocolFault): void {
    this.fail(fault, this.#now);
  }

  // Control frames

  #receivePing(payload: Uint8Array): void {
    // RFC 6455 5.5.2: "an endpoint MUST send a Pong frame in response, unless it already received a Close frame"; 5.5.3
    // lets it answer "only the most recently processed Ping", which bounds what a flood of them can cost.
    this.#owedPong = this.#output.isCongested ? copyBytes(payload) : undefined;
    if (this.#owedPong === undefined) this.#sending().control(Opcode.PONG, payload);
    this.#sink.ping(payload);
  }

  #receiveClose(payload: Uint8Array): void {
    const status = parseClose(payload, this.#settings.text);
    if ("closeCode" in status) {
      this.fail(status, this.#now);
      return;
    }
    this.stopReceiving();
    this.#ending().closeReceived(status);
    // RFC 6455 5.5.1: "When sending a Close frame in response, the endpoint typically echos the status code it received."
    if (this.#ending().canSendClose) this.#sendClose(status);
    this.#announceClosing();
    // RFC 6455 7.1.1: "in most normal cases, the TCP connection SHOULD be closed first by the server"
    if (this.#settings.role === "server") this.#end();
  }

  #pingForKeepalive(now: number): void {
    const payload = this.#settings.text.encode(Math.floor(now).toString(36));
    this.#keepalive.pingSent(now);
    this.#sendPing(payload, now, undefined);
  }

  /** `payload` is kept until it is answered. */
  #sendPing(payload: Uint8Array, now: number, waiter: PingWaiter | undefined): void {
    this.#pings ??= new PendingPings();
    this.#pings.add(payload, now, waiter);
    this.#sending().control(Opcode.PING, payload);
  }

  // Closing

  #sendClose(status: CloseStatus): void {
    this.#sending().control(Opcode.CLOSE, serializeClose(status, this.#settings.text));
    this.#ending().closeSent(status);
  }

  #failWith(status: CloseStatus, fault: ProtocolFault | undefined, now: number): void {
    if (this.#ending().hasFailed || this.state === "closed") return;
    this.#now = now;
    this.stopReceiving();
    if (this.#ending().canSendClose) this.#sendClose(status);
    this.#beginClosing(fault);
    this.#end();
  }

  /** Fails the connection, without a fault if the peer has broken no rule. */
  #beginClosing(fault: ProtocolFault | undefined): void {
    this.#ending().failed(fault);
    this.#announceClosing();
  }

  /** The first time that the connection is no longer open, tells the driver and sets the time for it to end. */
  #announceClosing(): void {
    if (this.#isClosingAnnounced) return;
    this.#isClosingAnnounced = true;
    this.#closeDeadline = this.#now + this.#settings.closeTimeout;
    this.#sink.closing();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#sink.end(this.#ending().isHandshakeDone);
  }

  // Methods and not getters: V8 does not optimise private getters

  #ending(): Closing {
    this.#closing ??= new Closing("open");
    return this.#closing;
  }

  #sending(): MessageSender {
    this.#sender ??= new MessageSender(this.#settings, this.#output, this.#extensions);
    return this.#sender;
  }

  #canSendAccepted(): boolean {
    return this.#closing?.canSendAccepted ?? true;
  }

  /** `undefined` if no message may be sent any more. */
  #sendingMessages(): MessageSender | undefined {
    if (!this.#canSendAccepted()) return undefined;
    const sender = this.#sending();
    sender.checkFree();
    return sender;
  }
}
