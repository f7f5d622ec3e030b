/**
 * Bytes to frames (RFC 6455, section 5.2): any split of the stream gives the same frames.
 *
 * Checks what can be told from a header alone. Holds no payload: pieces are unmasked where they lie and passed on. Knows
 * nothing of messages, limits or closing.
 */

import { copyBytes, join } from "../bytes/copy.ts";
import { mask, rotateKey } from "../bytes/mask.ts";
import { type ProtocolErrorCode, type ProtocolFault, protocolFault } from "./errors.ts";
import { isControl, isKnownOpcode, MAX_CONTROL_PAYLOAD, Opcode } from "./opcode.ts";

/** What the parser hands its frames to. */
export interface FrameSink {
  /** A frame begins. Called before any memory is taken for it. `rsv` has the claimed reserved bits that are set. */
  frameHeader(opcode: Opcode, isFinal: boolean, rsv: number, length: number): void;
  /**
   * A piece of its payload, unmasked; the last one completes the frame, and may be empty. Valid during the call. `isAscii`:
   * the piece is known to be ASCII; otherwise it may be all the same.
   */
  framePayload(bytes: Uint8Array, start: number, end: number, isLastPiece: boolean, isAscii: boolean): void;
  /** The stream broke a rule. Nothing more will come. */
  frameFault(fault: ProtocolFault): void;
}

/** What the parser waits for. */
const Step = { HEADER: 0, MASKING_KEY: 1, PAYLOAD: 2, STOPPED: 3 } as const;
type Step = (typeof Step)[keyof typeof Step];

export class FrameParser {
  readonly #sink: FrameSink;
  readonly #isMaskExpected: boolean;
  readonly #claimedRsv: number;

  #step: Step = Step.HEADER;
  #isSuspended = false;
  /** A header without its end. */
  #cutHeader: Uint8Array | undefined;
  #key = 0;
  /** Bytes of the masking key that are still to come. */
  #missingKey = 0;
  /** Bytes of the payload that are still to come. */
  #remaining = 0;

  /** `claimedRsv`: the reserved bits that negotiated extensions claim. */
  constructor(sink: FrameSink, isMaskExpected: boolean, claimedRsv: number) {
    this.#sink = sink;
    this.#isMaskExpected = isMaskExpected;
    this.#claimedRsv = claimedRsv;
  }

