import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  connectedSockets,
  onDirectWrites,
  onSharedReads,
  onStream,
  onUnixStream,
} from "../../test/support/transport-pairs.ts";
import { read, recorder, turn, write } from "../../test/support/transport-recorder.ts";
import { transportContract } from "../../test/transport-contract.ts";
import { OUTPUT_SIZE, OutputPool } from "./output-pool.ts";
import { StreamTransport } from "./stream-transport.ts";
import { type HandleDriver, type HandleOwner, WAITS } from "./tcp-handles.ts";

afterEach(() => void vi.restoreAllMocks());

transportContract("a TCP socket", onStream);
transportContract("a TCP socket with shared reads", onSharedReads);
transportContract("a TCP socket that is written to past its stream", onDirectWrites);
transportContract("a Unix socket", onUnixStream, { isUnix: true });

/** libuv's number on Linux and macOS. */
const EPIPE = -32;

/** A stream that is no socket: what it is given waits until it is taken. */
class Wrapped extends Duplex {
  readonly written: Buffer[] = [];
  #taken: (() => void)[] = [];

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.written.push(bytes);
    this.#taken.push(done);
  }

  takeAll(): void {
    for (const done of this.#taken.splice(0)) done();
  }
}

/** Tells whether bytes are in memory that the pool has lent. */
function poolMemory(): (bytes: Uint8Array) => boolean {
  const lend = vi.spyOn(OutputPool.prototype, "lend");
  return ({ buffer }) => lend.mock.results.some(({ value }) => value.buffer === buffer);
}

test("a stream that takes its bytes later, as TLS does, gets memory of its own", async () => {
  const isPooled = poolMemory();
  const stream = new Wrapped();
  const transport = new StreamTransport(stream);
  transport.attach(recorder().sink);
  write(transport, "first");
  transport.flush();
  write(transport, "XXXXX");
  transport.flush();
  expect(stream.written.map(String)).toEqual(["first"]);
  expect(isPooled(stream.written[0]!)).toBe(false);
  while (transport.bufferedAmount > 0) {
    stream.takeAll();
    await turn();
  }
  expect(stream.written.map(String).join("")).toBe("firstXXXXX");
});

test("neither does a TLS socket get the pool's memory", async () => {
  const { near } = await connectedSockets();
  const isPooled = poolMemory();
  const stream = new TLSSocket(near);
  const written = vi.spyOn(stream, "write").mockReturnValue(true);
  const transport = new StreamTransport(stream);
  write(transport, "secret");
  transport.flush();
  expect(written.mock.calls.map(([bytes]) => [String(bytes), isPooled(bytes as Buffer)])).toEqual([["secret", false]]);
  expect(transport.endpoints.isSecure).toBe(true);
});

describe("past the stream", () => {
  /** A socket's transport, and what is written to its handle, which takes as much of it as `status` says. */
  async function direct(status: () => number) {
    const { near, far } = await connectedSockets();
    const written: string[] = [];
    let owner: HandleOwner | undefined;
    const write: HandleDriver["write"] = (_handle, chunks, asker) => {
      written.push(String(chunks));
      owner = asker;
      return status();
    };
    const driver: HandleDriver = { write, lengthRead: () => 0, shutdown: () => 0 };
    const { sink, told, until } = recorder();
    const transport = new StreamTransport(near, false, driver);
    transport.attach(sink);
    return { transport, near, far, written, told, until, taken: (result: number) => owner!.written(result) };
  }

  test("what comes while a write waits is the stream's, and stands behind it", async () => {
    const takeBack = vi.spyOn(OutputPool.prototype, "takeBack");
    const { transport, far, written, told, until, taken } = await direct(() => WAITS);
    write(transport, "first");
    transport.flush();
    expect(transport.bufferedAmount).toBe(5);
    expect(transport.stalledFor).toBeGreaterThan(0);
    transport.append(Buffer.from("second"));
    transport.flush();
    expect(written).toEqual(["first"]);
    expect((await read(far, 6)).toString()).toBe("second");
    expect(told.drained).toBe(0);
    const isBack = () => takeBack.mock.calls.some(([buffer]) => buffer.length === OUTPUT_SIZE);
    expect(isBack()).toBe(false);
    taken(0);
    expect(isBack()).toBe(true);
    await until(() => told.drained > 0 && transport.bufferedAmount === 0);
    expect(transport.stalledFor).toBe(0);
  });

  test.each([
    ["at once", () => EPIPE],
    ["later", () => WAITS],
  ])("a write that fails %s destroys the stream", async (_when, status) => {
    const { transport, near, told, until, taken } = await direct(status);
    transport.append(Buffer.from("lost"));
    transport.flush();
    if (status() === WAITS) taken(EPIPE);
    expect(near.destroyed).toBe(true);
    await until(() => told.ended.length > 0);
    expect(told.ended).toEqual([expect.objectContaining({ code: "EPIPE", syscall: "write", errno: EPIPE })]);
    transport.append(Buffer.from("more"));
    transport.flush();
    expect(transport.bufferedAmount).toBe(0);
  });

  test.each(["finish", "abort"] as const)("after %s nothing is written any more", async (how) => {
    const { transport, written } = await direct(() => 0);
    transport[how]();
    transport.append(Buffer.from("more"));
    transport.flush();
    expect([written, transport.bufferedAmount]).toEqual([[], 0]);
  });
});
