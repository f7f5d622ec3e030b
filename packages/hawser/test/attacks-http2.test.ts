/** Peers of HTTP/2 that break rules, come in floods, or leave at the worst moment: the server goes on. */

import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { connect, type Handler, type ServeOptions, type Server } from "hawser";
import { expect, onTestFinished, test } from "vitest";
import { echo, expectNothingEscapes } from "./support/attacker.ts";
import { CONNECT_FIELDS, connectFrame, Flag, FrameType, http2Frame, RawSession } from "./support/http2-frames.ts";
import { capturing, serving, untilCounted } from "./support/serving.ts";
import { closeFrame, frame } from "./support/wire.ts";

interface Target {
  readonly server: Server;
  readonly port: number;
}

async function target(handler: Handler = echo, options: ServeOptions = {}): Promise<Target> {
  expectNothingEscapes();
  const http2 = createServer().listen(0, "127.0.0.1");
  await once(http2, "listening");
  http2.on("session", (session) => onTestFinished(() => session.destroy()));
  onTestFinished(() => void http2.close());
  const server = await serving(handler, { server: http2, ...options });
  return { server, port: (http2.address() as AddressInfo).port };
}

/** Another client is served, and nothing of the attacker is left. */
async function expectUnharmed({ server, port }: Target): Promise<void> {
  const ws = await connect(`ws://127.0.0.1:${port}`, { http2: true });
  await ws.send("still here");
  expect(await ws.recv()).toBe("still here");
  await ws.close();
  await untilCounted(server, { connections: 0, openings: 0 });
}

const text = frame({ opcode: "text", payload: "hi" })("server");

/** DATA whose payload stands between its length of padding and the padding (RFC 9113, section 6.1). */
function padded(payload: Uint8Array, padding: number): Uint8Array {
  return Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]);
}

test("padding is not the connection's", async () => {
  const attacked = await target();
  const session = new RawSession(attacked.port);
  session.socket.write(connectFrame(1));
  session.socket.write(http2Frame(FrameType.DATA, Flag.PADDED, 1, padded(text, 200)));
  session.socket.write(http2Frame(FrameType.DATA, Flag.PADDED, 1, padded(closeFrame(1000)("server"), 0)));
  await expect.poll(() => session.data(1).subarray(0, 5).toString("latin1")).toBe("\x81\x02hi\x88");
  session.socket.destroy();
  await expectUnharmed(attacked);
});

test.each<[name: string, fields: Readonly<Record<string, string>>]>([
  ["no path", without(":path")],
  ["no scheme", without(":scheme")],
  ["no authority", without(":authority")],
  ["a path that is empty", { ...CONNECT_FIELDS, ":path": "" }],
  ["another method with a protocol", { ...CONNECT_FIELDS, ":method": "GET" }],
  ["a pseudo-header behind the others", { ...without(":path"), "x-a": "b", ":path": "/" }],
  ["a header of connections", { ...CONNECT_FIELDS, connection: "upgrade" }],
  ["an upper case name", { ...CONNECT_FIELDS, "X-Upper": "a" }],
])("%s: no connection", async (_name, fields) => {
  const attacked = await target();
  const session = new RawSession(attacked.port);
  session.socket.write(connectFrame(1, fields));
  await expect.poll(() => session.types(1)).not.toEqual([]);
  expect(session.types(1)).not.toContain(FrameType.DATA);
  session.socket.destroy();
  await expectUnharmed(attacked);
});

function without(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(CONNECT_FIELDS).filter(([one]) => one !== name));
}

test("a stream that ends with its request is a lost connection", async () => {
  const { first, handler } = capturing();
  const attacked = await target(handler);
  const session = new RawSession(attacked.port);
  session.socket.write(connectFrame(1, CONNECT_FIELDS, Flag.END_HEADERS | Flag.END_STREAM));
  const ws = await first;
  await ws.waitClosed();
  expect(ws.closeCode).toBe(1006);
});

