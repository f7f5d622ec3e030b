/**
 * Transports of every kind, each with the other end of its connection. Everything is destroyed when the test ends.
 */

import { once } from "node:events";
import { rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { onTestFinished, vi } from "vitest";
import { findDirectDriver } from "../../src/node/direct-writes.ts";
import { HandleTransport } from "../../src/node/handle-transport.ts";
import { tryHandlesOnce } from "../../src/node/handle-trial.ts";
import { shareReads } from "../../src/node/shared-reads.ts";
import { SHARED_READS, StreamTransport } from "../../src/node/stream-transport.ts";
import { type HandleDriver, type HandleKind, type StreamHandle, takeConnections } from "../../src/node/tcp-handles.ts";
import type { Transport } from "../../src/node/transport.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { MemoryLink } from "../../src/testing/memory-transport.ts";

/** The other end of a connection. In memory it has no addresses. */
export interface FarEnd extends Duplex {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
  resetAndDestroy(): unknown;
}

export interface TransportPair {
  readonly transport: Transport;
  readonly far: FarEnd;
  /** How often the transport has given something to the kernel. */
  readonly writes: () => number;
}

/** A transport that is not attached to a sink, on a connection that is there. */
export type OpenTransport = () => Promise<TransportPair>;

let pipes = 0;

/** Listens on a free port, or on a pipe of a name of its own. */
async function listening(server: Server, kind: HandleKind): Promise<void> {
  const path = join(tmpdir(), `hawser-test-${process.pid}-${++pipes}.sock`);
  server.listen((kind === "tcp" ? { port: 0, host: "127.0.0.1" } : { path }) satisfies ListenOptions);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    if (kind === "pipe") rmSync(path, { force: true });
  });
}

async function dial(server: Server): Promise<Socket> {
  const address = server.address() as AddressInfo | string;
  const place = typeof address === "string" ? { path: address } : { port: address.port, host: "127.0.0.1" };
  const far = connect({ ...place, allowHalfOpen: true });
  onTestFinished(() => void far.on("error", () => {}).destroy());
  await once(far, "connect");
  return far;
}

/** Two sockets that are connected. */
export async function connectedSockets(kind: HandleKind = "tcp"): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  await listening(server, kind);
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const far = await dial(server);
  const [near] = await accepted;
  onTestFinished(() => void near.on("error", () => {}).destroy());
  return { near, far };
}

/** Counts what a socket gives to its handle. */
export function countWrites(socket: Socket): () => number {
  const single = vi.spyOn(socket, "_write");
  const gathered = vi.spyOn(socket, "_writev" as "_write");
  return () => single.mock.calls.length + gathered.mock.calls.length;
}

export const onStream: OpenTransport = async () => {
  const { near, far } = await connectedSockets();
  return { transport: new StreamTransport(near), far, writes: countWrites(near) };
};

export const onUnixStream: OpenTransport = async () => {
  const { near, far } = await connectedSockets("pipe");
  return { transport: new StreamTransport(near), far, writes: countWrites(near) };
};

export const onSharedReads: OpenTransport = async () => {
  const { near, far } = await connectedSockets();
  const socket = shareReads(near, SHARED_READS);
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  return { transport: new StreamTransport(socket, true), far, writes: countWrites(socket) };
};

/** What a server's sockets are, unless it is told otherwise: they read into one buffer, and are written to past their streams. */
export const onDirectWrites: OpenTransport = async () => {
  const { near, far } = await connectedSockets();
  const socket = shareReads(near, SHARED_READS);
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  const driver = await findDirectDriver();
  if (driver === undefined) throw new Error("sockets cannot be written to directly");
  const write = vi.fn(driver.write);
  const transport = new StreamTransport(socket, true, { ...driver, write });
  const streamWrites = countWrites(socket);
  return { transport, far, writes: () => streamWrites() + write.mock.calls.length };
};

export const onTcpHandle: OpenTransport = () => onHandle("tcp");
export const onPipeHandle: OpenTransport = () => onHandle("pipe");

async function onHandle(kind: HandleKind): Promise<TransportPair> {
  const { handle, far, driver } = await connectedHandle(kind);
  const write = vi.fn(driver.write);
  const transport = new HandleTransport(handle, { ...driver, write });
  onTestFinished(() => transport.abort());
  return { transport, far, writes: () => write.mock.calls.length };
}

/** An accepted handle, and the socket at the other end. */
export async function connectedHandle(
  kind: HandleKind = "tcp",
): Promise<{ handle: StreamHandle; far: Socket; driver: HandleDriver }> {
  const { driver, trouble } = await tryHandlesOnce(kind);
  if (driver === undefined) throw new Error(`handles cannot be used: ${trouble}`);
  const server = createServer();
  await listening(server, kind);
  const accepted = new Promise<StreamHandle>((resolve) => void takeConnections(server, kind, resolve));
  const far = await dial(server);
  return { handle: await accepted, far, driver };
}

/** The server's end of a link in memory, whose clock stands still. */
export const inMemory: OpenTransport = async () => {
  const link = new MemoryLink(new FakeClock());
  const far = new FarMemory(link.client);
  onTestFinished(() => void far.destroy());
  return { transport: link.server, far, writes: () => 0 };
};

/** A transport as a stream. */
class FarMemory extends Duplex implements FarEnd {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super({ allowHalfOpen: true });
    this.#transport = transport;
    transport.attach({
      received: (bytes, end) => void this.push(Buffer.from(bytes.subarray(0, end))),
      receivedEnd: () => void this.push(null),
      drained: () => {},
      // Whatever has ended well destroys itself
      ended: (error) => void (error && this.destroy()),
    });
  }

  resetAndDestroy(): never {
    throw new Error("a link in memory is reset by destroying its end");
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#transport.append(bytes);
    done();
  }

  override _final(done: () => void): void {
    this.#transport.finish();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#transport.abort();
    done(error);
  }
}
