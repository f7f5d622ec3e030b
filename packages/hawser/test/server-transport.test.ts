/** The option `transport`: what is said over a connection does not depend on how its socket is driven. */

import { spawn } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type ListenOptions } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ServeOptions } from "hawser";
import { describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { certificate } from "./support/certificates.ts";
import { pathOf, start, started } from "./support/child-processes.ts";
import { within } from "./support/deadline.ts";
import { open, openClient, rawClient } from "./support/raw-client.ts";
import { listening } from "./support/servers.ts";
import { echo, recordingLogger, serving, untilCounted } from "./support/serving.ts";

const LENGTHS = [0, 1, 125, 126, 1_000, 16_384, 65_535, 65_536, 70_000, 300_000, 1_000_000];

const TRANSPORTS = ["auto", "stream", "handle"] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const hasReusePort = process.platform === "linux" && (major > 22 || (major === 22 && minor >= 12));

test.each(TRANSPORTS)("%s: messages of every size come back whole and in order", async (transport) => {
  const server = await serving(echo, { transport });
  const clients = await Promise.all(
    [false, true].map(async (perMessageDeflate) => {
      const client = new WebSocket(`ws://127.0.0.1:${server.port}`, { perMessageDeflate });
      await within("opening", new Promise((resolve) => client.once("open", resolve)));
      return client;
    }),
  );
  await Promise.all(clients.map((client, seed) => exchange(client, seed)));
});

test.each(TRANSPORTS)("%s: and to our own client", async (transport) => {
  const server = await serving(echo, { transport });
  for (const compression of [false, "deflate"] as const) {
    const client = await connect(`ws://127.0.0.1:${server.port}`, { compression });
    const messages = messagesOf(3);
    for (const message of messages) void client.send(message);
    for (const message of messages) {
      const received = await client.recv();
      expect(typeof received).toBe(typeof message);
      expect(Buffer.from(received as string).equals(Buffer.from(message as string))).toBe(true);
    }
    await client.close();
  }
});

function messagesOf(seed: number): readonly (Buffer | string)[] {
  return LENGTHS.flatMap((length, index) => [
    Buffer.from(Array.from({ length }, (_, at) => (at * 31 + index + seed * 7) & 0xff)),
    "ä".repeat(length >> 1),
    "a".repeat(length),
  ]);
}

/** Sends everything at once, so that reads begin and end anywhere. */
async function exchange(client: WebSocket, seed: number): Promise<void> {
  const messages = messagesOf(seed);
  const received: (Buffer | string)[] = [];
  const all = new Promise<void>((resolve) => {
    client.on("message", (data: Buffer, isBinary) => {
      received.push(isBinary ? data : data.toString());
      if (received.length === messages.length) resolve();
    });
  });
  for (const message of messages) client.send(message);
  await within("the echoes", all);
  expect(received.every((message, index) => Buffer.from(message).equals(Buffer.from(messages[index]!)))).toBe(true);
  client.terminate();
}

/** What a server says of how it drives its connections: in the log, and as warnings of the process. */
async function spokenServer(options: ServeOptions) {
  const logger = recordingLogger();
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const server = await serving(echo, { ...options, transport: "handle", logger });
  const warnings = warn.mock.calls.map((call) => call as unknown[]);
  warn.mockRestore();
  return { server, logger, warnings };
}

function pipePath(): string {
  return join(tmpdir(), `hawser-transport-${process.pid}.sock`);
}

describe("handle: no sockets", () => {
  test.each<[string, ServeOptions]>([
    ["on a port", {}],
    ["on a port of all interfaces", { host: "::" }],
    ["on a Unix socket", { path: pipePath() }],
    ...(hasReusePort ? [["on a shared port", { reusePort: true }] as [string, ServeOptions]] : []),
  ])("%s", async (_name, options) => {
    const { server, logger, warnings } = await spokenServer(options);
    expect([logger.troubles, warnings]).toEqual([[], []]);
    expect(logger.lines).toEqual([
      { level: "info", fields: { transport: "handle" }, message: "connections are driven by their handles" },
    ]);
    const place = options.path === undefined ? server.port : { path: options.path };
    const clients = await Promise.all([1, 2, 3].map(() => openClient(place)));
    const echoes = clients.map((client, index) => client.text(`ahoy ${index}`).message());
    expect(await Promise.all(echoes)).toEqual(["ahoy 0", "ahoy 1", "ahoy 2"]);
    const [first] = server.connections;
    expect(first?.remoteAddress).toBe(options.path === undefined ? "127.0.0.1" : undefined);
    expect(first?.localPort).toBe(options.path === undefined ? server.port : undefined);
    clients[2]!.socket.destroy();
    await untilCounted(server, { connections: 2 });
    const closed = server.close();
    expect(await Promise.all(clients.slice(0, 2).map((client) => client.closed()))).toMatchObject([
      { code: 1001 },
      { code: 1001 },
    ]);
    await within("close", closed);
    expect(server.metrics()).toMatchObject({ connections: 0, openings: 0, accepted: 3, closed: 3 });
  });
});

describe("handle: where it cannot be had, a warning", () => {
  const fallsBack = (reason: string) => ({
    lines: [{ level: "warn", fields: { transport: "handle", reason }, message: "sockets are driven as streams" }],
    warnings: [
      [`Hawser drives sockets as streams in spite of transport "handle": ${reason}`, { code: "HAWSER_NO_HANDLES" }],
    ],
  });

  test("with TLS", async () => {
    const { logger, warnings } = await spokenServer({ tls: certificate });
    const expected = fallsBack("with the option tls, Node encrypts streams");
    expect({ lines: logger.lines, warnings }).toEqual(expected);
  });

  test.each(["optional", "required"] as const)("with an %s PROXY header", async (proxyProtocol) => {
    const { server, logger, warnings } = await spokenServer({ proxyProtocol });
    const expected = fallsBack("with the option proxyProtocol, the header is read from streams");
    expect({ lines: logger.lines, warnings }).toEqual(expected);
    const client = await open((await rawClient(server.port)).write("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"));
    expect(await client.text("ahoy").message()).toBe("ahoy");
    const [ws] = server.connections;
    expect(ws?.remoteAddress).toBe("192.0.2.1");
  });

  test("attached to another server", async () => {
    const { server: http, port } = await listening(createHttpServer());
    const { logger, warnings } = await spokenServer({ server: http });
    const expected = fallsBack("with the option server, connections are streams of that server's");
    expect({ lines: logger.lines, warnings }).toEqual(expected);
    expect(await (await openClient(port)).text("ahoy").message()).toBe("ahoy");
  });
});

/** Programs run what was built: `npm test` builds first. */
describe("handle, in a process", () => {
  const HANDLES = "connections are driven by their handles";
  const STREAMS = "sockets are driven as streams";

  test.each<[string, ListenOptions, string]>([
    ["TCP", { port: 0, host: "127.0.0.1" }, HANDLES],
    ["Unix", { path: `${pipePath()}.inherited` }, `${STREAMS} the listening socket is of another kind`],
  ])("an inherited descriptor of a %s socket", async (_name, place, expected) => {
    const { server } = await listening(createServer(), place);
    const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle;
    const args = ["--no-warnings", pathOf("handles"), JSON.stringify({ fd: 3 })];
    const program = await started(spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit", fd] }));
    // Closing it would remove the name that clients know
    if (place.path !== undefined) renameSync(place.path, pipePath());
    server.close();
    expect(program.output()).toContain(expected);
    const client = await openClient(place.path === undefined ? program.port : { path: pipePath() });
    expect(await client.text("?").message()).toBe(String(program.process.pid));
    rmSync(pipePath(), { force: true });
  });

  test("two processes of a cluster, which get their connections from the first one", async () => {
    const program = await start("handles", { isCluster: true, host: "127.0.0.1" });
    await expect.poll(program.output).toMatch(new RegExp(`(?:port ${program.port} ${HANDLES}\\s+){2}`));
    const clients = await Promise.all([1, 2, 3, 4].map(() => openClient(program.port)));
    const answers = await Promise.all(clients.map((client) => client.text("?").message()));
    expect(new Set(answers).size).toBe(2);
    expect(answers).not.toContain(String(program.process.pid));
  });

  test("who asks for warnings of what is deprecated gets none of ours", async () => {
    const program = await start("handles", {}, ["--pending-deprecation", "--throw-deprecation"]);
    expect(program.output()).toContain(HANDLES);
  });

  test("without permission to start a process", async () => {
    const permission = major < 24 ? "--experimental-permission" : "--permission";
    const flags = [permission, "--allow-fs-read=*", "--no-warnings", ...(major < 26 ? [] : ["--allow-net"])];
    const program = await start("handles", {}, flags);
    expect(program.output()).toContain(`${STREAMS} Node does not give access to its internals`);
    expect(await (await openClient(program.port)).text("?").message()).toBe(String(program.process.pid));
  });
});
