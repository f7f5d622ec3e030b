/**
 * What a worker and its primary say to each other: plain objects that survive JSON, many in one message of the channel.
 *
 * Others use the same channel: what has no mark of ours is left alone.
 */

import type { HistoryLimits, HistoryPage, HistoryRequest, PresenceRecord, Receipt } from "../../pubsub/backplane.ts";
import type { Position, Publication, PublicationKind, StoredPublication } from "../../pubsub/publication.ts";
import { bufferOf } from "../buffer-of.ts";

/** Changes when a worker could not understand another version's primary, or the other way round. */
const VERSION = 1;

/** What a worker may ask: the arguments, and the answer. */
export interface Questions {
  readonly subscribe: readonly [args: readonly [topics: readonly string[]], answer: null];
  readonly unsubscribe: readonly [args: readonly [topics: readonly string[]], answer: null];
  readonly publish: readonly [
    args: readonly [publication: Packed, history: HistoryLimits | null],
    answer: PackedReceipt,
  ];
  readonly history: readonly [
    args: readonly [topic: string, limits: HistoryLimits, request: HistoryRequest],
    answer: PackedPage,
  ];
  readonly keep: readonly [
    args: readonly [topic: string, members: readonly PresenceRecord[], ttl: number],
    answer: null,
  ];
  readonly remove: readonly [args: readonly [topic: string, ids: readonly string[]], answer: null];
  readonly list: readonly [args: readonly [topic: string], answer: readonly PresenceRecord[]];
  readonly count: readonly [args: readonly [topic: string], answer: number];
}

export type Subject = keyof Questions;
export type Args<Of extends Subject> = Questions[Of][0];
export type Reply<Of extends Subject> = Questions[Of][1];

export interface Question {
  readonly type: "question";
  readonly number: number;
  readonly subject: Subject;
  readonly args: readonly unknown[];
}

/** `id` names a backplane: a worker may have several. */
export type FromWorker = { readonly id: string } & ({ readonly type: "hello" } | { readonly type: "bye" } | Question);

export type FromPrimary = { readonly id: string } & (
  | { readonly type: "welcome" }
  | { readonly type: "gone" }
  | { readonly type: "gap" }
  | { readonly type: "answer"; readonly number: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly number: number; readonly reason: string }
  | { readonly type: "received"; readonly publication: Packed; readonly position: Position | null }
);

/** A publication; bytes as base64. */
export interface Packed {
  readonly topic: string;
  readonly kind: PublicationKind;
  readonly data: string | { readonly base64: string };
  readonly key: string | null;
  readonly compress: boolean | null;
}

export interface PackedReceipt {
  readonly position: Position | null;
  readonly isDuplicate: boolean;
}

export interface PackedPage extends Position {
  readonly publications: readonly (Packed & Position)[];
  readonly isComplete: boolean;
}

export function pack({ topic, kind, data, key, compress }: Publication): Packed {
  const packed = typeof data === "string" ? data : { base64: bufferOf(data).toString("base64") };
  return { topic, kind, data: packed, key: key ?? null, compress: compress ?? null };
}

export function unpack({ topic, kind, data, key, compress }: Packed): Publication {
  const payload = typeof data === "string" ? data : new Uint8Array(Buffer.from(data.base64, "base64"));
  return { topic, kind, data: payload, key: key ?? undefined, compress: compress ?? undefined };
}

export function packReceipt({ position, isDuplicate }: Receipt): PackedReceipt {
  return { position: position ?? null, isDuplicate };
}

export function unpackReceipt({ position, isDuplicate }: PackedReceipt): Receipt {
  return { position: position ?? undefined, isDuplicate };
}

export function packPage({ epoch, offset, publications, isComplete }: HistoryPage): PackedPage {
  const packed = publications.map((one) => ({ ...pack(one), epoch: one.epoch, offset: one.offset }));
  return { epoch, offset, publications: packed, isComplete };
}

export function unpackPage({ epoch, offset, publications, isComplete }: PackedPage): HistoryPage {
  const unpacked = publications.map((one): StoredPublication => {
    return { ...unpack(one), epoch: one.epoch, offset: one.offset };
  });
  return { epoch, offset, publications: unpacked, isComplete };
}

/** What goes through the channel. */
export function wrap(messages: readonly (FromWorker | FromPrimary)[]): object {
  return { hawserBackplane: VERSION, messages };
}

/** Those in a message of the channel; none if it is somebody else's. */
export function unwrap<Message extends FromWorker | FromPrimary>(message: unknown): readonly Message[] {
  if (typeof message !== "object" || message === null) return [];
  const { hawserBackplane, messages } = message as { readonly hawserBackplane?: unknown; readonly messages?: unknown };
  return hawserBackplane === VERSION && Array.isArray(messages) ? messages : [];
}
