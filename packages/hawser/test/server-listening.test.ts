import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { requireReusePort } from "../src/node/listen-options.ts";
import { authority, certificate } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { open, openClient, rawClient, secureClient } from "./support/raw-client.ts";
import { echo, serving, untilCounted } from "./support/serving.ts";

describe("TCP", () => {
  test("port 0: the system chooses, and server.port tells", async () => {
    const server = await serving(echo);
    expect(server.port).toBeGreaterThan(0);
    expect(server.address).toEqual({ address: "127.0.0.1", family: "IPv4", port: server.port });
    const client = await openClient(server.port);
    expect(await client.text("ahoy").message()).toBe("ahoy");
  });

  test("the address is still told after close", async () => {
    const server = await serving(echo);
    const { address, port } = server;
    await server.close();
    expect([server.address, server.port]).toEqual([address, port]);
  });

  test("without host, all interfaces", async () => {
    const server = await serve(echo);
    onTestFinished(() => server.close());
    expect(server.address).toMatchObject({ address: expect.stringMatching(/^(::|0\.0\.0\.0)$/) });
    await openClient(server.port);
  });

  test.each(["EADDRINUSE", "EADDRNOTAVAIL"])("%s rejects with the system's error", async (code) => {
    const first = await serving(echo);
    const place =
      code === "EADDRINUSE" ? { host: "127.0.0.1", port: first.port } : { host: "203.0.113.1", port: first.port };
    await expect(serve(echo, place)).rejects.toMatchObject({ code, syscall: "listen", port: first.port });
    expect((await openClient(first.port)).socket.readyState).toBe("open");
  });

  test("reusePort on a Node that ignores it is an error, never ignored", async () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major > 22 || (major === 22 && minor >= 12)) {
      const [a, b] = [await serving(echo, { reusePort: true }), undefined];
      expect(await serving(echo, { reusePort: true, port: a.port })).not.toBe(b);
    } else {
      await expect(serve(echo, { reusePort: true })).rejects.toThrow(
        `Cannot serve: reusePort needs Node 22.12 or later, this is ${process.versions.node}`,
      );
    }
  });

  test.each([
    ["20.19.0", false],
    ["22.11.9", false],
    ["22.12.0", true],
    ["24.0.0", true],
  ])("reusePort on Node %s: %s", (version, isThere) => {
    const check = () => requireReusePort(version);
    if (isThere) expect(check).not.toThrow();
    else expect(check).toThrow(version);
  });
});

describe("Unix socket", () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "hawser-"));
    onTestFinished(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  /** What a process leaves behind that died without closing. */
  async function staleSocket(path: string): Promise<void> {
    const server = createServer().listen(`${path}.listening`);
    await once(server, "listening");
    const { rename } = await import("node:fs/promises");
    await rename(`${path}.listening`, path);
    server.close();
    await once(server, "close");
  }

  test.each([
    ["by default", undefined, 0o600],
    ["for a router of another user", 0o666, 0o666],
    ["for a group", 0o660, 0o660],
  ])("mode %s", async (_name, mode, expected) => {
    const path = join(await folder(), "hawser.sock");
    const server = await serving(echo, mode === undefined ? { path } : { path, mode });
    expect((await stat(path)).mode & 0o777).toBe(expected);
    expect([server.address, server.port]).toEqual([path, 0]);
    const client = await openClient({ path });
    expect(await client.text("ahoy").message()).toBe("ahoy");
  });

  test.runIf(process.platform === "linux")("an abstract socket has no file and no mode", async () => {
    const path = `\0hawser-test-${process.pid}`;
    await serving(echo, { path });
    expect(await (await openClient({ path })).text("ahoy").message()).toBe("ahoy");
    await expect(serve(echo, { path, mode: 0o600 })).rejects.toThrow("an abstract socket has no mode");
  });

  test("it is removed at close", async () => {
    const path = join(await folder(), "hawser.sock");
    const server = await serving(echo, { path });
    await server.close();
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a socket that nobody listens on is replaced", async () => {
    const path = join(await folder(), "hawser.sock");
    await staleSocket(path);
    expect((await stat(path)).isSocket()).toBe(true);
    await serving(echo, { path });
    const client = await openClient({ path });
    expect(await client.text("ahoy").message()).toBe("ahoy");
  });

  test("a socket that somebody listens on is not", async () => {
    const path = join(await folder(), "hawser.sock");
    await serving(echo, { path });
    await expect(serve(echo, { path })).rejects.toMatchObject({ code: "EADDRINUSE", address: path });
    const client = await openClient({ path });
    expect(await client.text("still here").message()).toBe("still here");
  });

  test("a file that is no socket is not", async () => {
    const path = join(await folder(), "precious.txt");
    await writeFile(path, "do not delete");
    await expect(serve(echo, { path })).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(await readFile(path, "utf8")).toBe("do not delete");
  });

  test("a folder that does not exist rejects with the system's error", async () => {
    const path = join(await folder(), "missing", "hawser.sock");
    await expect(serve(echo, { path })).rejects.toMatchObject({ syscall: "listen", address: path });
  });

  test("a stale socket that may not be removed rejects", async () => {
    const parent = await folder();
    const path = join(parent, "hawser.sock");
    await staleSocket(path);
    await chmod(parent, 0o500);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await serving(echo, { path });
    else await expect(serve(echo, { path })).rejects.toMatchObject({ code: "EACCES" });
    await chmod(parent, 0o700);
  });
});

