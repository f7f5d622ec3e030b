import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ClientConnection } from "../src/node/client-connection.ts";
import type { ConnectOptions } from "../src/node/client-options.ts";
import { connect } from "../src/node/connect.ts";
import { ConnectionClosedError, HandshakeError, type HandshakeErrorCode, ProtocolError } from "../src/node/errors.ts";
import { VERSION } from "../src/node/version.ts";
import { allClosed, echoServer, httpServer, rawServer } from "./support/servers.ts";
import { switchingProtocols, textFrame } from "./support/switching.ts";

async function open(url: string, options?: ConnectOptions): Promise<ClientConnection> {
  const connection = await connect(url, options);
  onTestFinished(() => connection.terminate());
  return connection;
}

async function failure(attempt: Promise<unknown>): Promise<HandshakeError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HandshakeError);
  return error as HandshakeError;
}

/** The server's side of a connection that a raw server accepts. */
async function accepted(...behind: Buffer[]): Promise<{ url: string; socket: Promise<Socket> }> {
  let resolve: (socket: Socket) => void;
  const socket = new Promise<Socket>((settle) => {
    resolve = settle;
  });
  const { port } = await rawServer((head, peer) => {
    peer.write(Buffer.concat([switchingProtocols(head), ...behind]));
    resolve(peer);
  });
  return { url: `ws://127.0.0.1:${port}/`, socket };
}

describe("an open connection", () => {
  test.each([["deflate"], [false]] as const)("sends and receives, with compression %s", async (compression) => {
    const { port } = await echoServer({ perMessageDeflate: true });
    const ws = await open(`ws://127.0.0.1:${port}/feed`, { compression });
    expect(ws.extensions.map(({ name }) => name)).toEqual(compression ? ["permessage-deflate"] : []);
    for (const message of ["", "hello", "ünïcödé ".repeat(5_000), new Uint8Array([1, 2, 3])]) {
      await ws.send(message);
      const echoed = await ws.recv();
      expect(typeof echoed === "string" ? echoed : new Uint8Array(echoed)).toEqual(message);
    }
    await ws.close();
    expect([ws.state, ws.closeCode]).toEqual(["closed", 1000]);
  });

  test("tells what was agreed, and between whom", async () => {
    const { port } = await echoServer({ handleProtocols: () => "v2" });
    const ws = await open(`ws://127.0.0.1:${port}/feed?q=1`, { subprotocols: ["v1", "v2"] });
    expect(ws).toMatchObject({ subprotocol: "v2", state: "open", remoteAddress: "127.0.0.1", remotePort: port });
    expect(ws.request).toMatchObject({ method: "GET", path: "/feed?q=1" });
    expect(ws.request.headers.get("Sec-WebSocket-Protocol")).toBe("v1, v2");
    expect(ws.response.status).toBe(101);
    expect(ws.response.headers.get("upgrade")).toBe("websocket");
  });

  test("a server that chooses no subprotocol is accepted", async () => {
    const { port } = await echoServer({ handleProtocols: () => false });
    const ws = await open(`ws://127.0.0.1:${port}/`, { subprotocols: ["v1"] });
    expect(ws.subprotocol).toBeUndefined();
  });

  test("hears how the server closes", async () => {
    const { port } = await echoServer();
    const ws = await open(`ws://127.0.0.1:${port}/`);
    await ws.send("close 4000");
    await expect(ws.recv()).rejects.toThrow(ConnectionClosedError);
    expect([ws.closeCode, ws.closeReason]).toEqual([4000, "as asked"]);
  });

  test("reports its opening and its end", async () => {
    const lines: unknown[] = [];
    const log = (fields: object, text: string) => void lines.push([text, fields]);
    const { port } = await echoServer();
    const ws = await open(`ws://127.0.0.1:${port}/`, { logger: { debug: log, info: log, warn: log, error: log } });
    await ws.close();
    expect(lines).toEqual([
      ["connection open", expect.objectContaining({ id: ws.id, remotePort: port })],
      ["connection closed", { id: ws.id, code: 1000, reason: "" }],
    ]);
  });
});

