import { afterEach, describe, expect, test, vi } from "vitest";
import { connectedHandle, onPipeHandle, onTcpHandle } from "../../test/support/transport-pairs.ts";
import { read, recorder, turn, write } from "../../test/support/transport-recorder.ts";
import { transportContract } from "../../test/transport-contract.ts";
import { READ_BUFFER } from "../bytes/vector-memory.ts";
import { HandleTransport } from "./handle-transport.ts";
import type { HandleDriver, StreamHandle } from "./tcp-handles.ts";

afterEach(() => void vi.restoreAllMocks());

transportContract("a TCP handle", onTcpHandle);
transportContract("a pipe handle", onPipeHandle, { isUnix: true });

/** libuv's numbers on Linux and macOS. */
const [EOF, EPIPE, ENOTCONN] = [-4095, -32, process.platform === "darwin" ? -57 : -107];

test("all handles read into the same memory", async () => {
  const pairs = [await onTcpHandle(), await onTcpHandle()];
  for (const [index, { transport, far }] of pairs.entries()) {
    const { sink, told, until } = recorder();
    const memory: ArrayBufferLike[] = [];
    transport.attach({
      ...sink,
      received(bytes, end) {
        memory.push(bytes.buffer);
        sink.received(bytes, end);
      },
    });
    far.write(`hello ${index}`);
    await until(() => told.bytes.length > 0);
    expect(memory).toEqual([READ_BUFFER.buffer]);
  }
});

test("a sink that throws, against its contract, breaks nothing: what it wrote leaves, and its connection goes on", async () => {
  const { transport, far } = await onTcpHandle();
  const sink = recorder().sink;
  const receive = vi.fn((bytes: Uint8Array, end?: number): void => {
    write(transport, bytes.slice(0, end));
    throw new Error("as a bug would");
  });
  transport.attach({ ...sink, received: receive });
  const receiveInTurn = () => (transport as HandleTransport).receive(Buffer.from("ab"), 2);
  expect(receiveInTurn).toThrow("as a bug would");
  expect((await read(far, 2)).toString()).toBe("ab");
  receive.mockImplementation((bytes, end) => write(transport, bytes.slice(0, end)));
  far.write("cd");
  expect((await read(far, 2)).toString()).toBe("cd");
  write(transport, "ef");
  expect((await read(far, 2)).toString()).toBe("ef");
});

describe("errors that a loopback interface has not", () => {
  /** A transport on a real handle, and what a test makes of its driver. */
  async function attached(broken: Partial<HandleDriver>, change: (handle: StreamHandle) => void = () => {}) {
    const { handle, far, driver } = await connectedHandle();
    change(handle);
    const transport = new HandleTransport(handle, { ...driver, ...broken });
    const record = recorder();
    transport.attach(record.sink);
    return { transport, far, ...record };
  }

  test("a write that fails at once", async () => {
    const { transport, told, until } = await attached({ write: () => EPIPE });
    write(transport, "x");
    transport.append(Buffer.from("y"));
    await until(() => told.ended.length > 0);
    expect(told.ended).toMatchObject([{ code: "EPIPE", syscall: "write", errno: EPIPE, message: "write EPIPE" }]);
  });

  test("a write that fails later: only the first error counts", async () => {
    const { transport, told, until } = await attached({ write: () => 1 });
    write(transport, "x");
    transport.flush();
    const handle = transport as HandleTransport;
    handle.written(EPIPE);
    handle.written(EPIPE);
    await until(() => told.ended.length > 0);
    expect([told.ended.length, told.drained]).toEqual([1, 0]);
    expect(told.ended).toMatchObject([{ code: "EPIPE" }]);
  });

  test("a shutdown that fails", async () => {
    const { transport, told, until } = await attached({ shutdown: () => EPIPE });
    transport.finish();
    await until(() => told.ended.length > 0);
    expect(told.ended).toMatchObject([{ code: "EPIPE", syscall: "shutdown" }]);
  });

  test.each([
    ["is done at once", 1],
    ["finds nobody any more", ENOTCONN],
  ])("a shutdown that %s", async (_name, status) => {
    const { transport, far, told, until } = await attached({ shutdown: () => status });
    transport.finish();
    far.end();
    await until(() => told.ended.length > 0);
    expect(told.ended).toEqual([undefined]);
  });

  test("a read that cannot begin", async () => {
    const { told, until } = await attached({}, (handle) => {
      vi.spyOn(handle, "readStart").mockReturnValue(ENOTCONN);
    });
    await until(() => told.ended.length > 0);
    expect(told.ended).toMatchObject([{ code: "ENOTCONN", syscall: "read" }]);
  });

  test("a read of nothing is nothing", async () => {
    let length = 0;
    const { transport, told } = await attached({ lengthRead: () => length });
    (transport as HandleTransport).read();
    await turn();
    expect([told.bytes, told.ends]).toEqual([[], 0]);
    length = EOF;
    (transport as HandleTransport).read();
    expect(told.ends).toBe(1);
    transport.abort();
  });

  test("addresses that cannot be told", async () => {
    const { transport } = await attached({}, (handle) => {
      handle.getpeername = () => ENOTCONN;
      handle.getsockname = () => ENOTCONN;
    });
    const { localAddress, localPort, remoteAddress, remotePort } = transport.endpoints;
    expect([localAddress, localPort, remoteAddress, remotePort]).toEqual(Array(4).fill(undefined));
    transport.abort();
  });
});
