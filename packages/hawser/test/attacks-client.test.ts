/**
 * Attacks on a client: by the server, by who stands between them, and by who chooses what the application passes on.
 */

import { once } from "node:events";
import type { Socket } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ClientConnection } from "../src/node/client-connection.ts";
import type { ConnectOptions } from "../src/node/client-options.ts";
import { connect } from "../src/node/connect.ts";
import { ConnectionClosedError, HandshakeError } from "../src/node/errors.ts";
import { serializeRawFrame } from "../src/testing/raw-frame.ts";
import { expectNothingEscapes, memoryGrowth, openDescriptors } from "./support/attacker.ts";
import { type Listening, rawServer } from "./support/servers.ts";
import { switchingProtocols } from "./support/switching.ts";

const MIB = 1_048_576;
const QUICK: ConnectOptions = { openTimeout: 1_000, closeTimeout: 200, proxy: null };

/** A server that answers the handshake with `answer`, and a client that tries it. */
async function attempt(answer: (socket: Socket, head: string) => void, options: ConnectOptions = {}): Promise<unknown> {
  expectNothingEscapes();
  const { port } = await rawServer((head, socket) => answer(socket, head));
  return connect(`ws://127.0.0.1:${port}/`, { ...QUICK, ...options }).then(
    (ws) => {
      ws.terminate();
      return "open";
    },
    (error: unknown) => error,
  );
}

function bytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

const OK = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

