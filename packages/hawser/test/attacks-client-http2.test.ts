/** Servers of HTTP/2 that break off, break rules or lie during a handshake: it fails with a reason, and the next one is no worse. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect, HandshakeError } from "hawser";
import { expect, onTestFinished, test } from "vitest";
import { expectNothingEscapes } from "./support/attacker.ts";
import { Flag, FrameType, headerBlock, http2Frame } from "./support/http2-frames.ts";

/** ENABLE_CONNECT_PROTOCOL: 1 (RFC 8441, section 3). */
const CONNECT_SETTINGS = http2Frame(FrameType.SETTINGS, 0, 0, Buffer.of(0, 8, 0, 0, 0, 1));

const SETTINGS_ACK = http2Frame(FrameType.SETTINGS, Flag.ACK, 0);

type Answer = (socket: Socket, stream: number) => void;

/** Takes sessions, and answers each request for a stream as it is told. */
async function hostileServer(answer: Answer, settings: Buffer = CONNECT_SETTINGS): Promise<string> {
  expectNothingEscapes();
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    let at = 24;
    socket.on("error", () => {}).write(settings);
    onTestFinished(() => void socket.destroy());
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (; at + 9 <= received.length; ) {
        const end = at + 9 + received.readUIntBE(at, 3);
        if (end > received.length) return;
        const [type, flags, stream] = [received[at + 3], received[at + 4], received.readUInt32BE(at + 5)];
        if (type === FrameType.SETTINGS && flags === 0) socket.write(SETTINGS_ACK);
        if (type === FrameType.HEADERS) answer(socket, stream);
        at = end;
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function headers(stream: number, fields: Readonly<Record<string, string>>, flags: number = Flag.END_HEADERS): Buffer {
  return http2Frame(FrameType.HEADERS, flags, stream, headerBlock(fields));
}

const code = (value: number) => Buffer.of(0, 0, 0, value);

test.each<[name: string, answer: Answer]>([
  ["resets the stream", (socket, stream) => void socket.write(http2Frame(FrameType.RST_STREAM, 0, stream, code(7)))],
  ["says GOAWAY and ends", (socket) => void socket.end(http2Frame(FrameType.GOAWAY, 0, 0, Buffer.alloc(8)))],
  [
    "says GOAWAY with an error",
    (socket) => void socket.write(http2Frame(FrameType.GOAWAY, 0, 0, Buffer.concat([code(0), code(11)]))),
  ],
  ["closes", (socket) => void socket.destroy()],
  ["resets the connection", (socket) => void socket.resetAndDestroy()],
  ["sends what is no frame", (socket) => void socket.write(Buffer.alloc(100, 0xff))],
  [
    "sends data before its answer",
    (socket, stream) => void socket.write(http2Frame(FrameType.DATA, 0, stream, code(0))),
  ],
  ["answers without a status", (socket, stream) => void socket.write(headers(stream, { server: "a" }))],
  ["answers with a status that is none", (socket, stream) => void socket.write(headers(stream, { ":status": "abc" }))],
  [
    "takes its promise of RFC 8441 back",
    (socket, stream) => {
      socket.write(http2Frame(FrameType.SETTINGS, 0, 0, Buffer.of(0, 8, 0, 0, 0, 0)));
      socket.write(http2Frame(FrameType.RST_STREAM, 0, stream, code(1)));
    },
  ],
  [
    "agrees on an extension that was not offered",
    (socket, stream) => void socket.write(headers(stream, { ":status": "200", "sec-websocket-extensions": "x-other" })),
  ],
  ["answers 101", (socket, stream) => void socket.write(headers(stream, { ":status": "101" }))],
])("a server that %s", async (_name, answer) => {
  const url = await hostileServer(answer);
  // The second finds nothing of the first
  for (let attempt = 0; attempt < 2; attempt++) {
    const failure = await connect(url, { http2: true, openTimeout: 500 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HandshakeError);
  }
});

test.each([
  ["says GOAWAY at once", http2Frame(FrameType.GOAWAY, 0, 0, Buffer.alloc(8))],
  ["sends what is no frame at once", Buffer.alloc(100, 0xff)],
  ["answers with HTTP/1.1", Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")],
])("a server that %s", async (_name, bytes) => {
  const url = await hostileServer((socket) => void socket.destroy(), bytes);
  const failure = await connect(url, { http2: true, openTimeout: 500 }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(HandshakeError);
});

test("many who wait for a session that dies all learn of it, and no other is harmed", async () => {
  let requests = 0;
  const url = await hostileServer((socket) => {
    requests++;
    if (requests === 5) socket.resetAndDestroy();
  });
  const attempts = await Promise.allSettled(
    Array.from({ length: 5 }, () => connect(url, { http2: true, openTimeout: 2_000 })),
  );
  for (const attempt of attempts) {
    expect(attempt).toMatchObject({ status: "rejected", reason: expect.any(HandshakeError) });
  }
});
