/**
 * What counts a server's echoes, and holds them against what was sent. The two ways of doing so are in
 * `exact-reply-reader.ts` and `parsed-reply-reader.ts`.
 */
export interface ReplyReader {
  /**
   * Takes the next bytes of the stream, valid only during the call, and returns how many replies they completed.
   *
   * Throws a {@link WrongEcho} for anything but the expected replies.
   */
  read(chunk: Buffer): number;
}

/** The server did not return what it was sent. */
export class WrongEcho extends Error {
  override readonly name = "WrongEcho";
}
