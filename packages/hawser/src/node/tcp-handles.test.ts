import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  createDriver,
  openStreamBinding,
  type StreamBinding,
  type StreamHandle,
  takeConnections,
} from "./tcp-handles.ts";

afterEach(() => void vi.restoreAllMocks());

const [READ, ASYNC, ERROR] = [0, 1, 2];

class Request {
  oncomplete: (this: Request, status: number) => void = () => {};
  owner = undefined;
  memory: unknown = undefined;
  writeStatus: number | null = null;
}

/** Node's side of the contract, as a test wants it. */
function fakeNode() {
  const state = new Int32Array(3);
  const binding: StreamBinding = {
    WriteWrap: Request as never,
    ShutdownWrap: Request as never,
    streamBaseState: state,
    kReadBytesOrError: READ!,
    kLastWriteWasAsync: ASYNC!,
    kLastWriteErr: ERROR!,
  };
  const handle = { writeBuffer: vi.fn(), writev: vi.fn(), shutdown: vi.fn(() => 0) };
  const owner = { written: vi.fn(), shutDown: vi.fn() };
  return { state, binding, handle: handle as typeof handle & StreamHandle, owner };
}

const bytes = Buffer.from("abc");

describe("a handle that is given requests", () => {
  function setUp() {
    const node = fakeNode();
    return { ...node, driver: createDriver(node.binding, "request") };
  }

  test("what is taken at once needs one request for all", () => {
    const { driver, handle, owner } = setUp();
    handle.writeBuffer.mockReturnValue(0);
    expect([driver.write(handle, bytes, owner), driver.write(handle, bytes, owner)]).toEqual([0, 0]);
    const [[first], [second]] = handle.writeBuffer.mock.calls as [[Request], [Request]];
    expect(first).toBe(second);
    expect(first.memory).toBe(undefined);
  });

  test("what waits keeps its request and its memory until it is written", () => {
    const { driver, handle, owner, state } = setUp();
    handle.writeBuffer.mockReturnValue(0);
    state[ASYNC!] = 1;
    expect([driver.write(handle, bytes, owner), driver.write(handle, bytes, owner)]).toEqual([1, 1]);
    const [[first], [second]] = handle.writeBuffer.mock.calls as [[Request], [Request]];
    expect(first).not.toBe(second);
    expect(first.memory).toBe(bytes);
    first.oncomplete(0);
    expect([first.memory, first.owner]).toEqual([undefined, undefined]);
    expect(owner.written.mock.calls).toEqual([[0]]);
  });

  test("a request that failed is not used again", () => {
    const { driver, handle, owner } = setUp();
    handle.writev.mockReturnValueOnce(-32).mockReturnValue(0);
    expect(driver.write(handle, [bytes, bytes], owner)).toBe(-32);
    expect(driver.write(handle, [bytes], owner)).toBe(0);
    const [[first, chunks, areBuffers], [second]] = handle.writev.mock.calls as [unknown[], unknown[]];
    expect(first).not.toBe(second);
    expect([chunks, areBuffers]).toEqual([[bytes, bytes], true]);
  });
});

describe("a handle that makes requests", () => {
  function setUp() {
    const node = fakeNode();
    return { ...node, driver: createDriver(node.binding, "result") };
  }

  test.each([0, -32])("what it returns is the result, if it is a number: %d", (status) => {
    const { driver, handle, owner } = setUp();
    handle.writeBuffer.mockReturnValue(status);
    expect(driver.write(handle, bytes, owner)).toBe(status);
    expect(handle.writeBuffer.mock.calls).toEqual([[null, bytes]]);
  });

  test("else a request, which waits", () => {
    const { driver, handle, owner } = setUp();
    const request = new Request();
    handle.writeBuffer.mockReturnValue(request);
    expect(driver.write(handle, bytes, owner)).toBe(1);
    expect(request.memory).toBe(bytes);
    request.oncomplete(-125);
    expect(owner.written.mock.calls).toEqual([[-125]]);
  });

  test("or has failed", () => {
    const { driver, handle, owner, state } = setUp();
    handle.writeBuffer.mockReturnValue(new Request());
    state[ERROR!] = -9;
    expect(driver.write(handle, bytes, owner)).toBe(-9);
  });

  test.each([0, -32])("or is done already: %d", (status) => {
    const { driver, handle, owner } = setUp();
    handle.writeBuffer.mockReturnValue(Object.assign(new Request(), { writeStatus: status }));
    expect(driver.write(handle, bytes, owner)).toBe(status);
    expect(owner.written).not.toHaveBeenCalled();
  });
});

test("what was read is where Node left it", () => {
  const { binding, state } = fakeNode();
  state[READ!] = -4095;
  expect(createDriver(binding, "request").lengthRead()).toBe(-4095);
});

test("a shutdown is told to its owner", () => {
  const { binding, handle, owner } = fakeNode();
  expect(createDriver(binding, "result").shutdown(handle, owner)).toBe(0);
  const [[request]] = handle.shutdown.mock.calls as unknown as [[Request]];
  request.oncomplete(0);
  expect(owner.shutDown.mock.calls).toEqual([[0]]);
});

describe("connections of a server", () => {
  test("are not taken if it does not listen, or on a socket of another kind", async () => {
    const server = createServer();
    expect(takeConnections(server, "tcp", () => {})).toBe(false);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    expect([takeConnections(server, "pipe", () => {}), takeConnections(server, "tcp", () => {})]).toEqual([
      false,
      true,
    ]);
    server.close();
  });

  test("that could not be accepted are left out", () => {
    const listening = { onconnection: (_status: number, _handle?: unknown) => {} };
    const accepted: unknown[] = [];
    const server = { _handle: listening } as never;
    expect(takeConnections(server, "tcp", (handle) => void accepted.push(handle))).toBe(true);
    listening.onconnection(-24);
    listening.onconnection(0, "a handle");
    expect(accepted).toEqual(["a handle"]);
  });
});

describe("Node's internals", () => {
  test("are there, and no warning of their use", () => {
    const { noDeprecation } = process;
    expect(openStreamBinding()).toMatchObject({ kReadBytesOrError: expect.any(Number) });
    expect(process.noDeprecation ?? false).toBe(noDeprecation ?? false);
  });

  test.each([
    [
      "are refused",
      () => {
        throw new Error("ERR_ACCESS_DENIED");
      },
      "Node does not give access to its internals",
    ],
    ["are others", () => ({ WriteWrap: class {} }), "Node's internals are not as expected"],
  ])("%s", (_name, binding, message) => {
    vi.spyOn(process as never as { binding: () => unknown }, "binding").mockImplementation(binding);
    expect(openStreamBinding).toThrow(message);
  });
});
