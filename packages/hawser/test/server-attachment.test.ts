import { once } from "node:events";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { authority, certificate } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { answerTo, open, openClient, rawClient, secureClient, upgradeRequest } from "./support/raw-client.ts";
import { capturing, echo, gate, serving, untilCounted } from "./support/serving.ts";
import { closeFrame, frame } from "./support/wire.ts";

const greet: RequestListener = (request, response) => {
  response.end(`${request.method} ${request.url}`);
};

async function listening<Http extends HttpServer>(server: Http): Promise<Http> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

function application(listener = greet): Promise<HttpServer> {
  return listening(createServer(listener));
}

function portOf(server: HttpServer): number {
  return (server.address() as AddressInfo).port;
}

/** A client from another library, open. */
async function openWs(url: string, options = {}): Promise<WebSocket> {
  const ws = new WebSocket(url, options);
  onTestFinished(() => ws.terminate());
  await within("opening", once(ws, "open"));
  return ws;
}

async function get(server: HttpServer, path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${portOf(server)}${path}`)).text();
}

describe("an http server", () => {
  test("goes on answering ordinary requests, on kept connections too", async () => {
    const http = await application();
    const server = await serving(echo, { server: http });
    expect(server.port).toBe(portOf(http));
    const client = await openClient(server.port);
    expect(await get(http, "/a")).toBe("GET /a");
    expect(await client.text("ahoy").message()).toBe("ahoy");
    expect(await get(http, "/b")).toBe("GET /b");
  });

  test("may begin to listen later", async () => {
    const http = createServer(greet);
    const server = await serving(echo, { server: http });
    expect([server.address, server.port]).toEqual([null, 0]);
    await listening(http);
    expect(server.port).toBe(portOf(http));
    expect(await (await openClient(server.port)).text("late").message()).toBe("late");
  });

  test("https works as well, and its connections are secure", async () => {
    const http = await listening(createHttpsServer(certificate, greet));
    const server = await serving(
      async (ws) => {
        await ws.send(`${ws.request.url}`);
      },
      { server: http, pathname: "/feed" },
    );
    const client = await open(await secureClient(server.port), "/feed");
    expect(await client.message()).toBe("https://localhost/feed");
    const ws = new WebSocket(`wss://localhost:${server.port}/feed`, { ca: authority, host: "127.0.0.1" });
    const [message] = await within("a message", once(ws, "message"));
    expect(String(message)).toBe(`https://localhost:${server.port}/feed`);
  });

  test("what came in the same segment as the request is the first message", async () => {
    const http = await application();
    const server = await serving(echo, { server: http });
    const client = await rawClient(server.port);
    client.write(Buffer.concat([Buffer.from(upgradeRequest()), frame({ opcode: "text", payload: "one" })("server")]));
    expect((await client.head()).status).toBe(101);
    expect(await client.message()).toBe("one");
  });

  test("early frames wait while an async hook decides", async () => {
    const http = await application();
    const decision = gate();
    const server = await serving(echo, {
      server: http,
      processRequest: async () => {
        await decision.passed;
        return undefined;
      },
    });
    const client = await rawClient(server.port);
    const early = [frame({ opcode: "text", payload: "one" }), frame({ opcode: "text", payload: "two" })];
    client.write(Buffer.concat([Buffer.from(upgradeRequest()), early[0]!("server")])).write(early[1]!("server"));
    await untilCounted(server, { openings: 1 });
    decision.open();
    expect((await client.head()).status).toBe(101);
    expect([await client.message(), await client.message()]).toEqual(["one", "two"]);
  });

  test("its own timeouts no longer apply to WebSocket connections", async () => {
    const http = await application();
    http.setTimeout(30);
    http.keepAliveTimeout = 30;
    const { handler, first } = capturing();
    const server = await serving(handler, { server: http });
    const client = await openClient(server.port);
    const quiet = await rawClient(server.port);
    await quiet.end();
    expect((await first).state).toBe("open");
    client.send(closeFrame(1000));
    expect(await client.closed()).toMatchObject({ code: 1000 });
  });

  test.each<[name: string, headers: Readonly<Record<string, string | null>>, status: number]>([
    ["a foreign origin", { Origin: "https://evil.test" }, 403],
    ["no key", { "Sec-WebSocket-Key": null }, 400],
    ["an old version", { "Sec-WebSocket-Version": "8" }, 426],
    ["another protocol", { Upgrade: "h2c" }, 426],
    ["a body, which would be read as frames", { "Content-Length": "7" }, 400],
    ["a body without length", { "Transfer-Encoding": "chunked" }, 400],
  ])("%s is refused", async (_name, headers, status) => {
    const http = await application();
    const server = await serving(echo, { server: http });
    expect(await answerTo(server.port, upgradeRequest("/", headers))).toMatchObject({ status });
    expect(await get(http, "/still")).toBe("GET /still");
  });
});

