import type { ServeOptions } from "hawser";
import { describe, expect, test } from "vitest";
import { certificate } from "./support/certificates.ts";
import { answerTo, openClient, type RawClient, rawClient, upgradeRequest } from "./support/raw-client.ts";
import { echo, gate, idle, serving, untilCounted } from "./support/serving.ts";
import { bytes, closeFrame, frame } from "./support/wire.ts";

describe("openTimeout", () => {
  test.each([
    ["nothing at all", ""],
    ["half a request line", "GET / HT"],
    ["half a request", "GET / HTTP/1.1\r\nHost: a\r\nUpgr"],
    ["all but the last byte", upgradeRequest().slice(0, -1)],
  ])("%s: 408", async (_name, request) => {
    const server = await serving(echo, { openTimeout: 40 });
    const client = await rawClient(server.port);
    const response = await client.write(request).response();
    expect(response).toMatchObject({ status: 408, body: "The opening handshake took longer than openTimeout\n" });
    await untilCounted(server, { openings: 0, connections: 0 });
  });

  test("a byte now and then does not put it off", async () => {
    const server = await serving(echo, { openTimeout: 60 });
    const client = await rawClient(server.port);
    const dripping = setInterval(() => client.write("x"), 5);
    const { status } = await client.write("GET /").response();
    clearInterval(dripping);
    expect(status).toBe(408);
  });

  test("a hook that never decides: 408", async () => {
    const server = await serving(echo, { openTimeout: 40, processRequest: () => gate<undefined>().passed });
    expect((await answerTo(server.port, upgradeRequest())).status).toBe(408);
  });

  test("a client that has sent messages already: 408 too", async () => {
    const server = await serving(echo, { openTimeout: 40, processRequest: () => gate<undefined>().passed });
    const client = await rawClient(server.port);
    const early = frame({ opcode: "text", payload: "early" })("server");
    client.write(Buffer.concat([Buffer.from(upgradeRequest()), early]));
    expect((await client.end()).toString()).toMatch(/^HTTP\/1\.1 408 /);
    await untilCounted(server, { openings: 0 });
  });

  test("does not concern open connections", async () => {
    const server = await serving(echo, { openTimeout: 20 });
    const client = await openClient(server.port);
    expect((await (await rawClient(server.port)).response()).status).toBe(408);
    expect(await client.text("still here").message()).toBe("still here");
  });

  test("longer than Node's timers can wait is as good as none", async () => {
    const server = await serving(echo, { openTimeout: 1e12, proxyProtocol: "optional" });
    expect(await (await openClient(server.port)).text("ahoy").message()).toBe("ahoy");
  });
});

