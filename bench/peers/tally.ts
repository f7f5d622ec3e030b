/** What has reached the application of the process under test: what it is asked for, so that nothing unread counts. */
export interface Tally {
  messages: number;
  bytes: number;
}

/** Adds a message of so many bytes. */
export function count(tally: Tally, length: number): void {
  tally.messages++;
  tally.bytes += length;
}
