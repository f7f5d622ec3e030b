/**
 * The program with which a child process tries out Node's handles: everything that a transport asks of them.
 *
 * It is given to the child as text, so that it is there however the library was bundled. Its functions must not refer to
 * anything but each other, what they are given, and Node's globals.
 */

import type { AddressInfo, Socket } from "node:net";
import type { HandleDriver, HandleKind, HandleOwner, StreamHandle, takeConnections } from "./tcp-handles.ts";

/** What the program is given: Node's modules, and what it tries. */
export interface TrialParts {
  readonly net: typeof import("node:net");
  readonly util: typeof import("node:util");
  readonly driver: HandleDriver;
  readonly takeConnections: typeof takeConnections;
  readonly kind: HandleKind;
  /** Where it may listen on a pipe. */
  readonly path: string;
}

/** An accepted handle that is read from, and what it told. */
interface Watched extends HandleOwner {
  readonly handle: StreamHandle;
  text: string;
  error: string;
  writtenStatus: number | undefined;
  shutDownStatus: number | undefined;
  isClosed: boolean;
  changed: () => void;
}

/** What the child is given of this file. A bundler may have renamed them, but not within their text. */
export const TRIAL_FUNCTIONS: readonly ((...args: never[]) => unknown)[] = [
  tryHandles,
  expect,
  until,
  watch,
  pattern,
  fill,
  exchange,
  waiting,
  half,
  broken,
];

/** Resolves if all is as it must be; rejects with what is not. Does not end if Node does not answer. */
export async function tryHandles(parts: TrialParts): Promise<void> {
  const { net, kind, path } = parts;
  const server = net.createServer();
  server.listen(kind === "tcp" ? { port: 0, host: "127.0.0.1", exclusive: true } : { path, exclusive: true });
  await new Promise<void>((resolve, reject) => void server.once("listening", resolve).once("error", reject));
  const buffer = Buffer.alloc(65_536);
  const accepted: Watched[] = [];
  const clients: Socket[] = [];
  const took = parts.takeConnections(server, kind, (handle) => {
    accepted.push(watch(parts, handle, buffer));
  });
  expect(took, "a listening handle");
  try {
    const place = kind === "tcp" ? { port: (server.address() as AddressInfo).port, host: "127.0.0.1" } : { path };
    for (let count = 1; count <= 3; count++) {
      const client = net.connect({ ...place, allowHalfOpen: true });
      clients.push(client.on("error", () => {}));
      await new Promise((resolve) => client.once("connect", resolve));
      while (accepted.length < count) await new Promise((resolve) => void setImmediate(resolve));
    }
    const [one, two, three] = accepted as [Watched, Watched, Watched];
    const [first, second, third] = clients as [Socket, Socket, Socket];
    await exchange(parts, one, first, two, second);
    await waiting(parts, one, first);
    await half(parts, one, first);
    await broken(parts, two, second, three, third);
  } finally {
    for (const client of clients) client.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function expect(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`not as expected: ${what}`);
}

function until(watched: Watched, isDone: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    watched.changed = () => {
      if (isDone()) resolve();
    };
    watched.changed();
  });
}

function watch({ util, driver }: TrialParts, handle: StreamHandle, buffer: Buffer): Watched {
  const watched: Watched = {
    handle,
    text: "",
    error: "",
    writtenStatus: undefined,
    shutDownStatus: undefined,
    isClosed: false,
    changed: () => {},
    written(status) {
      watched.writtenStatus = status;
      watched.changed();
    },
    shutDown(status) {
      watched.shutDownStatus = status;
      watched.changed();
    },
  };
  handle.onread = function onRead(this: StreamHandle) {
    const length = driver.lengthRead();
    // Otherwise nobody could tell whose bytes these are
    if (this !== handle) watched.error = "onread on another handle";
    else if (length > 0) watched.text += buffer.toString("latin1", 0, length);
    else if (length < 0) watched.error = util.getSystemErrorName(length);
    watched.changed();
  };
  handle.setNoDelay?.(true);
  handle.useUserBuffer(buffer);
  expect(handle.readStart() === 0, "readStart");
  return watched;
}

/** Bytes that repeat so that two portions, one after the other, are as well the pattern as each is. */
function pattern(): Buffer {
  return Buffer.from(Uint8Array.from({ length: 65_536 }, (_, index) => index & 0xff));
}

