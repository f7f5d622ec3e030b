import { get } from "node:https";
import { basicAuth, healthChecks, respond, type ServeOptions, type Server } from "hawser";
import { describe, expect, test } from "vitest";
import { authority, certificate } from "./support/certificates.ts";
import { within } from "./support/deadline.ts";
import { answerTo, openClient, rawClient, upgradeRequest } from "./support/raw-client.ts";
import { echo, gate, recordingLogger, serving, untilCounted } from "./support/serving.ts";
import { frame } from "./support/wire.ts";

function url(server: Server, path = "/"): string {
  return `http://127.0.0.1:${server.port}${path}`;
}

const sync: ServeOptions["processRequest"] = ({ path }) =>
  path === "/healthz" ? respond(200, "ok\n", { "X-Checked": "yes" }) : undefined;

const async: ServeOptions["processRequest"] = async (request, connection) => {
  await Promise.resolve();
  return sync(request, connection);
};

describe.each([
  ["sync", sync],
  ["async", async],
])("a %s processRequest", (_name, processRequest) => {
  test.each<[request: string, status: number, body: string]>([
    ["GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200, "ok\n"],
    ["HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200, ""],
    ["POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, "ok\n"],
    ["OPTIONS /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200, "ok\n"],
    ["GET /healthz HTTP/1.0\r\n\r\n", 200, "ok\n"],
    ["HEAD /healthz HTTP/1.0\r\n\r\n", 200, ""],
    [upgradeRequest("/healthz"), 200, "ok\n"],
    ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426, "this is a WebSocket server"],
    ["HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 405, ""],
    ["POST / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "a WebSocket connection is opened with GET"],
    ["POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", 400, "has no body"],
    ["GET /healthz HTTP/2.0\r\n\r\n", 505, "the HTTP version is not supported"],
  ])("%j: %i", async (request, status, body) => {
    const server = await serving(echo, { processRequest });
    const response = await answerTo(server.port, request);
    expect(response.status).toBe(status);
    expect(response.headers.get("connection")).toMatch(/(^|, )close$/);
    expect(response.headers.get("x-checked")).toBe(status === 200 ? "yes" : null);
    if (body === "") expect(response.body).toBe("");
    else expect(response.body).toContain(body);
    if (status === 200) expect(response.headers.get("content-length")).toBe("3");
  });

  test("a client that ends its side with the request still gets the answer", async () => {
    const server = await serving(echo, { processRequest });
    const client = await rawClient({ host: "127.0.0.1", port: server.port, allowHalfOpen: true });
    client.socket.end("GET /healthz HTTP/1.0\r\n\r\n");
    expect(await client.response()).toMatchObject({ status: 200, body: "ok\n" });
  });

  test("the same port takes connections", async () => {
    const server = await serving(echo, { processRequest });
    expect(await (await fetch(url(server, "/healthz"))).text()).toBe("ok\n");
    const client = await openClient(server.port);
    expect(await client.text("ahoy").message()).toBe("ahoy");
    expect(await (await fetch(url(server, "/healthz"))).text()).toBe("ok\n");
  });

  test("https too", async () => {
    const server = await serving(echo, { processRequest, tls: certificate });
    const options = { host: "127.0.0.1", port: server.port, path: "/healthz", ca: authority, servername: "localhost" };
    const status = new Promise((resolve, reject) => {
      get(options, (response) => resolve(response.resume().statusCode)).on("error", reject);
    });
    expect(await within("an answer", status)).toBe(200);
  });
});

test("a client whose request comes byte by byte", async () => {
  const server = await serving(echo, { processRequest: sync });
  const client = await rawClient(server.port);
  client.socket.setNoDelay(true);
  for (const octet of "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") client.write(octet);
  expect(await client.response()).toMatchObject({ status: 200, body: "ok\n" });
});

describe("what processRequest may answer", () => {
  test.each<[name: string, response: () => Response, expected: object]>([
    ["text", () => new Response("hi"), { status: 200, statusText: "OK", body: "hi" }],
    ["nothing", () => new Response(null, { status: 204 }), { status: 204, body: "" }],
    ["a redirect", () => Response.redirect("http://a.test/", 307), { status: 307, body: "" }],
    ["JSON", () => Response.json({ up: true }), { status: 200, body: '{"up":true}' }],
    [
      "its own status text",
      () => new Response("", { status: 418, statusText: "Teapot" }),
      { status: 418, statusText: "Teapot" },
    ],
    ["a stream", () => new Response(new Blob(["a", "b"]).stream()), { status: 200, body: "ab" }],
    [
      "a large body",
      () => new Response("x".repeat(300_000)),
      { status: 200, body: expect.stringMatching(/^x{300000}$/) },
    ],
  ])("%s", async (_name, response, expected) => {
    const server = await serving(echo, { processRequest: response });
    expect(await answerTo(server.port, upgradeRequest())).toMatchObject(expected);
    expect(server.metrics()).toMatchObject({ accepted: 0, refused: 1 });
  });

  test.each<[name: string, processRequest: (...parameters: never[]) => unknown, error: string]>([
    ["throws", () => throwing("sync"), "sync"],
    ["rejects", async () => throwing("async"), "async"],
    ["returns no Response", () => "yes", "a hook must return a Response or undefined, got yes"],
    ["returns true", async () => true, "a hook must return a Response or undefined, got true"],
    ["returns Response.error()", () => Response.error(), "Response.error()"],
    ["returns a body that fails", () => new Response(failing()), "broken stream"],
  ])("a hook that %s: 500, logged", async (_name, processRequest, error) => {
    const logger = recordingLogger();
    const server = await serving(echo, { processRequest: processRequest as never, logger });
    const response = await answerTo(server.port, upgradeRequest("/feed"));
    expect(response).toMatchObject({ status: 500, body: "the application failed to answer the handshake\n" });
    expect(logger.troubles).toMatchObject([
      { level: "error", message: "a handshake hook failed", fields: { path: "/feed", status: 500 } },
    ]);
    expect(String(logger.troubles[0]?.fields["err"])).toContain(error);
    expect((await answerTo(server.port, upgradeRequest())).status).toBe(500);
  });

  test("a Response that is returned twice: the second time 500, and the log says why", async () => {
    const logger = recordingLogger();
    const once = new Response("hi");
    const server = await serving(echo, { processRequest: () => once, logger });
    expect((await answerTo(server.port, upgradeRequest())).status).toBe(200);
    expect((await answerTo(server.port, upgradeRequest())).status).toBe(500);
    expect(String(logger.troubles[0]?.fields["err"])).toContain("return a new Response");
  });
});

describe("while an async hook runs", () => {
  test("early messages are kept, in order", async () => {
    const decision = gate();
    const server = await serving(echo, {
      processRequest: async () => {
        await decision.passed;
        return undefined;
      },
    });
    const client = await rawClient(server.port);
    const texts = ["one", "two", "three"];
    const frames = texts.map((payload) => frame({ opcode: "text", payload })("server"));
    client.write(Buffer.concat([Buffer.from(upgradeRequest()), frames[0]!]));
    await untilCounted(server, { openings: 1 });
    client.write(frames[1]!).write(frames[2]!);
    decision.open();
    expect((await client.head()).status).toBe(101);
    expect([await client.message(), await client.message(), await client.message()]).toEqual(texts);
  });

  test("a megabyte of early messages is not held in memory, and not lost", async () => {
    const decision = gate();
    const server = await serving(echo, {
      processRequest: async () => {
        await decision.passed;
        return undefined;
      },
    });
    const client = await rawClient(server.port);
    const message = Buffer.from(frame({ opcode: "binary", payload: new Uint8Array(65_536) })("server"));
    client.write(upgradeRequest());
    for (let i = 0; i < 16; i++) client.write(message);
    await untilCounted(server, { openings: 1 });
    decision.open();
    expect((await client.head()).status).toBe(101);
    for (let i = 0; i < 16; i++) expect((await client.frame({ opcode: 2 })).payload.length).toBe(65_536);
  });

  test("a client that hangs up is forgotten, and no handler runs", async () => {
    const decision = gate();
    let runs = 0;
    const server = await serving(
      async () => {
        runs++;
      },
      {
        processRequest: async () => {
          await decision.passed;
          return undefined;
        },
      },
    );
    const client = await rawClient(server.port);
    client.write(upgradeRequest());
    await untilCounted(server, { openings: 1 });
    client.socket.resetAndDestroy();
    decision.open();
    await untilCounted(server, { openings: 0, connections: 0 });
    expect(server.metrics().closed).toBe(server.metrics().accepted);
    expect(runs).toBe(server.metrics().accepted);
  });
});

describe("the connection that a hook is given", () => {
  test("becomes the connection: id, data, username", async () => {
    interface Session {
      readonly user: string;
    }
    let id = "";
    const addresses: unknown[] = [];
    const server = await serving<Session>(
      async (ws) => {
        await ws.send(JSON.stringify([ws.id === id, ws.data.user, ws.username]));
      },
      {
        processRequest: (request, connection) => {
          id = connection.id;
          connection.data = { user: request.url.searchParams.get("user") ?? "" };
          connection.username = "ada";
          const { localAddress, localPort, remoteAddress, remotePort, isSecure } = connection;
          addresses.push(localAddress, localPort, remoteAddress, remotePort, isSecure);
          return undefined;
        },
      },
    );
    const client = await openClient(server.port, "/?user=grace");
    expect(JSON.parse(await client.message())).toEqual([true, "grace", "ada"]);
    expect(addresses).toEqual(["127.0.0.1", server.port, "127.0.0.1", client.socket.localPort, false]);
  });

  test("basicAuth: 401 without credentials, username with them", async () => {
    const processRequest = basicAuth({ realm: "feed", credentials: ["hello", "iloveyou"] });
    const server = await serving(async (ws) => ws.send(`${ws.username}`), { processRequest });
    const refused = await answerTo(server.port, upgradeRequest());
    expect(refused).toMatchObject({ status: 401, body: "Missing credentials\n" });
    expect(refused.headers.get("www-authenticate")).toBe('Basic realm="feed", charset="UTF-8"');
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    const wrong = upgradeRequest("/", { Authorization: basic("hello:wrong") });
    expect((await answerTo(server.port, wrong)).status).toBe(401);
    const client = await openClient(server.port, "/", { Authorization: basic("hello:iloveyou") });
    expect(await client.message()).toBe("hello");
  });

  test("healthChecks: ready until the server stops", async () => {
    const running: { server?: Server } = {};
    const server = await serving(echo, { processRequest: healthChecks(() => running.server) });
    const statusOf = async (path: string) => (await fetch(url(server, path), { method: "HEAD" })).status;
    expect([await statusOf("/livez"), await statusOf("/readyz")]).toEqual([200, 503]);
    running.server = server;
    expect([await statusOf("/readyz"), await statusOf("/healthz"), await statusOf("/")]).toEqual([200, 200, 405]);
    const client = await openClient(server.port);
    const drained = server.drain({ notReady: 5_000, window: 0 });
    expect([await statusOf("/livez"), await statusOf("/readyz")]).toEqual([200, 503]);
    const closed = client.closed();
    void server.close();
    expect((await closed).code).toBe(1001);
    await within("drain", drained);
  });
});

describe("processResponse", () => {
  test.each<[name: string, processResponse: ServeOptions["processResponse"]]>([
    [
      "sync",
      (_request, { headers }) => {
        headers.append("Set-Cookie", "a=1");
        headers.append("Set-Cookie", "b=2");
        return undefined;
      },
    ],
    [
      "async",
      async (_request, { headers }) => {
        await Promise.resolve();
        headers.append("Set-Cookie", "a=1");
        headers.append("Set-Cookie", "b=2");
        return undefined;
      },
    ],
  ])("%s: may change the headers", async (_name, processResponse) => {
    const server = await serving(echo, { processResponse: processResponse! });
    const client = await rawClient(server.port);
    const head = await client.write(upgradeRequest()).head();
    expect([head.status, head.headers.getSetCookie()]).toEqual([101, ["a=1", "b=2"]]);
    expect(await client.text("ahoy").message()).toBe("ahoy");
  });

  test("sees refusals too, and may replace them", async () => {
    const server = await serving(echo, {
      processResponse: (_request, { status }) => (status === 426 ? respond(200, "a page for people\n") : undefined),
    });
    expect(await answerTo(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).toMatchObject({
      status: 200,
      body: "a page for people\n",
    });
    expect((await answerTo(server.port, upgradeRequest("/", { Origin: "http://evil.test" }))).status).toBe(403);
    await openClient(server.port);
  });

  test("that replaces a 101 refuses the connection, and no handler runs", async () => {
    let runs = 0;
    const processResponse = () => respond(429, "later\n", { "Retry-After": "9" });
    const server = await serving(() => void runs++, { processResponse });
    const response = await answerTo(server.port, upgradeRequest());
    expect(response).toMatchObject({ status: 429, body: "later\n" });
    expect(response.headers.get("retry-after")).toBe("9");
    expect(response.headers.has("sec-websocket-accept")).toBe(false);
    expect([runs, server.metrics().accepted]).toEqual([0, 0]);
  });

  test.each<[name: string, processResponse: () => never | Promise<never>]>([
    ["throws", () => throwing("sync")],
    ["rejects", async () => throwing("async")],
  ])("that %s: 500, logged", async (_name, processResponse) => {
    const logger = recordingLogger();
    const server = await serving(echo, { processResponse, logger });
    expect((await answerTo(server.port, upgradeRequest())).status).toBe(500);
    expect(logger.troubles).toHaveLength(1);
  });
});

function throwing(message: string): never {
  throw new Error(message);
}

function failing(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: () => throwing("broken stream") });
}
