import { isIPv4 } from "node:net";
import type { ServeOptions, Server, ServerConnection } from "hawser";
import { describe, expect, test } from "vitest";
import { certificate } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { open, openClient, type RawClient, rawClient, secureClient, upgradeRequest } from "./support/raw-client.ts";
import { echo, idle, serving, untilCounted } from "./support/serving.ts";
import { concat } from "./support/wire.ts";

/** Tells the client who the server thinks it is. */
async function tell(ws: ServerConnection): Promise<void> {
  await ws.send(JSON.stringify([ws.remoteAddress, ws.remotePort ?? null, ws.isSecure]));
}

async function told(client: RawClient): Promise<unknown> {
  return JSON.parse(await client.message());
}

describe("PROXY protocol", () => {
  const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

  function v1(address: string, port: number): Uint8Array {
    return Buffer.from(`PROXY ${isIPv4(address) ? "TCP4" : "TCP6"} ${address} ${address} ${port} 443\r\n`);
  }

  /** For IPv4; `command` 0x20 is LOCAL, 0x21 PROXY. */
  function v2(address: string, port: number, command = 0x21): Uint8Array {
    const octets = Buffer.from(address.split(".").map(Number));
    const ports = Buffer.from([port >> 8, port & 0xff, 1, 0xbb]);
    return concat(SIGNATURE, Buffer.from([command, 0x11, 0, 12]), octets, octets, ports);
  }

  const required: ServeOptions = { proxyProtocol: "required" };

  /** A client behind a proxy that sends `header` first. */
  async function through(server: Server, header: Uint8Array, isSecure: boolean): Promise<RawClient> {
    const proxy = await rawClient(server.port);
    proxy.write(header);
    if (!isSecure) return proxy;
    return secureClient(server.port, proxy.socket);
  }

  describe.each([
    ["without TLS", false],
    ["with TLS", true],
  ])("%s", (_name, isSecure) => {
    const options: ServeOptions = isSecure ? { ...required, tls: certificate } : required;

    test.each<[name: string, header: Uint8Array, address: string, port: number]>([
      ["v1, IPv4", v1("192.0.2.1", 5_001), "192.0.2.1", 5_001],
      ["v1, IPv6", v1("2001:db8::1", 5_002), "2001:db8::1", 5_002],
      ["v2, IPv4", v2("192.0.2.2", 5_003), "192.0.2.2", 5_003],
    ])("%s: the connection has the client's address", async (_header, header, address, port) => {
      const server = await serving(tell, options);
      const client = await open(await through(server, header, isSecure));
      expect(await told(client)).toEqual([address, port, isSecure]);
    });

    test("each client its own, also at the same time", async () => {
      const server = await serving(tell, options);
      const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
      const clients = await Promise.all(addresses.map((address) => through(server, v1(address, 5_000), isSecure)));
      const all = await Promise.all(clients.map(async (client) => told(await open(client))));
      expect(all).toEqual(addresses.map((address) => [address, 5_000, isSecure]));
    });

    test("v2 LOCAL, as health checks send it: the proxy's own address", async () => {
      const server = await serving(tell, options);
      const client = await open(await through(server, v2("192.0.2.9", 1, 0x20), isSecure));
      expect(await told(client)).toEqual(["127.0.0.1", expect.any(Number), isSecure]);
    });

    test("close says 1001, and ends clients whose header has not come", async () => {
      const server = await serving(echo, options);
      const silent = await rawClient(server.port);
      const client = await open(await through(server, v1("192.0.2.1", 5_000), isSecure));
      const closed = server.close();
      expect((await client.closed()).code).toBe(1001);
      await silent.end();
      await within("close", closed);
    });

    test.each<[name: string, bytes: string | Uint8Array]>([
      ["no header", upgradeRequest()],
      ["a malformed header", "PROXY TCP4 nonsense\r\n"],
      ["a header without end", `PROXY ${"x".repeat(200)}`],
      ["nothing", ""],
      ["half a header", "PROXY TCP4 192."],
    ])("required, but %s: dropped", async (_what, sent) => {
      const server = await serving(echo, { ...options, openTimeout: 60 });
      const client = await rawClient(server.port);
      client.write(sent);
      expect(await client.end()).toEqual(Buffer.alloc(0));
      expect(server.metrics()).toMatchObject({ accepted: 0, openings: 0 });
    });
  });

  test("the header byte by byte", async () => {
    const server = await serving(tell, required);
    const client = await rawClient(server.port);
    client.socket.setNoDelay(true);
    for (const octet of v2("192.0.2.1", 5_000)) client.write(Buffer.of(octet));
    expect(await told(await open(client))).toEqual(["192.0.2.1", 5_000, false]);
  });

  test("header, request and first message in one segment", async () => {
    const server = await serving(tell, required);
    const client = await rawClient(server.port);
    client.write(Buffer.concat([v1("192.0.2.1", 5_000), Buffer.from(upgradeRequest())]));
    expect((await client.head()).status).toBe(101);
    expect(await told(client)).toEqual(["192.0.2.1", 5_000, false]);
  });

  test("optional: with and without", async () => {
    const server = await serving(tell, { proxyProtocol: "optional" });
    const direct = await openClient(server.port);
    expect(await told(direct)).toEqual(["127.0.0.1", direct.socket.localPort, false]);
    const proxied = await open((await rawClient(server.port)).write(v1("192.0.2.1", 5_000)));
    expect(await told(proxied)).toEqual(["192.0.2.1", 5_000, false]);
  });

  test("off: a header is no request", async () => {
    const server = await serving(tell);
    const client = await rawClient(server.port);
    client.write(v1("192.0.2.1", 5_000)).write(upgradeRequest());
    expect((await client.response()).status).toBe(400);
  });

  test("maxConnectionsPerAddress counts the clients, not the proxy", async () => {
    const server = await serving(idle, { ...required, maxConnectionsPerAddress: 1 });
    const statusOf = async (address: string) => {
      const client = (await rawClient(server.port)).write(v1(address, 5_000)).write(upgradeRequest());
      return (await client.head()).status;
    };
    expect([await statusOf("192.0.2.1"), await statusOf("192.0.2.2"), await statusOf("192.0.2.1")]).toEqual([
      101, 101, 503,
    ]);
  });

  test("clients that send no header do not pile up", async () => {
    const server = await serving(echo, { ...required, maxConnections: 3, openTimeout: 300 });
    const silent = await Promise.all(Array.from({ length: 10 }, () => rawClient(server.port)));
    await Promise.all(silent.slice(3).map((client) => client.end()));
    expect(silent.slice(0, 3).map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
  });

  test("openTimeout counts from the beginning, header and all", async () => {
    const server = await serving(echo, { ...required, openTimeout: 150 });
    const client = await rawClient(server.port);
    const start = performance.now();
    const late = setTimeout(() => client.write(v1("192.0.2.1", 5_000)), 100);
    const { status } = await client.response();
    clearTimeout(late);
    expect(status).toBe(408);
    expect(performance.now() - start).toBeGreaterThanOrEqual(148);
    await untilCounted(server, { openings: 0 });
  });
});

describe("trustProxy", () => {
  type Headers = Readonly<Record<string, string>>;
  const forwarded: Headers = { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https" };

  test.each<[trustProxy: ServeOptions["trustProxy"], headers: Headers, address: string, isSecure: boolean]>([
    [false, forwarded, "127.0.0.1", false],
    ["loopback", {}, "127.0.0.1", false],
    ["loopback", forwarded, "192.0.2.1", true],
    [true, forwarded, "192.0.2.1", true],
    [1, forwarded, "192.0.2.1", true],
    [["10.0.0.0/8"], forwarded, "127.0.0.1", false],
    ["loopback", { "X-Forwarded-For": "203.0.113.9, 192.0.2.1" }, "192.0.2.1", false],
    [2, { "X-Forwarded-For": "203.0.113.9, 192.0.2.1" }, "203.0.113.9", false],
    ["loopback", { Forwarded: 'for="[2001:db8::1]:4711";proto=https' }, "2001:db8::1", true],
    [(address) => address === "127.0.0.1", forwarded, "192.0.2.1", true],
  ])("%o, %o: %s", async (trustProxy, headers, address, isSecure) => {
    const server = await serving(tell, { trustProxy: trustProxy! });
    const client = await openClient(server.port, "/", headers);
    const [remoteAddress, , wasSecure] = (await told(client)) as [string, number | null, boolean];
    expect([remoteAddress, wasSecure]).toEqual([address, isSecure]);
  });

  test.each<[trustProxy: ServeOptions["trustProxy"], status: number]>([
    [false, 403],
    ["loopback", 101],
  ])("%o: same-origin by the host that the client asked for: %i", async (trustProxy, status) => {
    const server = await serving(echo, { trustProxy: trustProxy! });
    const headers = {
      Host: "backend.internal:8765",
      Origin: "https://www.test",
      "X-Forwarded-For": "192.0.2.1",
      "X-Forwarded-Host": "www.test",
      "X-Forwarded-Proto": "https",
    };
    const client = await rawClient(server.port);
    expect((await client.write(upgradeRequest("/", headers)).head()).status).toBe(status);
  });
});
