/**
 * Status codes of Close frames (RFC 6455, section 7.4, and the IANA "WebSocket Close Code Number Registry").
 */
export const CloseCode = {
  NORMAL_CLOSURE: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  /** Never on the wire: the Close frame had no status code. */
  NO_STATUS_RCVD: 1005,
  /** Never on the wire: the connection ended without a Close frame. */
  ABNORMAL_CLOSURE: 1006,
  INVALID_DATA: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  MANDATORY_EXTENSION: 1010,
  INTERNAL_ERROR: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  BAD_GATEWAY: 1014,
  /** Never on the wire: the TLS handshake failed. */
  TLS_HANDSHAKE: 1015,
} as const;

export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** A Close frame's status code and reason. */
export interface CloseStatus {
  /** 1005 if the frame carried none. */
  readonly code: number;
  /** At most 123 bytes of UTF-8. */
  readonly reason: string;
}

/** The longest reason: a control frame's 125 bytes less the status code's two (RFC 6455, section 5.5). */
export const MAX_REASON_LENGTH = 123;

/**
 * Whether a Close frame may carry the code (RFC 6455, section 7.4): one that the registry allows on the wire, or one of
 * the ranges for libraries and applications, 3000 to 4999.
 */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return Number.isInteger(code);
  switch (code) {
    case CloseCode.NORMAL_CLOSURE:
    case CloseCode.GOING_AWAY:
    case CloseCode.PROTOCOL_ERROR:
    case CloseCode.UNSUPPORTED_DATA:
    case CloseCode.INVALID_DATA:
    case CloseCode.POLICY_VIOLATION:
    case CloseCode.MESSAGE_TOO_BIG:
    case CloseCode.MANDATORY_EXTENSION:
    case CloseCode.INTERNAL_ERROR:
    case CloseCode.SERVICE_RESTART:
    case CloseCode.TRY_AGAIN_LATER:
    case CloseCode.BAD_GATEWAY:
      return true;
    default:
      return false;
  }
}
