import { connect, type Server } from "hawser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_TEXT_LENGTH } from "./chat.ts";
import type { ChatMessage } from "./chat-room.ts";
import { createDemo } from "./create-demo.ts";
import { TICKER_HISTORY, type TickerMessage } from "./ticker.ts";

type Client = Awaited<ReturnType<typeof connect>>;

let server: Server;
let clients: Client[];

beforeEach(async () => {
  clients = [];
  server = await createDemo();
});

afterEach(async () => {
  await server.close();
});

async function open(path: string): Promise<Client> {
  const client = await connect(`ws://127.0.0.1:${server.port}${path}`);
  clients.push(client);
  return client;
}

function http(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

async function next<Message>(client: Client): Promise<Message> {
  return JSON.parse(String(await client.recv()));
}

/** Joins a room; the welcome is read. */
async function join(name: string, room = "harbour"): Promise<Client> {
  const client = await open(`/chat?${new URLSearchParams({ room, name })}`);
  expect(await next<ChatMessage>(client)).toMatchObject({ type: "welcome", room });
  return client;
}

describe("/echo", () => {
  test.each([
    ["text", "ahoy"],
    ["an empty text", ""],
    ["binary", Uint8Array.of(0, 1, 255)],
  ])("%s comes back as it was sent", async (_kind, message) => {
    const client = await open("/echo");
    await client.send(message);
    const echoed = await client.recv();
    expect(typeof echoed === "string" ? echoed : Uint8Array.from(echoed)).toEqual(message);
  });
});

describe("/chat", () => {
  test("a message reaches everyone in the room, its sender too", async () => {
    const ada = await join("Ada");
    const grace = await join("Grace");
    expect(await next(ada)).toEqual({ type: "joined", name: "Grace", members: ["Ada", "Grace"] });
    await ada.send(" all fast ");
    for (const client of [ada, grace]) {
      expect(await next(client)).toMatchObject({ type: "message", name: "Ada", text: "all fast" });
    }
  });

  test("those who stay are told who left", async () => {
    const ada = await join("Ada");
    const grace = await join("Grace");
    await next(ada);
    await grace.close();
    expect(await next(ada)).toEqual({ type: "left", name: "Grace", members: ["Ada"] });
  });

  test("a newcomer gets the history, also of a room that everyone had left", async () => {
    const ada = await join("Ada");
    await ada.send("first");
    await next(ada);
    await ada.close();
    const grace = await open("/chat?room=harbour&name=Grace");
    expect(await next(grace)).toMatchObject({ members: ["Grace"], history: [{ name: "Ada", text: "first" }] });
  });

  test("rooms do not hear each other", async () => {
    const ada = await join("Ada", "north");
    const grace = await join("Grace", "south");
    await ada.send("north only");
    await grace.send("south only");
    expect(await next(grace)).toMatchObject({ name: "Grace", text: "south only" });
  });

  test("a name that is taken gets a number", async () => {
    await join("Ada");
    const second = await open("/chat?room=harbour&name=Ada");
    expect(await next(second)).toMatchObject({ type: "welcome", name: "Ada 2", members: ["Ada", "Ada 2"] });
  });

  test.each([
    ["empty", " ", "a message is text and not empty"],
    ["binary", Uint8Array.of(1), "a message is text and not empty"],
    ["too long", "x".repeat(MAX_TEXT_LENGTH + 1), "a message has at most 500 characters, got 501"],
  ])("a message that is %s is answered with an error", async (_fault, message, expected) => {
    const ada = await join("Ada");
    await ada.send(message);
    expect(await next(ada)).toEqual({ type: "error", message: expected });
  });

  test.each([
    ["no room", "/chat?name=Ada", /^room: /],
    ["a room with a slash", "/chat?room=a/b&name=Ada", /^room: /],
    ["a room of 33 characters", `/chat?room=${"r".repeat(33)}&name=Ada`, /^room: /],
    ["no name", "/chat?room=harbour", /^name: /],
    ["a name of 25 characters", `/chat?room=harbour&name=${"n".repeat(25)}`, /^name: /],
    ["a name with a line break", "/chat?room=harbour&name=A%0Ab", /^name: /],
    ["a name that turns the text around", "/chat?room=harbour&name=A%E2%80%AEb", /^name: /],
  ])("%s is refused with 1008 and the rule", async (_fault, path, reason) => {
    const client = await open(path);
    await client.waitClosed();
    expect(client.closeCode).toBe(1008);
    expect(client.closeReason).toMatch(reason);
  });
});

describe("/ticker", () => {
  test("sends its history, then readings in the order of time", async () => {
    const client = await open("/ticker");
    const first = await next<TickerMessage>(client);
    const readings = first.type === "history" ? [...first.readings] : [];
    expect(readings).toHaveLength(TICKER_HISTORY);
    for (let count = 0; count < 3; count++) {
      const message = await next<TickerMessage>(client);
      if (message.type === "reading") readings.push(message.reading);
    }
    expect(readings).toHaveLength(TICKER_HISTORY + 3);
    expect(readings).toEqual(readings.toSorted((a, b) => a.time - b.time));
  });

  test("takes no messages: 1008", async () => {
    const client = await open("/ticker");
    await client.send("faster");
    await client.waitClosed();
    expect(client.closeCode).toBe(1008);
  });
});

describe("plain HTTP", () => {
  test("/healthz says ok", async () => {
    const response = await http("/healthz");
    expect([response.status, await response.text()]).toEqual([200, "ok\n"]);
  });

  test("/healthz says 503 while the server drains", async () => {
    const drained = server.drain({ notReady: 1_000, window: 0 });
    const response = await http("/healthz");
    expect([response.status, await response.text()]).toEqual([503, "shutting down\n"]);
    await server.close();
    await drained;
  });

  test.each([
    ["/", "text/html; charset=utf-8", "<!doctype html>"],
    ["/index.html", "text/html; charset=utf-8", "<!doctype html>"],
    ["/?room=north&name=Ada", "text/html; charset=utf-8", "<!doctype html>"],
    ["/app.js", "text/javascript; charset=utf-8", "/**"],
    ["/style.css", "text/css; charset=utf-8", "/*"],
    ["/icon.svg", "image/svg+xml", "<svg"],
  ])("%s is served as %s", async (path, type, start) => {
    const response = await http(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    expect((await response.text()).startsWith(start)).toBe(true);
  });

  test("HEAD answers as GET does, without the body", async () => {
    const response = await http("/app.js", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(await response.text()).toBe("");
  });

  test.each(["/nowhere", "/echo/", "/..%2fpackage.json", "/src/main.ts"])("%s is not found", async (path) => {
    expect((await http(path)).status).toBe(404);
  });

  test("a WebSocket to an unknown path is refused before the upgrade", async () => {
    await expect(open("/nowhere")).rejects.toMatchObject({ response: { status: 404 } });
  });
});

test("a graceful shutdown closes every connection with 1001", async () => {
  for (const path of ["/echo", "/chat?room=harbour&name=Ada", "/ticker"]) await open(path);
  const closed = Promise.all(clients.map((client) => client.waitClosed()));
  await server.close();
  await closed;
  expect(clients.map((client) => client.closeCode)).toEqual([1001, 1001, 1001]);
});
