/** A server in a process whose supervisor listens for it, and what a server tells of itself. */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from "node:net";
import { connect, type ServeOptions, serve } from "hawser";
import { describe, expect, onTestFinished, test } from "vitest";
import { certificate } from "./support/certificates.ts";
import { openClient, upgradeRequest } from "./support/raw-client.ts";
import { capturing, echo, recordingLogger, serving } from "./support/serving.ts";

const KEY = Symbol.for("hawser.workerHost");

interface FakeHost {
  readonly port: number;
  /** Where the server wanted to listen. */
  readonly places: object[];
  readonly isClosed: () => boolean;
}

/** A supervisor in this process: it listens on a port of its own whatever it is asked, and hands on paused sockets. */
async function supervised(settings: object = {}): Promise<FakeHost> {
  const places: object[] = [];
  let isClosed = false;
  let connected: (socket: Socket) => void = () => {};
  const listener = createServer({ pauseOnConnect: true }, (socket) => connected(socket)).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const host = {
    version: 1,
    reusesPort: false,
    maxConnectionAge: Number.POSITIVE_INFINITY,
    async listen(place: object, take: (socket: Socket) => void) {
      places.push(place);
      connected = take;
      return {
        address: listener.address(),
        close: async () => {
          isClosed = true;
        },
      };
    },
    ...settings,
  };
  Object.assign(globalThis, { [KEY]: host });
  onTestFinished(() => {
    delete (globalThis as { [KEY]?: unknown })[KEY];
    listener.close();
  });
  return { port: (listener.address() as AddressInfo).port, places, isClosed: () => isClosed };
}

describe("under a supervisor", () => {
  test.each<[options: ServeOptions, place: object]>([
    [
      { port: 8765, host: "localhost" },
      { port: 8765, host: "localhost", backlog: 511 },
    ],
    [{}, { port: 0, host: "127.0.0.1", backlog: 511 }],
    [
      { path: "/run/app.sock", backlog: 5 },
      { path: "/run/app.sock", mode: 0o600, backlog: 5 },
    ],
    [{ fd: 3 }, { fd: 3, backlog: 511 }],
  ])("%j is its matter", async (options, place) => {
    const host = await supervised();
    const server = await serving(echo, { ...options, closeTimeout: 50 });
    expect(host.places).toEqual([place]);
    expect(server.port).toBe(host.port);
    const client = await openClient(host.port);
    expect(await client.text("ahoy").message()).toBe("ahoy");
    await server.close();
    expect(host.isClosed()).toBe(true);
  });

  test("TLS is the server's own", async () => {
    const host = await supervised();
    await serving(echo, { tls: certificate });
    const ws = await connect(`wss://127.0.0.1:${host.port}`, { tls: { rejectUnauthorized: false } });
    await ws.send("ahoy");
    expect(await ws.recv()).toBe("ahoy");
    await ws.close();
  });

  test("transport: handle cannot be had, and that is said", async () => {
    await supervised();
    const logger = recordingLogger();
    const warned = once(process, "warning");
    await serving(echo, { transport: "handle", logger });
    await warned;
    expect(logger.troubles).toMatchObject([{ fields: { reason: expect.any(String) } }]);
  });

  test("a client that has said all it has to say still gets its answers", async () => {
    const host = await supervised();
    await serving(echo);
    const socket = connectSocket({ port: host.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(upgradeRequest().replace("Upgrade: websocket", "Upgrade: nothing"));
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 4\d\d /);
    socket.destroy();
  });

  test("what it cannot do is thrown", async () => {
    await supervised({ listen: () => Promise.reject(Object.assign(new Error("taken"), { code: "EADDRINUSE" })) });
    await expect(serve(echo, { port: 8765 })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("one of another version is nobody", async () => {
    const host = await supervised({ version: 2 });
    const server = await serving(echo);
    expect(host.places).toEqual([]);
    expect(server.port).not.toBe(host.port);
  });

  test("its maxConnectionAge is the default", async () => {
    const host = await supervised({ maxConnectionAge: 50 });
    await serving(echo);
    const client = await openClient(host.port);
    expect(await client.closed()).toMatchObject({ code: 1_012 });
  });
});

describe("maxConnectionAge", () => {
  test("closes with 1012", async () => {
    const server = await serving(echo, { maxConnectionAge: 50 });
    const client = await openClient(server.port);
    expect(await client.closed()).toMatchObject({ code: 1_012 });
  });

  test.each([
    [0, "0"],
    [-1, "-1"],
    [Number.NaN, "NaN"],
    ["1", '"1"'],
  ])("%s is refused", async (maxConnectionAge, shown) => {
    await expect(serve(echo, { maxConnectionAge: maxConnectionAge as number })).rejects.toThrow(
      `maxConnectionAge must be a positive number of milliseconds or null, got ${shown}`,
    );
  });
});

describe("diagnostics channels", () => {
  function recorded(): object[] {
    const seen: object[] = [];
    const record = (name: string) => (message: unknown) => seen.push({ name, ...(message as object) });
    for (const name of ["hawser:server:listening", "hawser:server:closed"]) {
      const listener = record(name);
      subscribe(name, listener);
      onTestFinished(() => void unsubscribe(name, listener));
    }
    return seen;
  }

  test("tell when a server listens, and when it has closed", async () => {
    const seen = recorded();
    const server = await serving(echo);
    expect(seen).toEqual([{ name: "hawser:server:listening", server, attachedTo: undefined }]);
    await server.close();
    expect(seen.at(-1)).toEqual({ name: "hawser:server:closed", server, attachedTo: undefined });
  });

  test("tell of the HTTP server that it is attached to", async () => {
    const seen = recorded();
    const http = createHttpServer();
    const server = await serving(capturing().handler, { server: http });
    expect(seen).toEqual([{ name: "hawser:server:listening", server, attachedTo: http }]);
  });
});
