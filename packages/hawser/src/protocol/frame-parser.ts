/**
 * Bytes to frames (RFC 6455, section 5.2), a step at a time: any split of the stream gives the same frames.
 *
 * Checks what can be told from a header alone. Holds no payload: pieces are unmasked where they lie and passed on. Knows
 * nothing of messages, limits or closing.
 */

import { mask, rotateKey } from "../bytes/mask.ts";
import { type ProtocolErrorCode, type ProtocolFault, protocolFault } from "./errors.ts";
import { isControl, isKnownOpcode, MAX_CONTROL_PAYLOAD, Opcode } from "./opcode.ts";

/** What the parser hands its frames to. */
export interface FrameSink {
  /** A frame begins. Called before any memory is taken for it. `rsv` has the claimed reserved bits that are set. */
  frameHeader(opcode: Opcode, isFinal: boolean, rsv: number, length: number): void;
  /** A piece of its payload, unmasked; the last one completes the frame, and may be empty. Valid during the call. */
  framePayload(bytes: Uint8Array, start: number, end: number, isLastPiece: boolean): void;
  /** The stream broke a rule. Nothing more will come. */
  frameFault(fault: ProtocolFault): void;
}

/** What the parser waits for. */
const Step = { FIRST_BYTE: 0, SECOND_BYTE: 1, LENGTH: 2, MASKING_KEY: 3, PAYLOAD: 4, STOPPED: 5 } as const;
type Step = (typeof Step)[keyof typeof Step];

export class FrameParser {
  readonly #sink: FrameSink;
  readonly #isMaskExpected: boolean;
  readonly #claimedRsv: number;

  #step: Step = Step.FIRST_BYTE;
  #bytes: Uint8Array = NO_BYTES;
  #at = 0;
  #isSuspended = false;

  #opcode: Opcode = Opcode.CONTINUATION;
  #isFinal = true;
  #rsv = 0;
  /** A field of the header being gathered, and how many of its bytes are missing. */
  #field = 0;
  #missing = 0;
  #key = 0;
  /** The payload's bytes that are still to come. */
  #remaining = 0;

  /** `claimedRsv`: the reserved bits that negotiated extensions claim. */
  constructor(sink: FrameSink, isMaskExpected: boolean, claimedRsv: number) {
    this.#sink = sink;
    this.#isMaskExpected = isMaskExpected;
    this.#claimedRsv = claimedRsv;
  }

  /**
   * Takes the next bytes of the stream. They are unmasked in place. Returns how many were taken: all, unless
   * {@link suspend} was called meanwhile.
   */
  receive(bytes: Uint8Array): number {
    this.#bytes = bytes;
    this.#at = 0;
    this.#isSuspended = false;
    while (this.#advance() && !this.#isSuspended);
    this.#bytes = NO_BYTES;
    return this.#step === Step.STOPPED ? bytes.length : this.#at;
  }

  /** Takes no further step in the call of {@link receive} that is under way. */
  suspend(): void {
    this.#isSuspended = true;
  }

  /** Whether what comes still counts. */
  get isReceiving(): boolean {
    return this.#step !== Step.STOPPED;
  }

  /** Ignores whatever comes from now on. */
  stop(): void {
    this.#step = Step.STOPPED;
  }

  /** Carries out one step; whether another may follow. */
  #advance(): boolean {
    switch (this.#step) {
      case Step.FIRST_BYTE:
        return this.#readFirstByte();
      case Step.SECOND_BYTE:
        return this.#readSecondByte();
      case Step.LENGTH:
        return this.#readLength();
      case Step.MASKING_KEY:
        return this.#readMaskingKey();
      case Step.PAYLOAD:
        return this.#readPayload();
      default:
        return false;
    }
  }

