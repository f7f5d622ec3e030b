/**
 * What arrives, from bytes to messages and control frames: joins the parser and the assembler, and gathers control frames.
 *
 * Does not know what a control frame asks for, nor states, nor how a connection fails.
 */

import { ControlFrame } from "./control-frame.ts";
import type { ProtocolFault } from "./errors.ts";
import { claimedRsv, type Extension, type ExtensionFault } from "./extension.ts";
import { FrameParser, type FrameSink } from "./frame-parser.ts";
import { type Decoding, MessageAssembler, type MessageSink, type Pending } from "./message-assembler.ts";
import { isControl, type Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";

/** Who is told of all but messages. */
export interface ReceptionOwner {
  /** A control frame. `payload` is valid during the call. */
  controlReceived(opcode: Opcode, payload: Uint8Array): void;
  /** What arrived broke a rule. */
  receptionFailed(fault: ProtocolFault): void;
}

/** What became of a message that is decoded elsewhere, once it is known. */
interface PendingMessage {
  result?: Uint8Array | ExtensionFault;
  /** Why there is none. */
  failure?: unknown;
}

export class Reception implements FrameSink {
  readonly #owner: ReceptionOwner;
  readonly #sink: MessageSink;
  readonly #settings: ProtocolSettings;
  readonly #extensions: readonly Extension[];
  readonly #parser: FrameParser;
  /** Made when needed. */
  #assembler: MessageAssembler | undefined;
  /** The control frame that is being received. */
  #controlFrame: ControlFrame | undefined;
  /** The message that is being decoded elsewhere: nothing is received meanwhile. */
  #pendingMessage: PendingMessage | undefined;

  constructor(owner: ReceptionOwner, sink: MessageSink, settings: ProtocolSettings, extensions: readonly Extension[]) {
    this.#owner = owner;
    this.#sink = sink;
    this.#settings = settings;
    this.#extensions = extensions;
    this.#parser = new FrameParser(this, settings.role === "server", claimedRsv(extensions));
  }

  /** Whether what comes still counts. */
  get isReceiving(): boolean {
    return this.#parser.isReceiving;
  }

  /** Bytes held of an incomplete message. */
  get heldBytes(): number {
    return this.#assembler?.heldBytes ?? 0;
  }

  get isDecoding(): boolean {
    return this.#pendingMessage !== undefined;
  }

  /** Takes the next bytes, those before `end`, and returns how many were taken: see {@link FrameParser.receive}. */
  receive(bytes: Uint8Array, end: number): number {
    if (this.#pendingMessage !== undefined) return 0;
    const taken = this.#parser.receive(bytes, end);
    const { traffic } = this.#settings;
    if (traffic !== undefined) traffic.received.frameBytes += taken;
    return taken;
  }

  /** Takes in the message that was decoded elsewhere, after the sink was told that it is there. Throws why there is none. */
  receiveDecoded(): void {
    const { result, failure } = this.#pendingMessage ?? {};
    this.#pendingMessage = undefined;
    if (result !== undefined) this.#judge(this.#assembling().decoded(result));
    else if (failure !== undefined) throw failure;
  }

  /** Takes no further frame in the call of {@link receive} that is under way. */
  suspend(): void {
    this.#parser.suspend();
  }

  /** Ignores whatever comes from now on, and drops what is not whole. */
  stop(): void {
    this.#parser.stop();
    this.#assembler = undefined;
    this.#controlFrame = undefined;
    this.#pendingMessage = undefined;
  }

  /** To the end of the message in progress, or of the next one, its pieces are handed out as they arrive. */
  stream(): void {
    this.#judge(this.#assembling().stream());
  }

  // The parser's calls

  frameHeader(opcode: Opcode, isFinal: boolean, rsv: number, length: number): void {
    if (isControl(opcode)) this.#controlFrame = new ControlFrame(opcode);
    else this.#judge(this.#assembling().frameHeader(opcode, isFinal, rsv, length));
  }

  framePayload(bytes: Uint8Array, start: number, end: number, isLastPiece: boolean, isAscii: boolean): void {
    if (this.#controlFrame !== undefined) {
      this.#addToControlFrame(this.#controlFrame, bytes.subarray(start, end), isLastPiece);
      return;
    }
    this.#judge(this.#assembling().framePayload(bytes, start, end, isLastPiece, isAscii));
  }

  frameFault(fault: ProtocolFault): void {
    this.#owner.receptionFailed(fault);
  }

  #addToControlFrame(frame: ControlFrame, piece: Uint8Array, isLastPiece: boolean): void {
    const payload = frame.add(piece, isLastPiece);
    if (payload === undefined) return;
    this.#controlFrame = undefined;
    this.#owner.controlReceived(frame.opcode, payload);
  }

  #judge(pending: Pending | undefined): void {
    if (pending === undefined) return;
    if ("then" in pending) this.#awaitDecoded(pending);
    else this.#owner.receptionFailed(pending);
  }

  #awaitDecoded(decoding: Decoding): void {
    const message: PendingMessage = {};
    this.#pendingMessage = message;
    this.#parser.suspend();
    const settled = (outcome: PendingMessage) => {
      // Unless it was given up
      if (this.#pendingMessage !== message) return;
      Object.assign(message, outcome);
      this.#sink.decoded!();
    };
    decoding.then(
      (result) => settled({ result }),
      (failure) => settled({ failure }),
    );
  }

  #assembling(): MessageAssembler {
    this.#assembler ??= new MessageAssembler(this.#sink, this.#settings, this.#extensions);
    return this.#assembler;
  }
}
