/**
 * The last octets of a message's DEFLATE data, which senders strip (RFC 7692, section 7.2.1): `00 00 ff ff`, an empty stored
 * block less its header.
 */

export const TAIL: readonly number[] = [0x00, 0x00, 0xff, 0xff];

/** Whether data still has its tail. Stripped data never ends in 0xff: its last three bits are a block's header, zeros all. */
export function endsWithTail(payload: Uint8Array): boolean {
  const { length } = payload;
  const endsInOnes = payload[length - 1] === 0xff && payload[length - 2] === 0xff;
  return endsInOnes && payload[length - 3] === 0 && payload[length - 4] === 0;
}

/** A view of a smaller array may have the engine take memory for it outside of its heap, which takes longer than a copy. */
const VIEW_PAYS_OFF = 64;

/** Of data that ends with its tail, as all does that a deflater makes. */
export function withoutTail(compressed: Uint8Array): Uint8Array {
  const length = compressed.length - TAIL.length;
  return length < VIEW_PAYS_OFF ? compressed.slice(0, length) : compressed.subarray(0, length);
}
