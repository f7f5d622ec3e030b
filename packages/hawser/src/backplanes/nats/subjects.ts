/**
 * What the subjects and streams of NATS are called. Other programs go by these names: they are part of the documented wire form.
 */

import { createHash } from "node:crypto";

export class NatsSubjects {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Where a topic is heard, and where any program may publish to it. */
  topic(topic: string): string {
    return `${this.#prefix}.topic.${tokenOf(topic)}`;
  }

  /** Where the publications of a topic with history go into the stream, which passes them on to {@link topic}. */
  history(topic: string): string {
    return `${this.#prefix}.history.${tokenOf(topic)}`;
  }

  get historyStream(): string {
    return `${this.#prefix}_history`;
  }

  get histories(): string {
    return `${this.#prefix}.history.>`;
  }

  get topics(): string {
    return `${this.#prefix}.topic.>`;
  }

  /** A member of a topic; `ttl` may be `*`, `id` may be left out for all of them. */
  member(ttl: number | "*", topic: string, id?: string): string {
    return `${this.#prefix}.presence.${ttl}.${tokenOf(topic)}.${id === undefined ? "*" : tokenOf(id)}`;
  }

  /** All members that are kept for so long. */
  members(ttl: number): string {
    return `${this.#prefix}.presence.${ttl}.>`;
  }

  presenceStream(ttl: number): string {
    return `${this.#prefix}_presence_${ttl}`;
  }

  /** What NATS knows a publication by, as long as it remembers. Headers take no text of others as it is. */
  messageId(topic: string, key: string): string {
    return createHash("sha256").update(`${topic}\n${key}`).digest("base64url");
  }
}

/** One token of a subject: percent-encoded UTF-8, but for letters, digits, `-` and `_`. */
export function tokenOf(text: string): string {
  return encodeURIComponent(text).replace(/[.!~*'()]/g, (character) => `%${hexOf(character)}`);
}

export function textOf(token: string): string {
  return decodeURIComponent(token);
}

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase();
}
