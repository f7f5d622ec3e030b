/** Copies that are plain `Uint8Array`s, whatever the source: `slice` of a Node buffer would share its memory. */

/** Below this length, in bytes, a loop is quicker than a view and a block copy (bench: copy n bytes). */
const BLOCK_PAYS_OFF = 32;

/** Copies all of `source` into `target` from `at` on. */
export function copyInto(target: Uint8Array, at: number, source: Uint8Array): void {
  const { length } = source;
  if (length >= BLOCK_PAYS_OFF) target.set(source, at);
  else for (let index = 0; index < length; index++) target[at + index] = source[index]!;
}

/** `bytes` from `start` to `end`, by default all of them, in memory of their own. */
export function copyBytes(bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array<ArrayBuffer> {
  const length = end - start;
  const copy = new Uint8Array(length);
  if (length >= BLOCK_PAYS_OFF) copy.set(bytes.subarray(start, end));
  else for (let index = 0; index < length; index++) copy[index] = bytes[start + index]!;
  return copy;
}

/** `a` and then `b`, in memory of their own. */
export function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** Pieces one after another, `size` bytes together, in memory of their own. */
export function joinAll(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
