/**
 * Transports of every kind, each with the other end of its connection. Everything is destroyed when the test ends.
 */

import { once } from "node:events";
import { rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { HandleTransport } from "../../src/node/handle-transport.ts";
import { tryHandlesOnce } from "../../src/node/handle-trial.ts";
import { shareReads } from "../../src/node/shared-reads.ts";
import { onSharedRead, StreamTransport } from "../../src/node/stream-transport.ts";
import { type HandleDriver, type HandleKind, type StreamHandle, takeConnections } from "../../src/node/tcp-handles.ts";
import type { Transport } from "../../src/node/transport.ts";

export interface TransportPair {
  readonly transport: Transport;
  readonly far: Socket;
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
  const socket = shareReads(near, onSharedRead);
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  return { transport: new StreamTransport(socket), far, writes: countWrites(socket) };
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
