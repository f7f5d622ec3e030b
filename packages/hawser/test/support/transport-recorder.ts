/**
 * What tests of transports do with them: write, fill, read at the other end, and note what the sink is told.
 */

import type { Duplex } from "node:stream";
import { vi } from "vitest";
import { OUTPUT_SIZE, OutputPool } from "../../src/node/output-pool.ts";
import type { Transport, TransportSink } from "../../src/node/transport.ts";
import { within } from "./deadline.ts";
import type { OpenTransport } from "./transport-pairs.ts";

/** A sink that notes what it is told. */
export function recorder() {
  const told = { bytes: [] as Buffer[], ends: 0, drained: 0, ended: [] as (Error | undefined)[] };
  const text = () => Buffer.concat(told.bytes).toString("latin1");
  let whenTold = () => {};
  const sink: TransportSink = {
    received(bytes, end) {
      told.bytes.push(Buffer.from(bytes.subarray(0, end)));
      whenTold();
    },
    receivedEnd() {
      told.ends++;
      whenTold();
    },
    drained() {
      told.drained++;
      whenTold();
    },
    ended(error) {
      told.ended.push(error);
      whenTold();
    },
  };
  /** Resolves when `condition` holds, looked at whenever something is told. */
  const until = (condition: () => boolean) =>
    within(
      "what the transport tells",
      new Promise<void>((resolve) => {
        whenTold = () => condition() && resolve();
        whenTold();
      }),
    );
  return { told, text, sink, until };
}

export function write(transport: Transport, bytes: Uint8Array | string): void {
  const frame = Buffer.from(bytes);
  transport.reserve(frame.length);
  transport.bytes.set(frame, transport.end);
  transport.end += frame.length;
}

/** Reads so many bytes. */
export async function read(socket: Duplex, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  if (length === 0) return Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    received += chunk.length;
    if (received >= length) break;
  }
  return Buffer.concat(chunks);
}

export async function readToEnd(socket: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function pattern(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 0xff));
}

export const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Writes a frame a turn until the kernel takes no more, and `beyond` further ones. Returns all of them. */
export async function fill(transport: Transport, size: number, beyond: number): Promise<Buffer> {
  const frames: Buffer[] = [];
  for (let more = 0; more < beyond; more += transport.bufferedAmount > 0 ? 1 : 0) {
    const frame = pattern(size, frames.length);
    frames.push(frame);
    write(transport, frame);
    await turn();
  }
  return Buffer.concat(frames);
}

/** A transport that reports to a recorder. */
export async function attached(open: OpenTransport) {
  const pair = await open();
  const record = recorder();
  pair.transport.attach(record.sink);
  return { ...pair, ...record };
}

/** The pool's buffers that are lent and have not come back. */
export function countLent(): () => number {
  const lend = vi.spyOn(OutputPool.prototype, "lend");
  const takeBack = vi.spyOn(OutputPool.prototype, "takeBack");
  const countOf = (buffers: Buffer[]) => buffers.filter(({ length }) => length === OUTPUT_SIZE).length;
  return () =>
    countOf(lend.mock.results.map(({ value }) => value)) - countOf(takeBack.mock.calls.map(([buffer]) => buffer));
}