/** Writes until the kernel takes no more. Returns how many bytes that were. */
function fill({ driver }: TrialParts, watched: Watched, portion: Uint8Array | Uint8Array[], size: number): number {
  for (let length = size; length < 268_435_456; length += size) {
    const status = driver.write(watched.handle, portion, watched);
    if (status === 1) return length;
    expect(status === 0, "a write");
  }
  throw new Error("not as expected: a write that never waits");
}

/** Reading of two into the same memory, pausing, writing of one and of several portions, addresses. */
async function exchange({ driver }: TrialParts, one: Watched, first: Socket, two: Watched, second: Socket) {
  first.write("one");
  await until(one, () => one.text === "one");
  second.write("two");
  await until(two, () => two.text === "two");
  expect(one.handle.readStop() === 0, "readStop");
  first.write("!");
  expect(driver.write(one.handle, Buffer.from("a"), one) === 0, "a write");
  expect(driver.write(one.handle, [Buffer.from("b"), new Uint8Array([99])], one) === 0, "a gathered write");
  let received = "";
  await new Promise<void>((resolve) => {
    first.on("data", function read(bytes) {
      received += bytes.toString("latin1");
      if (received.length < 3) return;
      first.off("data", read).pause();
      resolve();
    });
  });
  expect(received === "abc" && one.text === "one", "what was written, and nothing read");
  expect(one.handle.readStart() === 0, "readStart");
  await until(one, () => one.text === "one!");
  const peer = { address: "", port: 0 };
  if (one.handle.getpeername !== undefined) {
    expect(one.handle.getpeername(peer) === 0 && peer.port === first.localPort, "getpeername");
    expect(one.handle.getsockname?.(peer) === 0 && peer.address === "127.0.0.1", "getsockname");
  }
}

/** What the kernel does not take at once waits, and arrives. */
async function waiting(parts: TrialParts, one: Watched, first: Socket) {
  const portion = pattern();
  const expected = Buffer.concat([portion, portion]);
  const size = fill(parts, one, portion, portion.length);
  expect(one.handle.writeQueueSize > 0, "writeQueueSize");
  let length = 0;
  let isWhole = true;
  const all = new Promise<void>((resolve) => {
    first.on("data", function read(bytes) {
      isWhole &&= bytes.equals(expected.subarray(length & 0xff, (length & 0xff) + bytes.length));
      length += bytes.length;
      if (length < size) return;
      first.off("data", read);
      resolve();
    });
  });
  first.resume();
  await all;
  await until(one, () => one.writtenStatus === 0);
  expect(isWhole && length === size, "what was written");
  expect(one.handle.writeQueueSize === 0, "writeQueueSize at the end");
}

/** Either side ends by itself, then the handle is closed. */
async function half({ driver }: TrialParts, one: Watched, first: Socket) {
  const ended = new Promise((resolve) => first.once("end", resolve));
  expect(driver.shutdown(one.handle, one) === 0, "shutdown");
  await until(one, () => one.shutDownStatus === 0);
  await ended;
  first.end("?");
  await until(one, () => one.error !== "");
  expect(one.text === "one!?" && one.error === "EOF", "the end of the stream");
  one.handle.close(function onClosed(this: StreamHandle) {
    one.isClosed = this === one.handle;
    one.changed();
  });
  await until(one, () => one.isClosed);
}

/** A peer that resets the connection, and a handle that is closed while a write waits. */
async function broken(parts: TrialParts, two: Watched, second: Socket, three: Watched, third: Socket) {
  const { driver, kind } = parts;
  if (kind === "tcp") second.resetAndDestroy();
  else second.destroy();
  await until(two, () => two.error !== "");
  expect(two.error === (kind === "tcp" ? "ECONNRESET" : "EOF"), "a reset");
  expect(driver.write(two.handle, Buffer.from("late"), two) < 0, "an error of a write");
  two.handle.close(() => {});
  third.pause();
  fill(parts, three, [pattern(), pattern()], 131_072);
  three.handle.close(() => {
    three.isClosed = true;
    three.changed();
  });
  await until(three, () => three.isClosed);
  expect((three.writtenStatus ?? 0) < 0, "a write that was cancelled");
}