describe("a response that breaks the rules fails the handshake", () => {
  test.each<readonly [name: string, answer: string]>([
    ["nothing", ""],
    ["noise", "\0\x01\x02\xff\xfe\r\n\r\n"],
    ["no accept", `${OK}\r\n`],
    ["an accept of another key", `${OK}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`],
    ["bare LF", OK.replaceAll("\r\n", "\n")],
    ["a folded header", `${OK}X: a\r\n b\r\n\r\n`],
    ["2,000 headers", `${OK}${"X: y\r\n".repeat(2_000)}\r\n`],
    ["a header of 1 MB", `${OK}X: ${"a".repeat(MIB)}\r\n\r\n`],
    ["a status line of 1 MB", `HTTP/1.1 101 ${"a".repeat(MIB)}\r\n\r\n`],
    ["status 99", "HTTP/1.1 99 No\r\n\r\n"],
    ["a Content-Length of 2^64", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n"],
    ["a negative Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
    ["a chunk of 2^64", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"],
    ["a chunk's extension of 1 MB", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${"a".repeat(MIB)}`],
    ["interim responses without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000)],
    ["a redirect to nowhere", "HTTP/1.1 302 Found\r\nLocation: ws://\0\r\nContent-Length: 0\r\n\r\n"],
    ["a redirect to a file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"],
    ["a redirect with a line break", "HTTP/1.1 302 Found\r\nLocation: /%0d%0aX:y\rZ\r\nContent-Length: 0\r\n\r\n"],
  ])("%s", async (_name, answer) => {
    const error = await attempt((socket) => socket.end(bytes(answer)));
    expect(error).toBeInstanceOf(HandshakeError);
  });

  test.each([
    ["a window of 7 bits", "permessage-deflate; server_max_window_bits=7"],
    ["a window of 99 bits", "permessage-deflate; client_max_window_bits=99"],
    ["a window of no bits", "permessage-deflate; server_max_window_bits"],
    ["a window of 1e1 bits", "permessage-deflate; server_max_window_bits=1e1"],
    ["a parameter twice", "permessage-deflate; server_no_context_takeover; server_no_context_takeover"],
    ["another parameter", "permessage-deflate; __proto__"],
    ["the extension twice", "permessage-deflate, permessage-deflate"],
    ["another extension", "constructor"],
    ["a quote without an end", `permessage-deflate; a="${"\\".repeat(4_000)}`],
  ])("%s", async (_name, extensions) => {
    const error = await attempt((socket, head) => {
      const answer = switchingProtocols(head, `Sec-WebSocket-Extensions: ${extensions}`);
      socket.end(answer);
    });
    expect(error).toBeInstanceOf(HandshakeError);
  });

  test("a subprotocol that was not offered", async () => {
    const error = await attempt((socket, head) => {
      socket.end(switchingProtocols(head, "Sec-WebSocket-Protocol: constructor"));
    });
    expect(error).toBeInstanceOf(HandshakeError);
  });

  test.each<readonly [string, (socket: Socket) => void]>([
    ["RST", (socket) => void socket.resetAndDestroy()],
    ["the end at once", (socket) => void socket.end()],
    ["RST within the response", (socket) => socket.write("HTTP/1.1 1", () => socket.resetAndDestroy())],
    ["half a response, then nothing", (socket) => void socket.write(OK)],
    ["a body that does not end", (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")],
  ])("%s", async (_name, answer) => {
    const before = openDescriptors();
    expect(await attempt(answer, { openTimeout: 200 })).toBeInstanceOf(HandshakeError);
    await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before + 2));
  });

  test("a body without end: no more than 1 MiB is read", async () => {
    const chunk = Buffer.alloc(MIB);
    const growth = await memoryGrowth(async () => {
      const error = await attempt((socket) => {
        socket.write("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
        const more = () => {
          while (socket.writable && socket.write(chunk));
        };
        socket.on("drain", more);
        more();
      });
      expect(error).toBeInstanceOf(HandshakeError);
      expect((error as HandshakeError).response?.body.length ?? 0).toBeLessThanOrEqual(MIB);
    });
    expect(growth).toBeLessThan(64 * MIB);
  });
});

describe("what the application passes on is refused at the call", () => {
  const LINES = ["\r\nX: y", "\nX: y", "\rX", "\0"];

  test.each(
    LINES.flatMap((line): [string, string, ConnectOptions][] => [
      ["a header's value", line, { headers: { A: `b${line}` } }],
      ["a header's name", line, { headers: { [`A${line}`]: "b" } }],
      ["the origin", line, { origin: `http://a${line}` }],
      ["the user agent", line, { userAgent: `a${line}` }],
      ["a subprotocol", line, { subprotocols: [`a${line}`] }],
      ["a header of the handshake", line, { headers: { Upgrade: `websocket${line}` } }],
      ["the proxy", line, { proxy: `http://127.0.0.1:1/${line}` }],
    ]),
  )("a line break in %s (%j)", async (_name, _line, options) => {
    const onHead = vi.fn();
    const { port } = await rawServer(onHead);
    const error = await connect(`ws://127.0.0.1:${port}/`, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(onHead).not.toHaveBeenCalled();
  });

  test.each(LINES)("in the URL (%j)", async (line) => {
    await expect(connect(`ws://127.0.0.1:1/a${line}`)).rejects.toBeInstanceOf(TypeError);
    await expect(connect(`ws://127.0.0.1${line}:1/`)).rejects.toBeInstanceOf(TypeError);
    await expect(connect(`ws://a:b${line}@127.0.0.1:1/`)).rejects.toBeInstanceOf(TypeError);
  });

  test("encoded ones stay encoded", async () => {
    let head = "";
    await attempt((socket, received) => {
      head = received;
      socket.end();
    });
    const { port } = await rawServer((received, socket) => {
      head = received;
      socket.end();
    });
    await connect(`ws://us%0d%0aer:pa%0d%0ass@127.0.0.1:${port}/%0d%0aX:%20y?%0d%0aX:%20y`, QUICK).catch(() => {});
    expect(head).toMatch(/^GET \/%0d%0aX:%20y\?%0d%0aX:%20y HTTP\/1\.1\r\n/);
    expect(head).not.toMatch(/^X: y/m);
  });
});

/** A client that is open, and the server's end of it. */
async function opened(
  options: ConnectOptions = {},
  headers: readonly string[] = [],
): Promise<{ ws: ClientConnection; socket: Socket; listening: Listening }> {
  expectNothingEscapes();
  let peer: Socket | undefined;
  const listening = await rawServer((head, socket) => {
    peer = socket;
    socket.write(switchingProtocols(head, ...headers));
  });
  const ws = await connect(`ws://127.0.0.1:${listening.port}/`, { ...QUICK, ...options });
  onTestFinished(() => ws.terminate());
  return { ws, socket: peer!, listening };
}

describe("frames that break the rules", () => {
  test.each<readonly [string, Uint8Array, string]>([
    ["a masked frame", serializeRawFrame({ opcode: 1, payload: "a", masked: true }), "MASK_UNEXPECTED"],
    ["a masked Close", serializeRawFrame({ opcode: 8, masked: true }), "MASK_UNEXPECTED"],
    ["RSV1", serializeRawFrame({ opcode: 1, rsv: 0x40 }), "RSV_UNEXPECTED"],
    ["opcode 3", serializeRawFrame({ opcode: 3 }), "OPCODE_UNKNOWN"],
    ["2^63", Buffer.from("827f8000000000000000", "hex"), "LENGTH_TOO_LARGE"],
    ["2^63 - 1", Buffer.from("827f7fffffffffffffff", "hex"), "MESSAGE_TOO_BIG"],
    ["2^53 + 1", Buffer.from("827f0020000000000001", "hex"), "MESSAGE_TOO_BIG"],
    ["wrong UTF-8", serializeRawFrame({ opcode: 1, payload: Uint8Array.of(0xff) }), "UTF8_INVALID"],
    ["an unmasked Close of one byte", serializeRawFrame({ opcode: 8, payload: "a" }), "CLOSE_PAYLOAD_INVALID"],
    ["HTTP", Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), "RSV_UNEXPECTED"],
  ])("%s", async (_name, sent, code) => {
    const { ws, socket } = await opened({ compression: false });
    socket.write(sent);
    const error = await ws.recv().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionClosedError);
    expect(error).toMatchObject({ code: 1006, cause: { code } });
  });

  test("a bomb of 300 MB", async () => {
    const bomb = deflateRawSync(Buffer.alloc(300 * MIB), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const { ws, socket } = await opened({}, ["Sec-WebSocket-Extensions: permessage-deflate"]);
    const growth = await memoryGrowth(async () => {
      socket.write(serializeRawFrame({ opcode: 2, rsv: 0x40, payload: bomb }));
      await expect(ws.recv()).rejects.toMatchObject({ sent: { code: 1009 } });
    });
    expect(growth).toBeLessThan(48 * MIB);
  });

  test("empty fragments without end", async () => {
    const { ws, socket } = await opened();
    socket.write(serializeRawFrame({ opcode: 1, fin: false }));
    socket.write(Buffer.alloc(2 * 600_000));
    await expect(ws.recv()).rejects.toMatchObject({ sent: { code: 1009 } });
  });

  test("a flood of messages that nobody takes is not read", async () => {
    const { socket } = await opened();
    const chunk = Buffer.concat(
      Array.from({ length: 64 }, () => serializeRawFrame({ opcode: 2, payload: new Uint8Array(16_384) })),
    );
    for (let count = 0; count < 64; count++) socket.write(chunk);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(socket.writableLength).toBeGreaterThan(32 * MIB);
  });
});

describe("a server that ends badly", () => {
  test.each<readonly [string, (socket: Socket) => void]>([
    ["RST", (socket) => void socket.resetAndDestroy()],
    ["the end without Close", (socket) => void socket.end()],
    ["the end within a frame", (socket) => void socket.end(Uint8Array.of(0x82, 0x7f, 0, 0))],
  ])("%s: 1006", async (_name, end) => {
    const { ws, socket } = await opened();
    end(socket);
    await expect(ws.recv()).rejects.toMatchObject({ code: 1006 });
  });

  test("one that acknowledges Close and never ends its side is left after closeTimeout", async () => {
    const { ws, socket } = await opened();
    socket.once("data", () => socket.write(serializeRawFrame({ opcode: 8, payload: Uint8Array.of(3, 0xe8) })));
    const closed = once(socket, "close");
    await ws.close();
    expect(ws.closeCode).toBe(1000);
    socket.end();
    await closed;
  });

  test("one that floods instead of answering Close is left after closeTimeout", async () => {
    const { ws, socket } = await opened();
    const flood = setInterval(() => socket.write(serializeRawFrame({ opcode: 1, payload: "x".repeat(10_000) })), 1);
    onTestFinished(() => clearInterval(flood));
    await ws.close();
    expect(ws.closeCode).toBe(1006);
  });
});
