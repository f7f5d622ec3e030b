import type { LookupFunction } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { connect } from "../src/node/connect.ts";
import { loadSocks } from "../src/node/socks-dial.ts";
import { VERSION } from "../src/node/version.ts";
import { echoes, failure, open } from "./support/attempts.ts";
import { authority } from "./support/certificates.ts";
import { httpProxy } from "./support/http-proxy.ts";
import { allClosed, echoServer, rawServer } from "./support/servers.ts";
import { socksProxy } from "./support/socks-proxy.ts";

const TRUSTED = { tls: { ca: authority }, proxyTls: { ca: authority } };
const HOSTS = { hosts: { "secure.test": "127.0.0.1" } };

afterEach(() => vi.unstubAllEnvs());

describe("HTTP CONNECT", () => {
  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])("to a proxy with TLS: %s, through it with TLS: %s", async (isProxySecure, isSecure) => {
    const proxy = await httpProxy({ isSecure: isProxySecure, ...HOSTS });
    const { port } = await echoServer({ isSecure });
    const url = `${isSecure ? "wss" : "ws"}://secure.test:${port}/`;
    const ws = await open(url, { ...TRUSTED, proxy: `${isProxySecure ? "https" : "http"}://127.0.0.1:${proxy.port}` });
    await echoes(ws, "x".repeat(200_000));
    const [request] = proxy.requests;
    expect(request).toMatchObject({ method: "CONNECT", url: `secure.test:${port}` });
    expect(request?.headers).toEqual({ host: `secure.test:${port}`, "user-agent": `hawser/${VERSION}` });
    await ws.close();
    expect(ws.closeCode).toBe(1000);
    await allClosed(proxy);
  });

  test("with credentials, which are not the server's to see", async () => {
    const proxy = await httpProxy({ credentials: "us er:p@ss" });
    const { port, requests } = await echoServer();
    await echoes(await open(`ws://127.0.0.1:${port}/`, { proxy: `http://us%20er:p%40ss@127.0.0.1:${proxy.port}` }));
    expect(requests[0]?.headers).not.toHaveProperty("proxy-authorization");
  });

  test("without a User-Agent if there is to be none", async () => {
    const proxy = await httpProxy();
    const { port } = await echoServer();
    await open(`ws://127.0.0.1:${port}/`, { proxy: `http://127.0.0.1:${proxy.port}`, userAgent: null });
    expect(proxy.requests[0]?.headers).not.toHaveProperty("user-agent");
  });

  test.each([
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nProxy-agent: old\r\n\r\n"],
    ["a length that means nothing", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"],
    ["201", "HTTP/1.1 201 Made\r\n\r\n"],
  ])("a proxy may answer with %s", async (_name, answer) => {
    const proxy = await httpProxy({ answer });
    const { port } = await echoServer();
    await echoes(await open(`ws://127.0.0.1:${port}/`, { proxy: `http://127.0.0.1:${proxy.port}` }));
  });

  test.each([
    ["no credentials", { credentials: "a:b" }, 407, "who?"],
    ["an unknown host", { hosts: { "127.0.0.1": undefined as unknown as string } }, 502, ""],
  ])("%s", async (_name, options, status, body) => {
    const proxy = await httpProxy(options);
    const error = await failure(connect("ws://unknown.test/", { proxy: `http://x:secret@127.0.0.1:${proxy.port}` }));
    expect([error.code, error.response?.status, error.response?.text()]).toEqual(["PROXY_FAILED", status, body]);
    expect(error.message).toMatch(`The proxy http://127.0.0.1:${proxy.port} did not connect: it answered ${status}`);
    await allClosed(proxy);
  });

  test.each([
    ["answers nonsense", "nonsense\r\n\r\n", "PROXY_FAILED"],
    ["answers 101", "HTTP/1.1 101 S\r\n\r\n", "PROXY_FAILED"],
    ["goes away", "HTTP/1.1 20", "CONNECT_FAILED"],
  ])("a proxy that %s", async (_name, wire, code) => {
    const { port } = await rawServer((_head, socket) => socket.end(wire));
    const error = await failure(connect("ws://unknown.test/", { proxy: `http://127.0.0.1:${port}` }));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(`The proxy http://127.0.0.1:${port}`)]);
  });

  test("a proxy whose certificate is not trusted", async () => {
    const proxy = await httpProxy({ isSecure: true });
    const error = await failure(connect("ws://unknown.test/", { proxy: `https://127.0.0.1:${proxy.port}` }));
    expect(error).toMatchObject({
      code: "CONNECT_FAILED",
      message: expect.stringContaining(`Cannot connect to the proxy https://127.0.0.1:${proxy.port}: `),
      cause: { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    });
  });

  test("a proxy that sends more with its answer: it stands before the server's answer", async () => {
    const { port } = await rawServer((_head, socket) =>
      socket.write("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
    );
    const error = await failure(connect("ws://unknown.test/", { proxy: `http://127.0.0.1:${port}` }));
    expect(error.code).toBe("HANDSHAKE_REFUSED");
  });
});

