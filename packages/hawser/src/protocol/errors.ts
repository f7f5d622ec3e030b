/**
 * Every rule of the protocol that a peer can break, once, with the close code that answers it.
 *
 * What a peer did is a value ({@link ProtocolFault}) and never an exception; this table is the one place where a fault
 * becomes a close code.
 */

import { CloseCode } from "./close-code.ts";

export const ProtocolErrors = {
  RSV_UNEXPECTED: [CloseCode.PROTOCOL_ERROR, "a reserved bit is set that no extension claims"],
  OPCODE_UNKNOWN: [CloseCode.PROTOCOL_ERROR, "an opcode is reserved"],
  MASK_MISSING: [CloseCode.PROTOCOL_ERROR, "a client frame is not masked"],
  MASK_UNEXPECTED: [CloseCode.PROTOCOL_ERROR, "a server frame is masked"],
  LENGTH_NOT_MINIMAL: [CloseCode.PROTOCOL_ERROR, "a payload length is not encoded in the fewest bytes"],
  LENGTH_TOO_LARGE: [CloseCode.PROTOCOL_ERROR, "a payload length has its most significant bit set"],
  CONTROL_FRAGMENTED: [CloseCode.PROTOCOL_ERROR, "a control frame is fragmented"],
  CONTROL_TOO_LONG: [CloseCode.PROTOCOL_ERROR, "a control frame carries more than 125 bytes"],
  CONTINUATION_UNEXPECTED: [CloseCode.PROTOCOL_ERROR, "a continuation frame continues no message"],
  CONTINUATION_EXPECTED: [CloseCode.PROTOCOL_ERROR, "a message began inside another"],
  CLOSE_PAYLOAD_INVALID: [CloseCode.PROTOCOL_ERROR, "a Close frame carries a single byte"],
  CLOSE_CODE_INVALID: [CloseCode.PROTOCOL_ERROR, "a Close frame carries a status code that must not be sent"],
  EXTENSION_DATA_INVALID: [CloseCode.PROTOCOL_ERROR, "the data of an extension is invalid"],
  UTF8_INVALID: [CloseCode.INVALID_DATA, "a text is not valid UTF-8"],
  MESSAGE_TOO_BIG: [CloseCode.MESSAGE_TOO_BIG, "a message exceeds maxSize"],
  FRAGMENT_TOO_BIG: [CloseCode.MESSAGE_TOO_BIG, "a frame exceeds maxFragmentSize"],
  TOO_MANY_FRAGMENTS: [CloseCode.MESSAGE_TOO_BIG, "a message has more than maxFragments frames"],
  KEEPALIVE_TIMEOUT: [CloseCode.INTERNAL_ERROR, "keepalive ping timeout"],
} as const satisfies Record<string, readonly [CloseCode, string]>;

/** The name of a broken rule. */
export type ProtocolErrorCode = keyof typeof ProtocolErrors;

/** Which rule was broken, and by what. */
export interface ProtocolFault {
  readonly code: ProtocolErrorCode;
  readonly closeCode: CloseCode;
  /** The rule and the value that broke it, in at most 123 bytes, so that it serves as the reason of a Close frame. */
  readonly reason: string;
}

/** `detail` is the current value, such as `"1048577 > 1048576 bytes"`. */
export function protocolFault(code: ProtocolErrorCode, detail?: string): ProtocolFault {
  const [closeCode, rule] = ProtocolErrors[code];
  return { code, closeCode, reason: detail === undefined ? rule : `${rule}: ${detail}` };
}
