/**
 * What is published, and where it stands in the history of its topic.
 */

/** Text, or bytes that nobody changes any more. */
export type Payload = string | Uint8Array;

/**
 * A place in the history of a topic. Offsets are the whole numbers from 1 on, without gaps; they begin anew when the history is
 * lost, and then the epoch is another one.
 */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** A message of the application's, or what the library's own nodes tell each other about presence. */
export const PUBLICATION_KINDS = ["message", "join", "leave"] as const;

export type PublicationKind = (typeof PUBLICATION_KINDS)[number];

export interface Publication {
  readonly topic: string;
  readonly kind: PublicationKind;
  /** A message; or a `PresenceRecord` as JSON. */
  readonly data: Payload;
  /** The publisher's name for it: with a key that was seen before, it goes to nobody. */
  readonly key: string | undefined;
  /** Whether an extension may compress the message; `undefined`: the extension decides. */
  readonly compress: boolean | undefined;
}

/** One that stands in the history of its topic. */
export interface StoredPublication extends Publication, Position {}

export function stored(publication: Publication, { epoch, offset }: Position): StoredPublication {
  const { topic, kind, data, key, compress } = publication;
  return { topic, kind, data, key, compress, epoch, offset };
}