describe("SOCKS", () => {
  const lookup: LookupFunction = (_host, options, callback) => {
    if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
    else callback(null, "127.0.0.1", 4);
  };

  test.each([
    ["socks4", 4, "127.0.0.1"],
    ["socks4a", 4, "secure.test"],
    ["socks5", 5, "127.0.0.1"],
    ["socks5h", 5, "secure.test"],
  ])("%s", async (scheme, version, host) => {
    const proxy = await socksProxy(HOSTS);
    for (const isSecure of [false, true]) {
      const { port } = await echoServer({ isSecure });
      const url = `${isSecure ? "wss" : "ws"}://secure.test:${port}/`;
      const ws = await open(url, { ...TRUSTED, lookup, proxy: `${scheme}://127.0.0.1:${proxy.port}` });
      await echoes(ws, "x".repeat(100_000));
      expect(proxy.requests.at(-1)).toEqual({ version, host, port, user: "" });
      await ws.close();
      expect(ws.closeCode).toBe(1000);
    }
    await allClosed(proxy);
  });

  test.each([
    ["socks4", "me", "me"],
    ["socks5", "me:p%40ss", "me:p@ss"],
  ])("%s with credentials", async (scheme, userinfo, user) => {
    const proxy = await socksProxy(scheme === "socks5" ? { credentials: user } : {});
    const { port } = await echoServer();
    await echoes(await open(`ws://127.0.0.1:${port}/`, { proxy: `${scheme}://${userinfo}@127.0.0.1:${proxy.port}` }));
    expect(proxy.requests[0]?.user).toBe(user);
  });

  test.each([
    ["no credentials", "socks5h", { credentials: "a:b" }, /authentication/i],
    ["a host that refuses", "socks5h", { reply: 5 }, /ConnectionRefused/],
    ["a destination that is not allowed", "socks4a", { reply: 91 }, /rejected/i],
  ])("%s", async (_name, scheme, options, message) => {
    const proxy = await socksProxy(options);
    const url = `${scheme}://127.0.0.1:${proxy.port}`;
    const error = await failure(connect("ws://unknown.test/", { proxy: url }));
    expect(error.code).toBe("PROXY_FAILED");
    expect(error.message).toMatch(`The proxy ${url} did not connect: `);
    expect(error.cause).toMatchObject({ message: expect.stringMatching(message) });
  });

  test("an address of IPv6 is not for version 4", async () => {
    const proxy = await socksProxy();
    const error = await failure(connect("ws://[fd00::1]/", { proxy: `socks4a://127.0.0.1:${proxy.port}` }));
    expect([error.code, error.message]).toEqual([
      "PROXY_FAILED",
      `The proxy socks4a://127.0.0.1:${proxy.port} cannot connect to an address of IPv6: fd00::1`,
    ]);
    expect(proxy.requests).toEqual([]);
  });

  test("a name that is not found here", async () => {
    const proxy = await socksProxy();
    const notFound: LookupFunction = (host, _options, callback) => callback(new Error(`ENOTFOUND ${host}`), "", 0);
    const options = { lookup: notFound, proxy: `socks5://127.0.0.1:${proxy.port}` };
    const error = await failure(connect("ws://unknown.test/", options));
    expect([error.code, error.message]).toEqual([
      "CONNECT_FAILED",
      "Cannot connect to unknown.test:80: ENOTFOUND unknown.test",
    ]);
  });

  test("nobody listens", async () => {
    const error = await failure(connect("ws://unknown.test/", { proxy: "socks5h://127.0.0.1:1" }));
    expect([error.code, error.message]).toEqual([
      "CONNECT_FAILED",
      expect.stringContaining("Cannot connect to the proxy socks5h://127.0.0.1:1: connect ECONNREFUSED"),
    ]);
  });

  test("without the package", async () => {
    const missing = Object.assign(new Error("Cannot find package 'socks'"), { code: "ERR_MODULE_NOT_FOUND" });
    const error = await failure(loadSocks(() => Promise.reject(missing)));
    expect([error.code, error.cause]).toEqual(["PROXY_FAILED", missing]);
    expect(error.message).toMatch("npm install socks");
  });
});

describe("the environment", () => {
  test("names the proxy, unless the option is null", async () => {
    const proxy = await httpProxy(HOSTS);
    const { port } = await echoServer({ isSecure: true });
    vi.stubEnv("wss_proxy", `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv("no_proxy", "other.test");
    const url = `wss://secure.test:${port}/`;
    await echoes(await open(url, TRUSTED));
    await echoes(await open(url, { ...TRUSTED, proxy: true }));
    expect(proxy.requests.length).toBe(2);
    const notFound: LookupFunction = (_host, _options, callback) => callback(new Error("not here"), "", 0);
    expect((await failure(connect(url, { proxy: null, lookup: notFound }))).message).toMatch("not here");
  });

  test("is not asked for this machine", async () => {
    const { port } = await echoServer();
    vi.stubEnv("ws_proxy", "http://127.0.0.1:1");
    await echoes(await open(`ws://127.0.0.1:${port}/`));
  });

  test("may be wrong", async () => {
    vi.stubEnv("ws_proxy", "ftp://user:secret@proxy");
    await expect(connect("ws://unknown.test/")).rejects.toThrow(
      /^Cannot connect: ws_proxy must begin with .*, got "ftp:\/\/\*\*\*@proxy"$/,
    );
  });
});