  #readFirstByte(): boolean {
    if (this.#at === this.#bytes.length) return false;
    const byte = this.#bytes[this.#at++]!;
    const opcode = byte & 0x0f;
    this.#isFinal = byte >= 0x80;
    this.#rsv = byte & 0x70;
    if (!isKnownOpcode(opcode)) return this.#fail("OPCODE_UNKNOWN", `0x${opcode.toString(16)}`);
    if (this.#rsv !== 0 && !this.#isRsvAllowed(opcode)) return this.#fail("RSV_UNEXPECTED", reservedBits(this.#rsv));
    // RFC 6455 5.5: "All control frames ... MUST NOT be fragmented."
    if (isControl(opcode) && !this.#isFinal) return this.#fail("CONTROL_FRAGMENTED");
    this.#opcode = opcode;
    this.#step = Step.SECOND_BYTE;
    return true;
  }

  /** RFC 6455 5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values." */
  #isRsvAllowed(opcode: Opcode): boolean {
    return (this.#rsv & ~this.#claimedRsv) === 0 && (opcode === Opcode.TEXT || opcode === Opcode.BINARY);
  }

  #readSecondByte(): boolean {
    if (this.#at === this.#bytes.length) return false;
    const byte = this.#bytes[this.#at++]!;
    const isMasked = byte >= 0x80;
    const length = byte & 0x7f;
    // RFC 6455 5.1: "The server MUST close the connection upon receiving a frame that is not masked", and the reverse.
    if (isMasked !== this.#isMaskExpected) return this.#fail(isMasked ? "MASK_UNEXPECTED" : "MASK_MISSING");
    if (length <= MAX_CONTROL_PAYLOAD) return this.#startFrame(length);
    if (isControl(this.#opcode)) return this.#fail("CONTROL_TOO_LONG");
    this.#await(Step.LENGTH, length === 126 ? 2 : 8);
    this.#remaining = length;
    return true;
  }

  #readLength(): boolean {
    const isLong = this.#remaining === 127;
    // RFC 6455 5.2: "the most significant bit MUST be 0"
    if (this.#missing === 8 && this.#bytes[this.#at]! >= 0x80) return this.#fail("LENGTH_TOO_LARGE");
    if (!this.#gatherField()) return false;
    // A double is not exact beyond 2^53, but no limit lies there.
    const length = this.#field;
    // RFC 6455 5.2: "the minimal number of bytes MUST be used to encode the length"
    if (length < (isLong ? 65_536 : 126))
      return this.#fail("LENGTH_NOT_MINIMAL", `${length} in ${isLong ? 8 : 2} bytes`);
    return this.#startFrame(length);
  }

  #startFrame(length: number): boolean {
    this.#remaining = length;
    if (this.#isMaskExpected) this.#await(Step.MASKING_KEY, 4);
    else this.#step = Step.PAYLOAD;
    this.#sink.frameHeader(this.#opcode, this.#isFinal, this.#rsv, length);
    return true;
  }

  #readMaskingKey(): boolean {
    if (!this.#gatherField()) return false;
    this.#key = this.#field | 0;
    this.#step = Step.PAYLOAD;
    return true;
  }

  #readPayload(): boolean {
    const start = this.#at;
    const available = this.#bytes.length - start;
    if (available === 0 && this.#remaining > 0) return false;
    const length = Math.min(available, this.#remaining);
    const end = start + length;
    if (this.#isMaskExpected) {
      mask(this.#bytes, start, end, this.#key);
      this.#key = rotateKey(this.#key, length);
    }
    this.#at = end;
    this.#remaining -= length;
    const isLastPiece = this.#remaining === 0;
    // Before the call, which may stop the parser
    if (isLastPiece) this.#step = Step.FIRST_BYTE;
    this.#sink.framePayload(this.#bytes, start, end, isLastPiece);
    return true;
  }

  /** Begins a field of `length` bytes, most significant first. */
  #await(step: Step, length: number): void {
    this.#step = step;
    this.#field = 0;
    this.#missing = length;
  }

  #gatherField(): boolean {
    while (this.#missing > 0) {
      if (this.#at === this.#bytes.length) return false;
      this.#field = this.#field * 256 + this.#bytes[this.#at++]!;
      this.#missing--;
    }
    return true;
  }

  #fail(code: ProtocolErrorCode, detail?: string): false {
    this.stop();
    this.#sink.frameFault(protocolFault(code, detail));
    return false;
  }
}

function reservedBits(rsv: number): string {
  return ["RSV1", "RSV2", "RSV3"].filter((_name, index) => (rsv & (0x40 >> index)) !== 0).join(", ");
}

const NO_BYTES: Uint8Array = new Uint8Array(0);