describe("the request", () => {
  async function headOf(path: string, options?: ConnectOptions, userinfo = ""): Promise<string[]> {
    const heads: string[] = [];
    const { port } = await rawServer((head, socket) => {
      heads.push(head.replaceAll(`:${port}`, ":PORT").replace(/Key: .{22}==/, "Key: KEY"));
      socket.write(switchingProtocols(head));
    });
    await open(`ws://${userinfo}127.0.0.1:${port}${path}`, options);
    return heads[0]!.split("\r\n").slice(0, -2);
  }

  test("is this, and nothing more", async () => {
    expect(await headOf("/a?b")).toEqual([
      "GET /a?b HTTP/1.1",
      "Host: 127.0.0.1:PORT",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: KEY",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      `User-Agent: hawser/${VERSION}`,
    ]);
  });

  test("has what the options say", async () => {
    const headers = { Cookie: "c=1", "X-Own": ["1", "2"] };
    const options = {
      headers,
      origin: "https://o.example",
      userAgent: null,
      compression: false,
      subprotocols: ["a", "b"],
    } as const;
    expect(await headOf("/", options)).toEqual([
      "GET / HTTP/1.1",
      "Host: 127.0.0.1:PORT",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: KEY",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: a, b",
      "Origin: https://o.example",
      "Cookie: c=1",
      "X-Own: 1",
      "X-Own: 2",
    ]);
  });

  test.each([
    ["user:pass@", "user:pass"],
    ["us%20er:p%40ss@", "us er:p@ss"],
    ["key:@", "key:"],
  ])("has the credentials of %s", async (userinfo, credentials) => {
    const lines = await headOf("/", {}, userinfo);
    expect(lines).toContain(`Authorization: Basic ${Buffer.from(credentials).toString("base64")}`);
  });

  test.each([
    ["Connection", "close"],
    ["Sec-WebSocket-Key", "k"],
    ["Sec-WebSocket-Protocol", "a"],
    ["Content-Length", "0"],
  ])("cannot be given %s", async (name, value) => {
    await expect(connect("ws://127.0.0.1:1/", { headers: { [name]: value } })).rejects.toThrow(
      new TypeError(`Cannot connect: headers must not contain ${name}, which the handshake sets, got "${value}"`),
    );
  });
});

describe("mistakes reject before anything is connected to", () => {
  test.each([
    ["ws://127.0.0.1:1/#f", {}],
    ["nothing", {}],
    ["ws://127.0.0.1:1/", { origin: "a\r\nb" }],
    ["ws://127.0.0.1:1/", { compresion: false }],
  ])("%s %j", async (url, options) => {
    const attempt = connect(url, options as ConnectOptions);
    await expect(attempt).rejects.toThrow(TypeError);
  });
});

describe("bytes behind the response", () => {
  test("in the same segment are the first messages, in order", async () => {
    const { url, socket } = await accepted(textFrame("one"), textFrame("two"));
    const ws = await open(url);
    (await socket).write(textFrame("three"));
    expect([await ws.recv(), await ws.recv(), await ws.recv()]).toEqual(["one", "two", "three"]);
  });

  test("may be half of a frame", async () => {
    const frame = textFrame("split");
    const { url, socket } = await accepted(frame.subarray(0, 3));
    const ws = await open(url);
    (await socket).write(frame.subarray(3));
    expect(await ws.recv()).toBe("split");
  });

  test("may be everything, with the end of the connection", async () => {
    const { port } = await rawServer((head, socket) => {
      socket.end(Buffer.concat([switchingProtocols(head), textFrame("last"), Buffer.from([0x88, 2, 0x03, 0xe9])]));
    });
    const ws = await open(`ws://127.0.0.1:${port}/`);
    expect(await ws.recv()).toBe("last");
    await ws.waitClosed();
    expect(ws.closeCode).toBe(1001);
  });

  test("are more than is read ahead, and nothing is lost", async () => {
    const frames = Array.from({ length: 500 }, (_, i) => textFrame(String(i)));
    const { url } = await accepted(...frames);
    const ws = await open(url);
    for (let i = 0; i < 500; i++) expect(await ws.recv()).toBe(String(i));
  });

  test("that break a rule fail the connection", async () => {
    const { url } = await accepted(Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]));
    const ws = await open(url);
    const error = await ws.recv().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ sent: { code: 1002 }, cause: expect.any(ProtocolError) });
  });
});

describe("a response in pieces", () => {
  test("byte by byte", async () => {
    const { port } = await rawServer(async (head, socket) => {
      socket.setNoDelay(true);
      for (const byte of Buffer.concat([switchingProtocols(head), textFrame("hi")])) {
        await new Promise((written) => socket.write(Buffer.of(byte), written));
      }
    });
    expect(await (await open(`ws://127.0.0.1:${port}/`)).recv()).toBe("hi");
  });

  test("after an interim one", async () => {
    const { port } = await rawServer((head, socket) => {
      socket.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
      socket.write(switchingProtocols(head));
    });
    expect((await open(`ws://127.0.0.1:${port}/`)).state).toBe("open");
  });
});