describe("maxConnections", () => {
  test("more get 503 and when to come back; accepting goes on, and the count goes down again", async () => {
    const server = await serving(idle, { maxConnections: 2 });
    const clients = [await openClient(server.port), await openClient(server.port)];
    const refused = await answerTo(server.port, upgradeRequest());
    expect(refused).toMatchObject({
      status: 503,
      body: "This server takes no more connections: maxConnections is 2\n",
    });
    expect(refused.headers.get("retry-after")).toBe("5");
    clients[0]!.send(closeFrame(1000));
    await clients[0]!.closed();
    await untilCounted(server, { connections: 1, openings: 0 });
    await openClient(server.port);
    expect((await answerTo(server.port, upgradeRequest())).status).toBe(503);
    await untilCounted(server, { connections: 2, openings: 0, accepted: 3, refused: 2, closed: 1 });
  });

  test("a lost connection is counted out too", async () => {
    const server = await serving(idle, { maxConnections: 1 });
    (await openClient(server.port)).socket.resetAndDestroy();
    await untilCounted(server, { connections: 0, closed: 1 });
    await openClient(server.port);
  });

  test("a refused client that does not leave takes nobody's place", async () => {
    const server = await serving(idle, { maxConnections: 1 });
    const client = await openClient(server.port);
    const refused = await rawClient({ host: "127.0.0.1", port: server.port, allowHalfOpen: true });
    expect((await refused.write(upgradeRequest()).head()).status).toBe(503);
    client.send(closeFrame(1000));
    await client.closed();
    await untilCounted(server, { connections: 0 });
    await openClient(server.port);
    expect(refused.socket.writable).toBe(true);
  });

  test("a full server still answers health checks", async () => {
    const processRequest: ServeOptions["processRequest"] = ({ path }) =>
      path === "/healthz" ? new Response("ok") : undefined;
    const server = await serving(idle, { maxConnections: 1, processRequest });
    await openClient(server.port);
    expect(await answerTo(server.port, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")).toMatchObject({ status: 200 });
  });

  test("hooks that decide at the same time do not let too many in", async () => {
    const decision = gate();
    const processRequest = async () => {
      await decision.passed;
      return undefined;
    };
    const server = await serving(idle, { maxConnections: 3, processRequest });
    const clients = await many(3, server.port);
    for (const client of clients) client.write(upgradeRequest());
    await untilCounted(server, { openings: 3 });
    decision.open();
    const statuses = await Promise.all(clients.map(async (client) => (await client.head()).status));
    expect(statuses).toEqual([101, 101, 101]);
    expect((await answerTo(server.port, upgradeRequest())).status).toBe(503);
  });

  test.each(["processRequest", "processResponse"])("nor where the last place goes during %s", async (hook) => {
    const decisions = [gate(), gate()];
    const decide = async ({ path }: { readonly path: string }) => {
      await decisions[Number(path.slice(1))]?.passed;
      return undefined;
    };
    const server = await serving(idle, { maxConnections: 2, [hook]: decide });
    await openClient(server.port, "/9");
    const clients = await many(2, server.port);
    for (const [index, client] of clients.entries()) client.write(upgradeRequest(`/${index}`));
    await untilCounted(server, { openings: 2 });
    decisions[1]?.open();
    expect((await clients[1]!.head()).status).toBe(101);
    decisions[0]?.open();
    expect((await clients[0]!.head()).status).toBe(503);
  });

  test("a flood of clients that say nothing takes no more room than connections may", async () => {
    const server = await serving(echo, { maxConnections: 5, openTimeout: 300 });
    const silent = await many(40, server.port);
    const statuses = await Promise.all(silent.map(async (client) => (await client.response()).status));
    expect(statuses.filter((status) => status === 408)).toHaveLength(5);
    expect(statuses.filter((status) => status === 503)).toHaveLength(35);
    await untilCounted(server, { openings: 0 });
    expect(await (await openClient(server.port)).text("ahoy").message()).toBe("ahoy");
  });

  test("nor do those that never begin TLS", async () => {
    const server = await serving(echo, { maxConnections: 5, openTimeout: 300, tls: certificate });
    const silent = await many(20, server.port);
    await Promise.all(silent.slice(5).map((client) => client.end()));
    expect(silent.slice(0, 5).map(({ socket }) => socket.destroyed)).toEqual([false, false, false, false, false]);
    await Promise.all(silent.map((client) => client.end()));
  });
});

describe("maxConnectionsPerAddress", () => {
  const from = (localAddress: string, port: number) => ({ host: "127.0.0.1", port, localAddress });

  test("each address has its own count", async () => {
    const server = await serving(idle, { maxConnectionsPerAddress: 1 });
    const [first] = [
      await openClient(from("127.0.0.2", server.port)),
      await openClient(from("127.0.0.3", server.port)),
    ];
    const refused = await (await rawClient(from("127.0.0.2", server.port))).write(upgradeRequest()).response();
    expect(refused).toMatchObject({
      status: 503,
      body: "This server takes no more connections: maxConnectionsPerAddress is 1\n",
    });
    first!.send(closeFrame(1000));
    await first!.closed();
    await untilCounted(server, { connections: 1, openings: 0 });
    await openClient(from("127.0.0.2", server.port));
  });

  test("silent clients of one address leave room for others", async () => {
    const server = await serving(idle, { maxConnectionsPerAddress: 2, openTimeout: 5_000 });
    const silent = await Promise.all(Array.from({ length: 6 }, () => rawClient(from("127.0.0.2", server.port))));
    await untilCounted(server, { refused: 4 });
    await openClient(from("127.0.0.3", server.port));
    for (const { socket } of silent) socket.destroy();
    await untilCounted(server, { openings: 0 });
    await openClient(from("127.0.0.2", server.port));
  });

  test("behind a trusted proxy, the clients that it names are counted", async () => {
    const server = await serving(idle, { maxConnectionsPerAddress: 1, trustProxy: "loopback" });
    const named = (address: string) => upgradeRequest("/", { "X-Forwarded-For": address });
    const clients = await many(3, server.port);
    await untilCounted(server, { openings: 3 });
    const statuses: number[] = [];
    for (const [index, address] of ["192.0.2.1", "192.0.2.2", "192.0.2.1"].entries()) {
      statuses.push((await clients[index]!.write(named(address)).head()).status);
    }
    expect(statuses).toEqual([101, 101, 503]);
  });
});

describe("the size of a request", () => {
  const headers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, "x"]));
  test.each<[name: string, options: ServeOptions, request: string, status: number, rule: string]>([
    ["a long path", { maxLineLength: 100 }, upgradeRequest(`/${"a".repeat(100)}`), 414, "maxLineLength"],
    ["a long path, by default", {}, upgradeRequest(`/${"a".repeat(8_192)}`), 414, "maxLineLength"],
    ["a long header", { maxLineLength: 100 }, upgradeRequest("/", { X: "a".repeat(100) }), 431, "maxLineLength"],
    ["many headers", { maxHeaders: 10 }, upgradeRequest("/", headers(6)), 431, "maxHeaders"],
    ["many headers, by default", {}, upgradeRequest("/", headers(124)), 431, "maxHeaders"],
    ["large headers", { maxHeaderSize: 300 }, upgradeRequest("/", { X: "a".repeat(300) }), 431, "maxHeaderSize"],
  ])("%s", async (_name, options, request, status, rule) => {
    const server = await serving(echo, options);
    const response = await answerTo(server.port, request);
    expect(response.status).toBe(status);
    expect(response.body).toContain(rule);
  });

  test("as much as is allowed is accepted", async () => {
    const server = await serving(echo, { maxHeaders: 11, maxLineLength: 200 });
    await openClient(server.port, `/${"a".repeat(180)}`, headers(6));
  });

  test("a request line without end is refused before it is held", async () => {
    const server = await serving(echo);
    const client = await rawClient(server.port);
    client.write("G".repeat(1_000_000));
    expect((await client.head()).status).toBe(414);
  });
});

