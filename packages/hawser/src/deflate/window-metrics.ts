/**
 * What a space of windows counts.
 */

/** What windows hold, in bytes and windows; and what has happened since the beginning. */
export interface WindowMetrics {
  /** Windows that hold plaintext, one for each direction of a connection that was used. */
  readonly windows: number;
  /** Those of them that are compressed, because nobody used them for a while. */
  readonly coldWindows: number;
  /** Bytes that all windows hold, {@link sharedBytes} among them. The memory comes in larger steps: it may be an eighth more, and some 100 KiB. */
  readonly heldBytes: number;
  /** Bytes that the cold ones of them hold. */
  readonly coldBytes: number;
  /** Bytes that connections hold in common: what the audiences of broadcasts were sent. */
  readonly sharedBytes: number;
  /** The limit for `heldBytes`; `Infinity`: none. */
  readonly memoryBudget: number;
  /** How often a window was compressed. */
  readonly frozen: number;
  /** How often one was needed again. */
  readonly thawed: number;
  /** How often a sending window was given up for want of memory. */
  readonly shrunk: number;
  /** How many offers of compression a server declined for want of memory. */
  readonly declined: number;
}