test("a connection that is broken off is reset with CANCEL", async () => {
  const { first, handler } = capturing();
  const attacked = await target(handler);
  const session = new RawSession(attacked.port);
  session.socket.write(connectFrame(1));
  (await first).terminate();
  await expect.poll(() => session.types(1)).toContain(FrameType.RST_STREAM);
  const reset = session.frames().find(({ type }) => type === FrameType.RST_STREAM);
  expect(reset?.payload.readUInt32BE()).toBe(8);
});

test("streams that are reset as soon as they are opened", async () => {
  const attacked = await target();
  const session = new RawSession(attacked.port);
  const cancel = Buffer.of(0, 0, 0, 8);
  const pairs = Array.from({ length: 500 }, (_, index) => [
    connectFrame(index * 2 + 1),
    http2Frame(FrameType.RST_STREAM, 0, index * 2 + 1, cancel),
  ]);
  session.socket.write(Buffer.concat(pairs.flat()));
  await expectUnharmed(attacked);
});

test("more streams of one session than maxConnections: the others get 503", async () => {
  const attacked = await target(echo, { maxConnections: 3 });
  const session = new RawSession(attacked.port);
  session.socket.write(Buffer.concat(Array.from({ length: 50 }, (_, index) => connectFrame(index * 2 + 1))));
  await expect.poll(() => session.frames().filter(({ type }) => type === FrameType.HEADERS).length).toBe(50);
  await untilCounted(attacked.server, { connections: 3 });
  session.socket.destroy();
  await untilCounted(attacked.server, { connections: 0 });
  await expectUnharmed(attacked);
});

test.each([
  ["reset", (session: RawSession) => void session.socket.resetAndDestroy()],
  ["closed", (session: RawSession) => void session.socket.destroy()],
  [
    "ended by GOAWAY",
    (session: RawSession) => void session.socket.write(http2Frame(FrameType.GOAWAY, 0, 0, Buffer.alloc(8))),
  ],
  [
    "ended by half a header block",
    (session: RawSession) => void session.socket.end(connectFrame(99, CONNECT_FIELDS, 0)),
  ],
])("a session that is %s at each step of a handshake", async (_name, leave) => {
  const attacked = await target(echo, {
    processRequest: () => new Promise((resolve) => setImmediate(resolve, undefined)),
  });
  for (let turns = 0; turns < 12; turns++) {
    const session = new RawSession(attacked.port);
    session.socket.write(Buffer.concat([connectFrame(1), http2Frame(FrameType.DATA, 0, 1, text)]));
    if (turns % 2 === 0) await once(session.socket, "connect");
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    leave(session);
    session.socket.end();
  }
  await expectUnharmed(attacked);
});

test("a peer that takes nothing more is given up", async () => {
  const { first, handler } = capturing();
  const attacked = await target(handler, {
    pingInterval: 200,
    pingTimeout: 200,
    closeTimeout: 200,
    compression: false,
  });
  const session = new RawSession(attacked.port);
  session.socket.write(connectFrame(1));
  const ws = await first;
  // Its windows never grow beyond the 65,535 bytes that they begin with
  for (let i = 0; i < 20; i++) ws.sendNow(new Uint8Array(16_000));
  await expect.poll(() => session.data(1).length).toBeGreaterThan(65_000);
  expect(ws.bufferedAmount).toBeGreaterThan(200_000);
  await ws.waitClosed();
  expect(ws.closeCode).toBe(1006);
});

test("a session that Node gives up without a word: pings find out", async () => {
  const attacked = await target(echo, { pingInterval: 200, pingTimeout: 200, closeTimeout: 200 });
  const session = new RawSession(attacked.port);
  session.socket.write(connectFrame(1));
  await untilCounted(attacked.server, { connections: 1 });
  // FRAME_SIZE_ERROR: Node says so, and reads no more
  session.socket.end(http2Frame(FrameType.PING, 0, 0));
  await untilCounted(attacked.server, { connections: 0, closed: 1 });
  await expectUnharmed(attacked);
});
