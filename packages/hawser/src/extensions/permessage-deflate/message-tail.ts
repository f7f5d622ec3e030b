/**
 * The last octets of a message's data, which are not sent (RFC 7692, section 7.2.1): `00 00 ff ff`.
 */

const TAIL: readonly number[] = [0x00, 0x00, 0xff, 0xff];

export function endsWithTail(payload: Uint8Array): boolean {
  return TAIL.every((octet, index) => payload[payload.length - TAIL.length + index] === octet);
}

export function withoutTail(compressed: Uint8Array): Uint8Array {
  return compressed.subarray(0, compressed.length - TAIL.length);
}