describe("a refused handshake", () => {
  test("rejects with the answer", async () => {
    const { port, sockets } = await httpServer((_request, response) => {
      response.writeHead(401, { "WWW-Authenticate": "Basic" });
      response.end("näy");
    });
    const error = await failure(connect(`ws://user:secret@127.0.0.1:${port}/a`));
    expect(error.code).toBe("HANDSHAKE_REFUSED");
    expect(error.message).toBe(`ws://***@127.0.0.1:${port}/a refused the handshake: 401 Text`);
    expect(error.response).toMatchObject({ status: 401, statusText: "Text" });
    expect(error.response?.headers.get("www-authenticate")).toBe("Basic");
    expect(error.response?.text()).toBe("näy");
    await allClosed({ sockets });
  });

  test.each([
    ["chunked", "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"],
    ["with a length", "HTTP/1.1 503 Busy\r\nContent-Length: 3\r\n\r\nabc", "abc"],
    ["without a body", "HTTP/1.1 204 Nothing\r\n\r\n", ""],
  ])("%s, on a connection that stays open", async (_name, wire, body) => {
    const { port } = await rawServer((_head, socket) => socket.write(wire));
    const error = await failure(connect(`ws://127.0.0.1:${port}/`));
    expect([error.code, error.response?.text()]).toEqual(["HANDSHAKE_REFUSED", body]);
  });

  test("keeps 1 MiB of the body", async () => {
    const { port } = await rawServer((_head, socket) => {
      socket.write("HTTP/1.1 500 Oh\r\n\r\n");
      socket.end(Buffer.alloc(2_000_000, "x"));
    });
    const error = await failure(connect(`ws://127.0.0.1:${port}/`));
    expect(error.response?.body.length).toBe(1_048_576);
  });

  test("keeps a body that the server's reset cut short", async () => {
    const { port } = await rawServer((_head, socket) => {
      socket.write("HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\nabc", () =>
        setImmediate(() => socket.resetAndDestroy()),
      );
    });
    const error = await failure(connect(`ws://127.0.0.1:${port}/`));
    // The reset may overtake what came before it
    if (error.code !== "CONNECT_FAILED") expect(error.response?.status).toBe(400);
  });
});

describe("an answer that is no handshake", () => {
  test.each<[string, string, HandshakeErrorCode]>([
    ["is not HTTP", "SSH-2.0-OpenSSH_9\r\n\r\n", "HANDSHAKE_INVALID"],
    ["has no Accept", "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "HANDSHAKE_INVALID"],
    [
      "has a bad Accept",
      "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
      "HANDSHAKE_INVALID",
    ],
    ["has an endless header", `HTTP/1.1 101 S\r\nX: ${"x".repeat(9_000)}`, "HANDSHAKE_INVALID"],
    ["has endless headers", `HTTP/1.1 101 S\r\n${"X: y\r\n".repeat(200)}`, "HANDSHAKE_INVALID"],
    ["ends early", "HTTP/1.1 101 Sw", "CONNECT_FAILED"],
    ["is empty", "", "CONNECT_FAILED"],
  ])("%s", async (_name, wire, code) => {
    const { port } = await rawServer((_head, socket) => socket.end(wire));
    const error = await failure(connect(`ws://127.0.0.1:${port}/`));
    expect(error.code).toBe(code);
  });

  test.each([
    ["a subprotocol that was not offered", "Sec-WebSocket-Protocol: v9"],
    ["an extension that was not offered", "Sec-WebSocket-Extensions: x-other"],
    ["an invalid parameter", "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99"],
    [
      "a parameter twice",
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    ],
    ["names of Object.prototype", "Sec-WebSocket-Extensions: constructor, __proto__"],
  ])("has %s", async (_name, line) => {
    const { port } = await rawServer((head, socket) => socket.write(switchingProtocols(head, line)));
    const error = await failure(connect(`ws://127.0.0.1:${port}/`));
    expect([error.code, error.response?.status]).toEqual(["HANDSHAKE_INVALID", 101]);
  });

  test("a factory that throws is the cause", async () => {
    const boom = new Error("boom");
    const own = {
      name: "x-own",
      offers: [[]],
      agree: () => {
        throw boom;
      },
    };
    const line = "Sec-WebSocket-Extensions: x-own";
    const { port } = await rawServer((head, socket) => socket.write(switchingProtocols(head, line)));
    const error = await failure(connect(`ws://127.0.0.1:${port}/`, { extensions: [own] }));
    expect([error.code, error.cause]).toEqual(["HANDSHAKE_INVALID", boom]);
  });
});

describe("servers that do not end", () => {
  test("one that acknowledges Close and never closes the connection is left after closeTimeout", async () => {
    const { url, socket } = await accepted();
    const ws = await open(url, { closeTimeout: 30 });
    (await socket).once("data", () => socket.then((peer) => peer.write(Buffer.from([0x88, 2, 0x03, 0xe8]))));
    await ws.close();
    expect([ws.state, ws.closeCode]).toEqual(["closed", 1000]);
  });

  test("one that does not even acknowledge it, too", async () => {
    const { url } = await accepted();
    const ws = await open(url, { closeTimeout: 30 });
    await ws.close();
    expect([ws.state, ws.closeCode]).toEqual(["closed", 1006]);
  });
});
