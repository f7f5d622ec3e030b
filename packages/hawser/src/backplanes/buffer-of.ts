/** The same bytes as a `Buffer`, not copied: clients take nothing else for binary. */
export function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