describe("the size of a message", () => {
  test.each<[options: ServeOptions, sent: number, code: number, reason: string]>([
    [{ maxSize: 100 }, 101, 1009, "a message exceeds maxSize"],
    [{ maxSize: 100, maxFragmentSize: 50 }, 51, 1009, "maxFragmentSize"],
    [{}, 1_048_577, 1009, "a message exceeds maxSize"],
  ])("%o, %i bytes: %i", async (options, sent, code, reason) => {
    const server = await serving(echo, options);
    const client = await openClient(server.port);
    // The header alone: it is refused before there is anything to hold
    client.write(frame({ opcode: "binary", announced: BigInt(sent) })("server"));
    const ending = await client.closed();
    expect([ending.code, ending.reason.includes(reason)]).toEqual([code, true]);
  });

  test("maxFragments counts empty ones", async () => {
    const server = await serving(echo, { maxFragments: 3 });
    const client = await openClient(server.port);
    const empty = frame({ opcode: "continuation", fin: false });
    client.send(frame({ opcode: "text", fin: false }), empty, empty, empty);
    expect((await client.closed()).code).toBe(1009);
  });

  test("as much as is allowed comes back", async () => {
    const server = await serving(echo, { maxSize: 100, compression: false });
    const client = await openClient(server.port);
    client.send(frame({ opcode: "binary", payload: bytes(100) }));
    expect((await client.frame({ opcode: 2 })).payload).toEqual(bytes(100));
  });
});

function many(count: number, port: number): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, () => rawClient(port)));
}
