/**
 * What the channels and keys of Redis are called. Other programs go by these names: they are part of the documented wire form.
 *
 * All keys of a topic, and with sharded pub/sub its channel, have the number of the topic's partition as hash tag, so that they
 * are in one slot of a cluster, and few slots have to be subscribed to.
 */

import { webTextCodec } from "../../bytes/text-codec.ts";

export class RedisNames {
  readonly #prefix: string;
  readonly #isSharded: boolean;
  readonly #partitions: number;

  constructor(prefix: string, isSharded: boolean, partitions: number) {
    this.#prefix = prefix;
    this.#isSharded = isSharded;
    this.#partitions = partitions;
  }

  channel(topic: string): string {
    return this.#isSharded ? this.#tagged(topic, "topic") : `${this.#prefix}topic:${topic}`;
  }

  /** Of one process, which hears itself there. */
  probe(self: string): string {
    return this.#isSharded ? `${this.#prefix}{0}:node:${self}` : `${this.#prefix}node:${self}`;
  }

  /** A hash: the epoch and the latest offset of a topic's history. */
  head(topic: string): string {
    return this.#tagged(topic, "head");
  }

  /** A stream: the publications of a topic. */
  log(topic: string): string {
    return this.#tagged(topic, "log");
  }

  /** A string: where the publication with this idempotency key stands. No topic has a line feed. */
  key(topic: string, key: string): string {
    return `${this.#tagged(topic, "key")}\n${key}`;
  }

  /** A hash: members by id. */
  members(topic: string): string {
    return this.#tagged(topic, "members");
  }

  /** A sorted set: until when each member is present. */
  until(topic: string): string {
    return this.#tagged(topic, "until");
  }

  partition(channel: string): string {
    return channel.slice(0, channel.indexOf("}") + 1);
  }

  #tagged(topic: string, kind: string): string {
    return `${this.#prefix}{${crc16(topic) % this.#partitions}}:${kind}:${topic}`;
  }
}

/** CRC-16/XMODEM of the UTF-8 of a text, as Redis Cluster reckons the slot of a key. */
export function crc16(text: string): number {
  let crc = 0;
  for (const byte of webTextCodec.encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  }
  return crc & 0xffff;
}
