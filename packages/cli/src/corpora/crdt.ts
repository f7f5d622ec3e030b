/** Updates of a shared text document, binary: what a few writers insert and delete, as CRDT libraries encode it. */

import { ByteWriter } from "./byte-writer.ts";
import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { WORDS } from "./vocabulary.ts";

interface Writer {
  readonly client: number;
  clock: number;
  /** What is left to type. */
  pending: string;
}

const SYNC_UPDATE = [0, 2] as const;
const CONTENT_STRING = 0x84;

export const crdt: CorpusKind = {
  name: "crdt",
  title: "updates of a shared document, CRDT-like binary",
  heldOut: false,
  start(random) {
    const writers = Array.from({ length: 3 }, () => ({ client: random.uint32(), clock: 0, pending: "" }));
    return () => {
      const writer = random.skewed(writers);
      return random.chance(0.12) && writer.clock > 4 ? deletion(random, writer) : insertion(random, writer);
    };
  },
};

/** People type letter by letter, and paste now and then. */
function insertion(random: Random, writer: Writer): Uint8Array {
  if (writer.pending === "") writer.pending = `${random.skewed(WORDS)} `;
  const length = random.chance(0.05) ? writer.pending.length : Math.min(random.between(1, 2), writer.pending.length);
  const text = writer.pending.slice(0, length);
  writer.pending = writer.pending.slice(length);
  const update = new ByteWriter().uint8(1).uint8(1).varint(writer.client).varint(writer.clock);
  // The neighbour on the left, and no deletions
  update
    .uint8(CONTENT_STRING)
    .varint(writer.client)
    .varint(Math.max(0, writer.clock - 1))
    .text(text)
    .uint8(0);
  writer.clock += length;
  return framed(update.take());
}

function deletion(random: Random, writer: Writer): Uint8Array {
  const length = random.between(1, 3);
  const from = writer.clock - length;
  return framed(new ByteWriter().uint8(0).uint8(1).varint(writer.client).uint8(1).varint(from).varint(length).take());
}

function framed(update: Uint8Array): Uint8Array {
  const message = new ByteWriter();
  for (const octet of SYNC_UPDATE) message.uint8(octet);
  return message.varint(update.length).bytes(update).take();
}
