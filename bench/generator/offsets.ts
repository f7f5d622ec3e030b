/** Where each part begins when they are laid one after another, and, as the last element, where the last one ends. */
export function offsetsOf(parts: readonly Uint8Array[]): number[] {
  const offsets = [0];
  for (const { length } of parts) offsets.push(offsets.at(-1)! + length);
  return offsets;
}
