/**
 * What connections have sent and received: counted where it happens, by additions to numbers that all connections of an endpoint
 * share.
 *
 * Does not know who reads the numbers, nor when. Functions and plain fields, since these are among the few things that happen for
 * each message (decision 40).
 */

import { Opcode } from "./opcode.ts";

/** Sizes are counted by their bits: class 0 is of nothing, 1 of one byte, 2 of two and three, 32 of 2 GiB and more. */
export const SIZE_CLASSES = 33;

/** The most bytes of a size class. */
export function sizeClassLimit(sizeClass: number): number {
  return sizeClass === SIZE_CLASSES - 1 ? Number.POSITIVE_INFINITY : 2 ** sizeClass - 1;
}

/** A server's shortest header: what a message in one frame has at least. */
export const SHORT_HEADER = 2;

/** One direction. */
export interface Flow {
  texts: number;
  binaries: number;
  /** Bytes of whole messages, without their encoding. */
  payloadBytes: number;
  /** Bytes of frames, as far as they do not follow from the other numbers: see {@link sentBytes}. */
  frameBytes: number;
  /** How many messages there were of each size class, since somebody wants to know. */
  sizes: Float64Array | undefined;
  /** Bytes of the messages before that. */
  unsizedBytes: number;
}

/** What is told as soon as frames arrive and leave. */
export interface Traffic {
  /** Its `frameBytes` are all that was received. */
  readonly received: Flow;
  readonly sent: Flow;
}

export function createTraffic(): Traffic {
  return { received: createFlow(), sent: createFlow() };
}

function createFlow(): Flow {
  return { texts: 0, binaries: 0, payloadBytes: 0, frameBytes: 0, sizes: undefined, unsizedBytes: 0 };
}

/** A whole message of `size` bytes, without its encoding. */
export function countMessage(flow: Flow, isText: boolean, size: number): void {
  if (isText) flow.texts++;
  else flow.binaries++;
  flow.payloadBytes += size;
  if (flow.sizes !== undefined) countSize(flow.sizes, size);
}

export function countSize(sizes: Float64Array, size: number): void {
  sizes[SIZE_CLASSES - 1 - Math.clz32(size)]!++;
}

/** A message that was sent in one frame of `length` bytes. For a short one that is not encoded, the length follows. */
export function countSent(flow: Flow, isText: boolean, size: number, length: number): void {
  countMessage(flow, isText, size);
  if (length !== size + SHORT_HEADER) flow.frameBytes += length - size - SHORT_HEADER;
}

/** A message of `size` bytes whose frame was built for many connections. */
export function countShared(flow: Flow, frame: Uint8Array, size: number): void {
  countSent(flow, (frame[0]! & 0x0f) === Opcode.TEXT, size, frame.length);
}

/** A message whose frames were counted as they were sent. */
export function countFragmented(flow: Flow, isText: boolean, size: number): void {
  countMessage(flow, isText, size);
  flow.frameBytes -= size + SHORT_HEADER;
}

/** Bytes of all frames sent, with their headers, control frames included. */
export function sentBytes({ texts, binaries, payloadBytes, frameBytes }: Flow): number {
  return frameBytes + payloadBytes + (texts + binaries) * SHORT_HEADER;
}

/** From now on, sizes are counted. */
export function countSizes({ received, sent }: Traffic): void {
  for (const flow of [received, sent]) {
    if (flow.sizes !== undefined) continue;
    flow.sizes = new Float64Array(SIZE_CLASSES);
    flow.unsizedBytes = flow.payloadBytes;
  }
}

/** Adds to `traffic` what another endpoint has counted. */
export function addTraffic(traffic: Traffic, other: Traffic): void {
  addFlow(traffic.received, other.received);
  addFlow(traffic.sent, other.sent);
}

function addFlow(flow: Flow, other: Flow): void {
  flow.texts += other.texts;
  flow.binaries += other.binaries;
  flow.payloadBytes += other.payloadBytes;
  flow.frameBytes += other.frameBytes;
  flow.unsizedBytes += other.sizes === undefined ? other.payloadBytes : other.unsizedBytes;
  if (other.sizes === undefined) return;
  flow.sizes ??= new Float64Array(SIZE_CLASSES);
  for (const [index, count] of other.sizes.entries()) flow.sizes[index]! += count;
}
