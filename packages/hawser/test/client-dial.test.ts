import { getEventListeners, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type LookupFunction, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ConnectOptions } from "../src/node/client-options.ts";
import { connect } from "../src/node/connect.ts";
import { echoes, failure, open } from "./support/attempts.ts";
import { authority } from "./support/certificates.ts";
import { allClosed, echoServer, httpServer, type Listening, listening, rawServer } from "./support/servers.ts";

const TRUSTED = { tls: { ca: authority } };

/** Names that lead here. */
const here: LookupFunction = (_host, options, callback) => {
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

describe("TCP", () => {
  test("a name, by the look-up given", async () => {
    const { port, requests } = await echoServer();
    await echoes(await open(`ws://somewhere.test:${port}/`, { lookup: here, proxy: null }));
    expect(requests[0]?.headers).toMatchObject({ host: `somewhere.test:${port}` });
  });

  test("localhost", async () => {
    const { port } = await echoServer({ listen: { host: "localhost", port: 0 } });
    await echoes(await open(`ws://localhost:${port}/`));
  });

  test("nobody listens", async () => {
    const port = await unusedPort();
    const error = await failure(connect(`ws://127.0.0.1:${port}/`));
    expect(error.code).toBe("CONNECT_FAILED");
    expect(error.message).toMatch(`Cannot connect to 127.0.0.1:${port}: connect ECONNREFUSED`);
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("at none of several addresses", async () => {
    const port = await unusedPort();
    const lookup: LookupFunction = (_host, _options, callback) => {
      const addresses = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
      callback(null, addresses);
    };
    const error = await failure(connect(`ws://somewhere.test:${port}/`, { lookup, proxy: null }));
    expect(error.message).toMatch(/: connect ECONNREFUSED .*, connect ECONNREFUSED/);
  });

  test("a name that is not found", async () => {
    const lookup: LookupFunction = (host, _options, callback) => {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), "", 0);
    };
    const error = await failure(connect("ws://nowhere.test/", { lookup, proxy: null }));
    expect([error.code, error.message]).toEqual([
      "CONNECT_FAILED",
      "Cannot connect to nowhere.test:80: getaddrinfo ENOTFOUND nowhere.test",
    ]);
  });

  test("a server that resets the connection", async () => {
    const { port } = await rawServer((_head, socket) => socket.resetAndDestroy());
    const error = await failure(connect(`ws://127.0.0.1:${port}/`));
    expect(error.code).toBe("CONNECT_FAILED");
  });
});

describe("TLS", () => {
  test.each(["127.0.0.1", "localhost"])("%s", async (host) => {
    const { port } = await echoServer({ isSecure: true, listen: { host, port: 0 } });
    const ws = await open(`wss://${host}:${port}/`, TRUSTED);
    await echoes(ws, "x".repeat(200_000));
    expect(ws).toMatchObject({ remotePort: port });
    expect(ws.request.url.protocol).toBe("https:");
    await ws.close();
    expect(ws.closeCode).toBe(1000);
  });

  test("the server hears the name, but no address and no trailing dot", async () => {
    const names: unknown[] = [];
    const { server, port } = await echoServer({ isSecure: true }).then(({ server, port }) => ({
      server: server.options.server!,
      port,
    }));
    server.on("secureConnection", (socket) => names.push(socket.servername, socket.alpnProtocol));
    await open(`wss://secure.test.:${port}/`, { ...TRUSTED, lookup: here, proxy: null });
    await open(`wss://127.0.0.1:${port}/`, TRUSTED);
    expect(names).toEqual(["secure.test", "http/1.1", false, "http/1.1"]);
  });

  test.each([
    ["an unknown authority", "localhost", {}, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["another server's certificate", "other.test", TRUSTED, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("%s is refused", async (_name, host, options, code) => {
    const { port } = await echoServer({ isSecure: true });
    const error = await failure(connect(`wss://${host}:${port}/`, { ...options, lookup: here, proxy: null }));
    expect([error.code, error.cause]).toEqual(["CONNECT_FAILED", expect.objectContaining({ code })]);
  });

  test("a name of one's own choice", async () => {
    const { port } = await echoServer({ isSecure: true });
    const tls = { ca: authority, servername: "secure.test" };
    await echoes(await open(`wss://other.test:${port}/`, { tls, lookup: here, proxy: null }));
  });

  test("a server that speaks no TLS", async () => {
    const { port } = await echoServer();
    const error = await failure(connect(`wss://127.0.0.1:${port}/`, TRUSTED));
    expect(error.code).toBe("CONNECT_FAILED");
  });
});

describe("a Unix socket", () => {
  function socketPath(): string {
    const folder = mkdtempSync(join(tmpdir(), "hawser-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, "s");
  }

  test.each([false, true])("with TLS: %s", async (isSecure) => {
    const path = socketPath();
    const { requests } = await echoServer({ isSecure, listen: { path } });
    await echoes(await open(`${isSecure ? "wss" : "ws"}://localhost/a`, { ...TRUSTED, path }));
    expect(requests[0]).toMatchObject({ url: "/a", headers: { host: "localhost" } });
  });

  test("that is not there", async () => {
    const path = socketPath();
    const error = await failure(connect("ws://localhost/", { path }));
    expect([error.code, error.message]).toEqual([
      "CONNECT_FAILED",
      expect.stringContaining(`to ${path}: connect ENOENT`),
    ]);
  });
});

describe("redirects", () => {
  async function redirecting(location: (path: string) => string): Promise<Listening & { heads: unknown[] }> {
    const heads: unknown[] = [];
    const server = await httpServer((request, response) => {
      heads.push([request.url, request.headers.authorization, request.headers.cookie]);
      response.writeHead(302, { Location: location(request.url ?? "") });
      response.end();
    });
    return { ...server, heads };
  }

  test("are followed, the credentials left behind", async () => {
    const { port, requests } = await echoServer();
    const first = await redirecting((path) => (path === "/a" ? "/b" : `http://127.0.0.1:${port}/c`));
    const ws = await open(`ws://u:p@127.0.0.1:${first.port}/a`, { headers: { Cookie: "c=1", "X-Own": "1" } });
    await echoes(ws);
    const basic = `Basic ${Buffer.from("u:p").toString("base64")}`;
    expect(first.heads).toEqual([
      ["/a", basic, "c=1"],
      ["/b", basic, "c=1"],
    ]);
    expect(requests[0]).toMatchObject({ url: "/c", headers: { "x-own": "1" } });
    expect(requests[0]?.headers).not.toHaveProperty("authorization");
    expect(requests[0]?.headers).not.toHaveProperty("cookie");
  });

  test.each([
    [10, 11],
    [2, 3],
    [0, 1],
  ])("end after %d", async (maxRedirects, requests) => {
    const { port, heads } = await redirecting((path) => `${path}a`);
    const options = maxRedirects === 10 ? {} : { maxRedirects };
    const error = await failure(connect(`ws://127.0.0.1:${port}/`, options));
    expect([error.code, error.response?.status, heads.length]).toEqual(["TOO_MANY_REDIRECTS", 302, requests]);
  });

  test("do not lead out of TLS", async () => {
    const { port } = await rawServer(
      (_head, socket) => socket.end("HTTP/1.1 302 F\r\nLocation: ws://127.0.0.1:1/\r\n\r\n"),
      {
        isSecure: true,
      },
    );
    const error = await failure(connect(`wss://127.0.0.1:${port}/`, TRUSTED));
    expect([error.code, error.response?.status]).toEqual(["REDIRECT_REFUSED", 302]);
  });

  test("without a Location are refusals", async () => {
    const { port } = await rawServer((_head, socket) => socket.end("HTTP/1.1 302 F\r\n\r\n"));
    expect((await failure(connect(`ws://127.0.0.1:${port}/`))).code).toBe("HANDSHAKE_REFUSED");
  });
});

interface Stuck {
  readonly url: string;
  readonly options?: ConnectOptions;
  readonly sockets: ReadonlySet<Socket>;
}

/** At each of these it goes no further; `reached` is called then. */
const stages: [name: string, begin: (reached: () => void) => Promise<Stuck>][] = [
  [
    "the look-up",
    async (reached) => ({ url: "ws://nowhere.test/", options: { lookup: reached, proxy: null }, sockets: new Set() }),
  ],
  [
    "TLS",
    async (reached) => {
      const { port, sockets } = await silentServer(reached);
      return { url: `wss://127.0.0.1:${port}/`, sockets };
    },
  ],
  [
    "the response",
    async (reached) => {
      const { port, sockets } = await rawServer(reached);
      return { url: `ws://127.0.0.1:${port}/`, sockets };
    },
  ],
  [
    "the response's head",
    async (reached) => {
      const { port, sockets } = await rawServer((_head, socket) => socket.write("HTTP/1.1 101 S\r\nX", reached));
      return { url: `ws://127.0.0.1:${port}/`, sockets };
    },
  ],
  [
    "the body of a refusal",
    async (reached) => {
      const { port, sockets } = await rawServer((_head, socket) => socket.write("HTTP/1.1 503 S\r\n\r\nabc", reached));
      return { url: `ws://127.0.0.1:${port}/`, sockets };
    },
  ],
  [
    "a proxy's answer",
    async (reached) => {
      const { port, sockets } = await rawServer(reached);
      return { url: "ws://nowhere.test/", options: { proxy: `http://127.0.0.1:${port}` }, sockets };
    },
  ],
  [
    "the look-up before a SOCKS proxy",
    async (reached) => {
      const { port, sockets } = await silentServer(() => {});
      const options = { lookup: reached, proxy: `socks5://127.0.0.1:${port}` };
      return { url: "ws://nowhere.test/", options, sockets };
    },
  ],
  [
    "a SOCKS proxy's answer",
    async (reached) => {
      const { port, sockets } = await silentServer(reached);
      return { url: "ws://nowhere.test/", options: { proxy: `socks5h://127.0.0.1:${port}` }, sockets };
    },
  ],
  [
    "the second of two redirects",
    async (reached) => {
      const { port, sockets } = await rawServer((head, socket) => {
        if (head.startsWith("GET /b")) reached();
        else socket.end("HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: /b\r\n\r\n");
      });
      return { url: `ws://127.0.0.1:${port}/a`, sockets };
    },
  ],
];

/** Reads and says nothing. */
function silentServer(onData: () => void): Promise<Listening> {
  return listening(createServer((socket) => void socket.on("data", onData)));
}

/** Returns a function that says how many timers set from now on keep the process alive. */
function watchTimers(): () => number {
  const set = vi.spyOn(globalThis, "setTimeout");
  const cleared = vi.spyOn(globalThis, "clearTimeout");
  onTestFinished(() => void vi.restoreAllMocks());
  return () => {
    const gone = new Set<unknown>(cleared.mock.calls.map(([timer]) => timer));
    return set.mock.results.filter(({ value }) => value.hasRef() && !gone.has(value)).length;
  };
}

describe("openTimeout ends it at", () => {
  test.each(stages)("%s", async (_name, begin) => {
    const { url, options, sockets } = await begin(() => {});
    const timersLeft = watchTimers();
    const error = await failure(connect(url, { ...options, openTimeout: 100 }));
    expect([error.code, error.message]).toEqual([
      "HANDSHAKE_TIMEOUT",
      "The connection did not open within openTimeout, 100 ms",
    ]);
    expect(timersLeft()).toBe(0);
    await allClosed({ sockets });
  });
});

describe("the signal ends it at", () => {
  test.each(stages)("%s", async (_name, begin) => {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const { url, options, sockets } = await begin(() => controller.abort(reason));
    const timersLeft = watchTimers();
    await expect(connect(url, { ...options, signal: controller.signal })).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect(timersLeft()).toBe(0);
    await allClosed({ sockets });
  });

  test("the very beginning", async () => {
    const { port, sockets } = await rawServer(() => {});
    await expect(connect(`ws://127.0.0.1:${port}/`, { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    expect(sockets.size).toBe(0);
  });

  test("no stage, once the connection is open", async () => {
    const { port } = await echoServer();
    const controller = new AbortController();
    const ws = await open(`ws://127.0.0.1:${port}/`, { signal: controller.signal });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort();
    await echoes(ws);
  });
});