describe("TLS", () => {
  test("wss, as any TLS client sees it", async () => {
    const server = await serving(echo, { tls: certificate });
    const client = await open(await secureClient(server.port));
    expect(await client.text("secret").message()).toBe("secret");
  });

  test("the connection knows that it is secure", async () => {
    const server = await serving(
      async (ws) => {
        await ws.send(`${(ws as { isSecure?: boolean }).isSecure} ${ws.request.url.protocol} ${ws.remoteAddress}`);
      },
      { tls: certificate },
    );
    const client = await open(await secureClient(server.port));
    expect(await client.message()).toBe("true https: 127.0.0.1");
  });

  test("close says 1001 to secure connections too", async () => {
    const server = await serving(echo, { tls: certificate });
    const clients = [await open(await secureClient(server.port)), await open(await secureClient(server.port))];
    const closed = server.close();
    expect(await Promise.all(clients.map((client) => client.closed()))).toEqual([
      { code: 1001, reason: "" },
      { code: 1001, reason: "" },
    ]);
    await within("close", closed);
  });

  test("close drops connections whose TLS handshake is not done", async () => {
    const server = await serving(echo, { tls: certificate });
    const silent = await rawClient(server.port);
    const late = await open(await secureClient(server.port));
    const closed = server.close();
    await silent.end();
    expect(await late.closed()).toMatchObject({ code: 1001 });
    await within("close", closed);
  });

  test("on a Unix socket too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hawser-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, "hawser.sock");
    const server = await serving(echo, { path, tls: certificate, openTimeout: 200 });
    const silent = await rawClient({ path });
    const client = await open(await secureClient(0, (await rawClient({ path })).socket));
    expect(await client.text("secret").message()).toBe("secret");
    const closed = server.close();
    expect(await client.closed()).toMatchObject({ code: 1001 });
    await silent.end();
    await within("close", closed);
  });

  test("a connection that says nothing is dropped after openTimeout", async () => {
    const server = await serving(echo, { tls: certificate, openTimeout: 50 });
    expect(await (await rawClient(server.port)).end()).toEqual(Buffer.alloc(0));
  });

  test("a secure connection that asks for nothing is dropped after openTimeout", async () => {
    const server = await serving(echo, { tls: certificate, openTimeout: 150 });
    const client = await secureClient(server.port);
    expect((await client.response()).status).toBe(408);
    await untilCounted(server, { openings: 0 });
  });

  test("plain HTTP on the port ends that connection alone", async () => {
    const server = await serving(echo, { tls: certificate });
    const plain = await rawClient(server.port);
    plain.write("GET / HTTP/1.1\r\n\r\n");
    await plain.end();
    const client = await open(await secureClient(server.port));
    expect(await client.text("still here").message()).toBe("still here");
  });

  test("HTTP/1.1 is chosen where the client offers HTTP/2 first", async () => {
    const server = await serving(echo, { tls: certificate });
    const socket = connectTls({
      host: "127.0.0.1",
      port: server.port,
      ca: authority,
      servername: "localhost",
      ALPNProtocols: ["h2", "http/1.1"],
    });
    onTestFinished(() => void socket.destroy());
    await within("the TLS handshake", once(socket, "secureConnect"));
    expect(socket.alpnProtocol).toBe("http/1.1");
  });

  test("a certificate that cannot be read rejects", async () => {
    await expect(serve(echo, { tls: { cert: "no certificate", key: "no key" } })).rejects.toThrow(/PEM|DECODER/);
  });
});
