import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { afterEach, expect, test, vi } from "vitest";
import { connectedSockets, onSharedReads, onStream, onUnixStream } from "../../test/support/transport-pairs.ts";
import { recorder, turn, write } from "../../test/support/transport-recorder.ts";
import { transportContract } from "../../test/transport-contract.ts";
import { OutputPool } from "./output-pool.ts";
import { StreamTransport } from "./stream-transport.ts";

afterEach(() => void vi.restoreAllMocks());

transportContract("a TCP socket", onStream);
transportContract("a TCP socket with shared reads", onSharedReads);
transportContract("a Unix socket", onUnixStream, { isUnix: true });

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
