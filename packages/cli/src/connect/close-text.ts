/** Close codes in words, as the registry of RFC 6455, section 11.7, calls them. */

import { CloseCode } from "hawser";

const MEANINGS: Readonly<Record<number, string>> = {
  [CloseCode.NORMAL_CLOSURE]: "OK",
  [CloseCode.GOING_AWAY]: "going away",
  [CloseCode.PROTOCOL_ERROR]: "protocol error",
  [CloseCode.UNSUPPORTED_DATA]: "unsupported data",
  [CloseCode.NO_STATUS_RCVD]: "no status received",
  [CloseCode.ABNORMAL_CLOSURE]: "connection lost",
  [CloseCode.INVALID_DATA]: "invalid payload data",
  [CloseCode.POLICY_VIOLATION]: "policy violation",
  [CloseCode.MESSAGE_TOO_BIG]: "message too big",
  [CloseCode.MANDATORY_EXTENSION]: "extension expected",
  [CloseCode.INTERNAL_ERROR]: "internal error",
  [CloseCode.SERVICE_RESTART]: "service restart",
  [CloseCode.TRY_AGAIN_LATER]: "try again later",
  [CloseCode.BAD_GATEWAY]: "bad gateway",
  [CloseCode.TLS_HANDSHAKE]: "TLS handshake failed",
};

/** `1001 (going away)`, with the reason after it if there is one. */
export function closeText(code: number, reason: string): string {
  const meaning = `${code} (${meaningOf(code)})`;
  return reason === "" ? meaning : `${meaning} ${reason}`;
}

function meaningOf(code: number): string {
  return MEANINGS[code] ?? (code >= 4000 ? "private use" : code >= 3000 ? "registered" : "unknown");
}
