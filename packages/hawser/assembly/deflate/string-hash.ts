/** Which bucket four bytes belong to. */

const MULTIPLIER: u32 = 2_654_435_761;

/** The upper bits of a product: `shift` is 32 less their number. */
export function hashOf(word: u32, shift: u32): usize {
  return <usize>((word * MULTIPLIER) >>> shift);
}