  /**
   * Takes the next bytes of the stream, those before `end`. They are unmasked in place. Returns how many were taken: all,
   * unless {@link suspend} was called meanwhile.
   */
  receive(bytes: Uint8Array, end: number): number {
    let at = 0;
    this.#isSuspended = false;
    while (at < end && !this.#isSuspended) {
      if (this.#step === Step.HEADER) at = this.#takeHeader(bytes, at, end);
      if (this.#step === Step.MASKING_KEY) at = this.#takeMaskingKey(bytes, at, end);
      if (this.#step === Step.PAYLOAD) at = this.#takePayload(bytes, at, end);
      if (this.#step === Step.STOPPED) return end;
    }
    return at;
  }

  /** Takes no further frame in the call of {@link receive} that is under way. */
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

  // Each takes what it can and returns where that ends

  #takeHeader(bytes: Uint8Array, at: number, end: number): number {
    if (this.#cutHeader !== undefined) return this.#mendHeader(this.#cutHeader, bytes, at);
    const next = this.#readHeader(bytes, at, end);
    if (next > at) return next;
    this.#cutHeader = copyBytes(bytes, at, end);
    return end;
  }

  /** One byte more of a header that was cut off: this is rare, and at most ten bytes. */
  #mendHeader(cut: Uint8Array, bytes: Uint8Array, at: number): number {
    const longer = join(cut, bytes.subarray(at, at + 1));
    const isComplete = this.#readHeader(longer, 0, longer.length) > 0;
    this.#cutHeader = isComplete ? undefined : longer;
    return at + 1;
  }

  #takeMaskingKey(bytes: Uint8Array, at: number, end: number): number {
    let next = at;
    while (this.#missingKey > 0 && next < end) {
      this.#key = (this.#key << 8) | bytes[next++]!;
      this.#missingKey--;
    }
    if (this.#missingKey === 0) this.#step = Step.PAYLOAD;
    return next;
  }

  #takePayload(bytes: Uint8Array, at: number, end: number): number {
    const remaining = this.#remaining;
    if (at === end && remaining > 0) return at;
    const length = Math.min(end - at, remaining);
    const pieceEnd = at + length;
    const isLastPiece = length === remaining;
    const isAscii = this.#isMaskExpected && mask(bytes, at, pieceEnd, this.#key);
    if (!isLastPiece) this.#key = rotateKey(this.#key, length);
    this.#remaining = remaining - length;
    // Before the call, which may stop the parser
    if (isLastPiece) this.#step = Step.HEADER;
    this.#sink.framePayload(bytes, at, pieceEnd, isLastPiece, isAscii);
    return pieceEnd;
  }

  // The header, judged as far as it is there

  /** Returns where the header ends, or `at` if it goes on behind `end`. A wrong one stops the parser. */
  #readHeader(bytes: Uint8Array, at: number, end: number): number {
    const first = bytes[at]!;
    const opcode = first & 0x0f;
    if (!this.#isFirstByteValid(first, opcode)) return end;
    if (end - at < 2) return at;
    const second = bytes[at + 1]!;
    // RFC 6455 5.1: "The server MUST close the connection upon receiving a frame that is not masked", and the reverse.
    if (second >= 0x80 !== this.#isMaskExpected) {
      return this.#fail(end, this.#isMaskExpected ? "MASK_MISSING" : "MASK_UNEXPECTED");
    }
    const length = second & 0x7f;
    if (length <= MAX_CONTROL_PAYLOAD) return this.#startFrame(first, length, at + 2);
    if (isControl(opcode as Opcode)) return this.#fail(end, "CONTROL_TOO_LONG");
    return this.#readLongLength(bytes, at, end, length === 126 ? 2 : 8);
  }

  #isFirstByteValid(first: number, opcode: number): boolean {
    const rsv = first & 0x70;
    if (!isKnownOpcode(opcode)) this.#fail(0, "OPCODE_UNKNOWN", `0x${opcode.toString(16)}`);
    else if (rsv !== 0 && !this.#isRsvAllowed(rsv, opcode)) this.#fail(0, "RSV_UNEXPECTED", reservedBits(rsv));
    // RFC 6455 5.5: "All control frames ... MUST NOT be fragmented."
    else if (isControl(opcode) && first < 0x80) this.#fail(0, "CONTROL_FRAGMENTED");
    return this.isReceiving;
  }

  /** RFC 6455 5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values." */
  #isRsvAllowed(rsv: number, opcode: Opcode): boolean {
    return (rsv & ~this.#claimedRsv) === 0 && (opcode === Opcode.TEXT || opcode === Opcode.BINARY);
  }

  #readLongLength(bytes: Uint8Array, at: number, end: number, size: 2 | 8): number {
    const start = at + 2;
    // RFC 6455 5.2: "the most significant bit MUST be 0"
    if (size === 8 && start < end && bytes[start]! >= 0x80) return this.#fail(end, "LENGTH_TOO_LARGE");
    if (end - start < size) return at;
    // A double is not exact beyond 2^53, but no limit lies there.
    let length = 0;
    for (let index = start; index < start + size; index++) length = length * 256 + bytes[index]!;
    // RFC 6455 5.2: "the minimal number of bytes MUST be used to encode the length"
    if (length < (size === 8 ? 65_536 : 126)) {
      return this.#fail(end, "LENGTH_NOT_MINIMAL", `${length} in ${size} bytes`);
    }
    return this.#startFrame(bytes[at]!, length, start + size);
  }

  #startFrame(first: number, length: number, headerEnd: number): number {
    this.#remaining = length;
    this.#missingKey = 4;
    this.#step = this.#isMaskExpected ? Step.MASKING_KEY : Step.PAYLOAD;
    // Which may stop the parser
    this.#sink.frameHeader((first & 0x0f) as Opcode, first >= 0x80, first & 0x70, length);
    return headerEnd;
  }

  /** Returns `taken`. */
  #fail(taken: number, code: ProtocolErrorCode, detail?: string): number {
    this.stop();
    this.#sink.frameFault(protocolFault(code, detail));
    return taken;
  }
}

function reservedBits(rsv: number): string {
  return ["RSV1", "RSV2", "RSV3"].filter((_name, index) => (rsv & (0x40 >> index)) !== 0).join(", ");
}