describe("paths", () => {
  test("several attachments, each with its own", async () => {
    const http = await application();
    await serving(async (ws) => ws.send("chat"), { server: http, pathname: "/chat" });
    await serving(async (ws) => ws.send("news"), { server: http, pathname: "/news" });
    const answers = ["/chat", "/news", "/chat?room=1"].map(async (path) =>
      (await openClient(portOf(http), path)).message(),
    );
    expect(await Promise.all(answers)).toEqual(["chat", "news", "chat"]);
  });

  test.each(["/", "/chatter", "/chat/", "/CHAT", "/?/chat"])("%s is nobody's: one 404", async (path) => {
    const http = await application();
    const servers = [
      await serving(echo, { server: http, pathname: "/chat" }),
      await serving(echo, { server: http, pathname: "/news" }),
    ];
    const client = await rawClient(portOf(http));
    const response = await client.write(upgradeRequest(path)).response();
    expect(response).toMatchObject({ status: 404, body: `Nothing accepts WebSocket connections at ${path}\n` });
    expect(servers.map((server) => server.metrics().accepted)).toEqual([0, 0]);
  });

  test("the first has gone: the second answers 404", async () => {
    const http = await application();
    const first = await serving(echo, { server: http, pathname: "/chat" });
    await serving(echo, { server: http, pathname: "/news" });
    await first.close();
    expect(await answerTo(portOf(http), upgradeRequest("/chat"))).toMatchObject({ status: 404 });
    expect(await (await openClient(portOf(http), "/news")).text("still here").message()).toBe("still here");
  });

  test.each(["before", "after"])("an upgrade listener that came %s is not disturbed", async (order) => {
    const http = await application();
    const foreign = new WebSocketServer({ noServer: true });
    onTestFinished(() => foreign.close());
    const listen = () =>
      http.on("upgrade", (request, socket, head) => {
        if (request.url !== "/foreign") return;
        foreign.handleUpgrade(request, socket, head, (ws) => ws.send("foreign"));
      });
    if (order === "before") listen();
    await serving(async (ws) => ws.send("ours"), { server: http, pathname: "/ours" });
    if (order === "after") listen();
    expect(await (await openClient(portOf(http), "/foreign")).message()).toBe("foreign");
    expect(await (await openClient(portOf(http), "/ours")).message()).toBe("ours");
  });
});

describe("the end", () => {
  test("close ends our connections and leaves the http server running", async () => {
    const http = await application();
    const server = await serving(echo, { server: http });
    const ws = await openWs(`ws://127.0.0.1:${server.port}/`);
    const closed = once(ws, "close");
    await within("close", server.close());
    expect((await within("the end", closed))[0]).toBe(1001);
    expect(http.listening).toBe(true);
    expect(http.listenerCount("upgrade")).toBe(0);
    expect(await get(http, "/after")).toBe("GET /after");
  });

  test("closing the http server closes ours, and calls back", async () => {
    const http = await application();
    const servers = [
      await serving(echo, { server: http, pathname: "/a" }),
      await serving(echo, { server: http, pathname: "/b" }),
    ];
    const clients = await Promise.all(["a", "b"].map((path) => openWs(`ws://127.0.0.1:${portOf(http)}/${path}`)));
    const codes = clients.map(async (ws) => (await once(ws, "close"))[0]);
    const called = gate<Error | undefined>();
    expect(http.close(called.open)).toBe(http);
    expect(await within("the callback", called.passed)).toBe(undefined);
    expect(await Promise.all(codes)).toEqual([1001, 1001]);
    await within("waitClosed", Promise.all(servers.map((server) => server.waitClosed())));
    expect(servers.map((server) => server.isReady)).toEqual([false, false]);
  });

  test("closing the http server twice calls back with Node's own error", async () => {
    const http = await application();
    await serving(echo, { server: http });
    const [first, second] = [gate<Error | undefined>(), gate<Error | undefined>()];
    http.close(first.open);
    http.close(second.open);
    expect(await within("the callback", first.passed)).toBe(undefined);
    expect(await within("the callback", second.passed)).toMatchObject({ code: "ERR_SERVER_NOT_RUNNING" });
  });

  test("attaching and leaving many times leaves nothing behind", async () => {
    const http = await application();
    const events = () => http.eventNames().map((name) => [name, http.listenerCount(name)]);
    await (await serving(echo, { server: http })).close();
    const [before, { close }] = [events(), http];
    for (let round = 0; round < 3; round++) await (await serving(echo, { server: http })).close();
    expect(events()).toEqual(before);
    expect(http.close).toBe(close);
  });

  test("an http server that closes while a hook decides: 503", async () => {
    const http = await application();
    const server = await serving(echo, { server: http, processRequest: () => gate<undefined>().passed });
    const client = await rawClient(server.port);
    client.write(upgradeRequest());
    await untilCounted(server, { openings: 1 });
    const called = gate<Error | undefined>();
    http.close(called.open);
    expect((await client.response()).status).toBe(503);
    await within("the callback", called.passed);
  });
});
