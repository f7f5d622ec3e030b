/**
 * A control frame while it arrives (RFC 6455, section 5.5): at most 125 bytes, in however many pieces.
 */

import { copyBytes, join } from "../bytes/copy.ts";
import { MAX_CONTROL_PAYLOAD, type Opcode } from "./opcode.ts";

export class ControlFrame {
  readonly opcode: Opcode;
  /** The pieces before the last one. */
  #begun: Uint8Array | undefined;

  constructor(opcode: Opcode) {
    this.opcode = opcode;
  }

  /** Adds a piece. Returns the whole payload, valid as long as the piece is, if it was the last. */
  add(piece: Uint8Array, isLastPiece: boolean): Uint8Array | undefined {
    const payload = this.#begun === undefined ? piece : join(this.#begun, piece);
    if (isLastPiece) return payload;
    this.#begun = copyBytes(payload);
    return undefined;
  }
}

/** @throws {RangeError} if `payload` is too long for a control frame. */
export function checkControlPayload(action: string, payload: Uint8Array): void {
  if (payload.length <= MAX_CONTROL_PAYLOAD) return;
  throw new RangeError(
    `Cannot ${action}: the payload must be at most ${MAX_CONTROL_PAYLOAD} bytes, got ${payload.length}`,
  );
}
