/** What every source of messages gives. */

export interface Gathered {
  /** Where they come from, for titles: a path, an address, the name of a kind. */
  readonly source: string;
  /** In the order in which a connection carries them. */
  readonly messages: readonly Uint8Array[];
  /** Whether the source had more messages than were taken. */
  readonly hasMore: boolean;
}
