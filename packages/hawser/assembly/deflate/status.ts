/** What inflating came to. The caller knows the same numbers: `src/deflate/codec.ts`. */

/** The message is whole. Inside: the block is. */
export const DONE: u32 = 0;
export const NEEDS_INPUT: u32 = 1;
/** The plaintext must be taken before there is more of it. */
export const FULL: u32 = 2;
export const INVALID: u32 = 3;
export const TOO_BIG: u32 = 4;
