/**
 * Where things lie in the engine's memory that both directions use: compressed bytes, and the scratch area
 *
 *     [ what the window holds, at its end | the message, or a portion of it | room to write beyond ]
 *
 * A connection's window is copied in before it is needed. Nothing here outlasts a message, but bytes of other messages lie
 * around it: whoever reads from the scratch area judges the distance first.
 */

/** The largest window (RFC 1951, section 2): 15 bits. */
export const WINDOW_AREA: u32 = 32_768;

/** Bytes of a message that are worked on at a time; a longer one goes through in portions. */
export const PORTION: u32 = 32_768;

/** A match is written, and memory compared, in steps of 16 bytes: so far beyond the end. */
const SLACK: u32 = 512;

/**
 * The search for matches looks at four bytes before it judges their distance, which is below 64 KiB. They must exist, and
 * it takes nothing from them.
 */
const LEAD: u32 = 32_768;

export const SCRATCH: usize = memory.data(98_816, 16) + LEAD;
export const MESSAGE: usize = SCRATCH + WINDOW_AREA;
export const MESSAGE_END: usize = MESSAGE + PORTION;

/** Compressed bytes: what is read by one direction and written by the other. Stored bytes and a block's frame must fit. */
export const COMPRESSED: usize = memory.data(33_792, 16);
export const COMPRESSED_SIZE: u32 = PORTION + SLACK;
