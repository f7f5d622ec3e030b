/**
 * The payload of a Close frame (RFC 6455, section 5.5.1): nothing, or a status code and a reason.
 */

import type { TextCodec } from "../bytes/text-codec.ts";
import { CloseCode, type CloseStatus, isSendableCloseCode, MAX_REASON_LENGTH } from "./close-code.ts";
import { type ProtocolFault, protocolFault } from "./errors.ts";

/** Reads a payload that a peer sent. */
export function parseClose(payload: Uint8Array, text: TextCodec): CloseStatus | ProtocolFault {
  if (payload.length === 0) return { code: CloseCode.NO_STATUS_RCVD, reason: "" };
  if (payload.length === 1) return protocolFault("CLOSE_PAYLOAD_INVALID");
  const code = payload[0]! * 256 + payload[1]!;
  if (!isSendableCloseCode(code)) return protocolFault("CLOSE_CODE_INVALID", String(code));
  const reason = text.decode(payload, 2, payload.length, false);
  return reason === undefined ? protocolFault("UTF8_INVALID", "the reason of a Close frame") : { code, reason };
}

/** The payload for a status; empty for 1005, which says that there is none. */
export function serializeClose({ code, reason }: CloseStatus, text: TextCodec): Uint8Array {
  if (code === CloseCode.NO_STATUS_RCVD) return new Uint8Array(0);
  const encoded = text.encode(reason);
  const payload = new Uint8Array(2 + encoded.length);
  payload[0] = code >>> 8;
  payload[1] = code & 0xff;
  payload.set(encoded, 2);
  return payload;
}

/**
 * Judges the arguments of a `close` call.
 *
 * @throws {RangeError} if `code` must not be sent, or `reason` is longer than 123 bytes of UTF-8.
 * @throws {TypeError} if `reason` is no string: an array's memory must not be sent in its place.
 */
export function checkClose(code: number, reason: string, text: TextCodec): void {
  if (!isSendableCloseCode(code)) {
    throw new RangeError(
      `Cannot close: code must be 1000 to 1003, 1007 to 1014, or 3000 to 4999, the codes that may be sent; got ${code}`,
    );
  }
  if (typeof reason !== "string") {
    throw new TypeError(`Cannot close: reason must be a string, got ${reason === null ? "null" : typeof reason}`);
  }
  const { length } = text.encode(reason);
  if (length > MAX_REASON_LENGTH) {
    throw new RangeError(`Cannot close: reason must be at most ${MAX_REASON_LENGTH} bytes of UTF-8, got ${length}`);
  }
}
