import { HttpHeaders, type ServeOptions, serverPerMessageDeflate } from "hawser";
import { describe, expect, test } from "vitest";
import { answerTo, openClient, rawClient, upgradeRequest } from "./support/raw-client.ts";
import { echo, gate, recordingLogger, serving, untilCounted } from "./support/serving.ts";
import { TaggingExtension } from "./support/tagging-extension.ts";
import { frame } from "./support/wire.ts";

type Headers = Readonly<Record<string, string | null>>;

describe("origins", () => {
  test.each<[origins: ServeOptions["origins"], origin: string | null, status: number]>([
    [undefined, null, 101],
    [undefined, "http://chat.test:8765", 101],
    [undefined, "https://chat.test:8765", 101],
    [undefined, "http://chat.test", 403],
    [undefined, "http://evil.test:8765", 403],
    [undefined, "null", 403],
    ["same-origin", "http://chat.test:8765", 101],
    ["any", "https://evil.test", 101],
    ["any", null, 101],
    [["https://a.test", "https://b.test:8443"], "https://b.test:8443", 101],
    [["https://a.test"], "https://a.test:443", 101],
    [["https://a.test"], "http://a.test", 403],
    [["https://a.test"], null, 403],
    [["https://a.test", null], null, 101],
    [[null], "https://a.test", 403],
    [[/https:\/\/[a-z]+\.a\.test/], "https://x.a.test", 101],
    [[/https:\/\/[a-z]+\.a\.test/], "https://x.a.test.evil.test", 403],
    [[/a\.test/], "https://a.test", 403],
    [[], "https://a.test", 403],
  ])("%o, Origin %s: %i", async (origins, origin, status) => {
    const server = await serving(echo, origins === undefined ? {} : { origins });
    const client = await rawClient(server.port);
    client.write(upgradeRequest("/", { Host: "chat.test:8765", ...(origin === null ? {} : { Origin: origin }) }));
    expect((await client.head()).status).toBe(status);
  });

  test("a refusal says which origin, what was expected, and which option changes it", async () => {
    const server = await serving(echo, { origins: ["https://a.test", /https:\/\/b\..*/] });
    const { status, body, headers } = await answerTo(server.port, upgradeRequest("/", { Origin: "https://evil.test" }));
    expect(status).toBe(403);
    expect(headers.get("connection")).toBe("close");
    expect(body).toContain('Origin: "https://evil.test"');
    expect(body).toContain('one of "https://a.test", /https:\\/\\/b\\..*/');
    expect(body).toContain('The server\'s option "origins"');
    expect(body).toContain('a list with "https://evil.test" in it allows the request');
  });
});

describe("subprotocols", () => {
  const pick: ServeOptions["selectSubprotocol"] = (offered) => offered.at(-1);
  test.each<[options: ServeOptions, offered: string | null, status: number, chosen: string | null]>([
    [{}, null, 101, null],
    [{}, "v1", 101, null],
    [{ subprotocols: ["v2", "v1"] }, "v1", 101, "v1"],
    [{ subprotocols: ["v2", "v1"] }, "v1, v2", 101, "v2"],
    [{ subprotocols: ["v2", "v1"] }, null, 400, null],
    [{ subprotocols: ["v2", "v1"] }, "v3", 400, null],
    [{ subprotocols: ["v2"] }, "v2, v2", 400, null],
    [{ selectSubprotocol: pick }, "v1, v2", 101, "v2"],
    [{ selectSubprotocol: pick }, null, 101, null],
    [{ subprotocols: ["v1"], selectSubprotocol: pick }, "v1, v2", 101, "v2"],
    [{ selectSubprotocol: () => undefined }, "v1", 101, null],
    [{ selectSubprotocol: () => "v9" }, "v1", 500, null],
  ])("%o, offered %s: %i", async (options, offered, status, chosen) => {
    const server = await serving(async (ws) => ws.send(String(ws.subprotocol)), options);
    const client = await rawClient(server.port);
    client.write(upgradeRequest("/", { "Sec-WebSocket-Protocol": offered }));
    const head = await client.head();
    expect([head.status, head.headers.get("sec-websocket-protocol")]).toEqual([status, chosen]);
    if (status === 101) expect(await client.message()).toBe(chosen ?? "undefined");
  });

  test("a selector that throws: 500, logged, and the server goes on", async () => {
    const logger = recordingLogger();
    const error = new Error("no idea");
    let calls = 0;
    const selectSubprotocol = () => {
      if (calls++ === 0) throw error;
      return undefined;
    };
    const server = await serving(echo, { selectSubprotocol, logger });
    const refused = await answerTo(server.port, upgradeRequest());
    expect(refused.status).toBe(500);
    expect(refused.body).not.toContain("no idea");
    expect(logger.troubles).toMatchObject([{ level: "error", fields: { err: error, status: 500, path: "/" } }]);
    await openClient(server.port);
  });
});

describe("compression", () => {
  const browsers = "permessage-deflate; client_max_window_bits";
  test.each<[options: ServeOptions, offered: string | null, answered: string | null]>([
    [{}, null, null],
    [{}, browsers, "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"],
    [{ compression: "deflate" }, browsers, "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"],
    [{ compression: false }, browsers, null],
    [
      { compression: { serverMaxWindowBits: 9, clientMaxWindowBits: 10 } },
      browsers,
      "permessage-deflate; server_max_window_bits=9; client_max_window_bits=10",
    ],
    [{ extensions: [serverPerMessageDeflate()], compression: false }, "permessage-deflate; unknown", null],
    [{ extensions: [serverPerMessageDeflate({ requireClientMaxWindowBits: true })] }, "permessage-deflate", null],
    [
      { extensions: [serverPerMessageDeflate({ serverMaxWindowBits: 15, serverNoContextTakeover: true })] },
      "permessage-deflate",
      "permessage-deflate; server_no_context_takeover",
    ],
  ])("%o, offered %s: %s", async (options, offered, answered) => {
    const server = await serving(echo, options);
    const client = await rawClient(server.port);
    const head = await client.write(upgradeRequest("/", { "Sec-WebSocket-Extensions": offered })).head();
    const received = head.headers.get("sec-websocket-extensions");
    expect(head.status).toBe(101);
    const parameters = (value: string | null) => value?.split("; ").sort().join("; ");
    if (answered === null) expect(received).toBe(null);
    else if (answered.endsWith("server_no_context_takeover")) expect(received).toContain(answered.slice(20));
    else expect(parameters(received)).toBe(parameters(answered));
    expect(await client.text("plain").frame({ opcode: 1 })).toBeDefined();
  });
});

describe("an extension of the application's own", () => {
  function tagging() {
    const made: TaggingExtension[] = [];
    const factory = {
      name: "tagging",
      accept(offer: readonly (readonly [string, string | true])[]) {
        if (offer.length > 0) return undefined;
        const extension = new TaggingExtension("tag:", 0x40);
        made.push(extension);
        return { parameters: [["agreed", true] as const], extension };
      },
    };
    return { made, factory };
  }

  test("takes part in both directions, and is released at the end", async () => {
    const { made, factory } = tagging();
    const server = await serving(
      async (ws) => {
        await ws.send(ws.extensions.map(({ name }) => name).join());
        await echo(ws);
      },
      { extensions: [factory], compression: false },
    );
    const client = await rawClient(server.port);
    const head = await client.write(upgradeRequest("/", { "Sec-WebSocket-Extensions": "tagging" })).head();
    expect(head.headers.get("sec-websocket-extensions")).toBe("tagging; agreed");
    const names = await client.frame({ opcode: 1, rsv: 0x40 });
    expect(Buffer.from(names.payload).toString()).toBe("tag:tagging");
    client.send(frame({ opcode: "text", rsv: 0x40, payload: "tag:ahoy" }));
    const echoed = await client.frame({ opcode: 1, rsv: 0x40 });
    expect(Buffer.from(echoed.payload).toString()).toBe("tag:ahoy");
    client.send(frame({ opcode: "text", rsv: 0x40, payload: "no tag" }));
    expect((await client.closed()).code).toBe(1002);
    await untilCounted(server, { connections: 0 });
    expect(made.map(({ releases }) => releases)).toEqual([1]);
  });

  test.each<[what: string, headers: Headers]>([
    ["is not offered", {}],
    ["is offered with parameters that it declines", { "Sec-WebSocket-Extensions": "tagging; x=1" }],
  ])("that %s is not used", async (_what, headers) => {
    const { made, factory } = tagging();
    const server = await serving(echo, { extensions: [factory] });
    const client = await openClient(server.port, "/", headers);
    expect(await client.text("plain").message()).toBe("plain");
    expect(made).toEqual([]);
  });

  test("goes before those of the option compression, which claim the same bit", async () => {
    const { factory } = tagging();
    const server = await serving(echo, { extensions: [factory] });
    const client = await rawClient(server.port);
    client.write(upgradeRequest("/", { "Sec-WebSocket-Extensions": "tagging, permessage-deflate" }));
    expect((await client.head()).headers.get("sec-websocket-extensions")).toBe("tagging; agreed");
  });

  test("that is agreed on for a handshake that a hook then refuses is released", async () => {
    const { made, factory } = tagging();
    const processResponse = () => new Response("no", { status: 403 });
    const server = await serving(echo, { extensions: [factory], processResponse });
    const request = upgradeRequest("/", { "Sec-WebSocket-Extensions": "tagging" });
    expect(await answerTo(server.port, request)).toMatchObject({ status: 403, body: "no" });
    expect(made.map(({ releases }) => releases)).toEqual([1]);
  });

  test("that is agreed on for a client that is gone meanwhile is released", async () => {
    const { made, factory } = tagging();
    const decision = gate();
    const processResponse = async () => {
      await decision.passed;
      return undefined;
    };
    const server = await serving(echo, { extensions: [factory], processResponse, openTimeout: 50 });
    const client = await rawClient(server.port);
    client.write(upgradeRequest("/", { "Sec-WebSocket-Extensions": "tagging" }));
    expect((await client.response()).status).toBe(408);
    await untilCounted(server, { openings: 0 });
    decision.open();
    await expect.poll(() => made.map(({ releases }) => releases)).toEqual([1]);
    expect(server.metrics().accepted).toBe(0);
  });

  test("whose factory throws: 500, logged", async () => {
    const logger = recordingLogger();
    const accept = () => {
      throw new Error("broken");
    };
    const server = await serving(echo, { extensions: [{ name: "tagging", accept }], logger });
    const request = upgradeRequest("/", { "Sec-WebSocket-Extensions": "tagging" });
    expect((await answerTo(server.port, request)).status).toBe(500);
    expect(logger.troubles).toHaveLength(1);
  });
});

describe("what a connection knows of its handshake", () => {
  test("the request: path, url, headers in any case", async () => {
    const server = await serving(async (ws) => {
      const { method, path, url, headers } = ws.request;
      const [name] = [...headers][0]!;
      await ws.send(JSON.stringify([method, path, url.href, headers.get("x-COLOR"), headers.getAll("X-Color"), name]));
      await ws.send(JSON.stringify([headers.has("x-color"), headers.has("x-none"), headers.get("x-none") ?? null]));
    });
    const client = await rawClient(server.port);
    const request = upgradeRequest("/feed?a=1&b=%20", { Host: "feed.test:81", "X-Color": "red" });
    client.write(request.replace("X-Color: red", "X-Color: red\r\nX-COLOR: blue"));
    await client.head();
    expect(JSON.parse(await client.message())).toEqual([
      "GET",
      "/feed?a=1&b=%20",
      "http://feed.test:81/feed?a=1&b=%20",
      "red, blue",
      ["red", "blue"],
      "Host",
    ]);
    expect(JSON.parse(await client.message())).toEqual([true, false, null]);
  });

  test("the response, as it was sent", async () => {
    const processResponse: ServeOptions["processResponse"] = (_request, response) => {
      response.headers.set("X-Instance", "7");
      return undefined;
    };
    const server = await serving(
      async (ws) => {
        await ws.send(`${ws.response.status} ${ws.response.headers.get("x-instance")}`);
      },
      { processResponse },
    );
    expect(await (await openClient(server.port)).message()).toBe("101 7");
  });

  test("addresses, a UUID, and the state", async () => {
    const server = await serving(async (ws) => {
      const { id, state, localAddress, localPort, remoteAddress, remotePort } = ws;
      await ws.send(JSON.stringify({ id, state, localAddress, localPort, remoteAddress, remotePort }));
    });
    const client = await openClient(server.port);
    expect(JSON.parse(await client.message())).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      state: "open",
      localAddress: "127.0.0.1",
      localPort: server.port,
      remoteAddress: "127.0.0.1",
      remotePort: client.socket.localPort,
    });
  });

  test.each<[serverHeader: string | null | undefined, expected: string | null]>([
    [undefined, "hawser"],
    ["ship/1", "ship/1"],
    [null, null],
  ])("serverHeader %s", async (serverHeader, expected) => {
    const server = await serving(echo, serverHeader === undefined ? {} : { serverHeader });
    const accepted = await (await rawClient(server.port)).write(upgradeRequest()).head();
    const refused = await answerTo(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect([accepted.headers.get("server"), refused.headers.get("server")]).toEqual([expected, expected]);
    expect(new HttpHeaders([...accepted.headers]).has("Date")).toBe(true);
  });

  test("one line in the log when it opens, one when it closes", async () => {
    const logger = recordingLogger();
    const server = await serving(echo, { logger });
    const client = await openClient(server.port, "/feed");
    client.send((side) => frame({ opcode: "close", payload: new Uint8Array([0x0f, 0xa0]) })(side));
    await client.closed();
    await untilCounted(server, { connections: 0 });
    const [opened, closed, ...others] = logger.lines.filter(({ fields }) => !("transport" in fields));
    expect(opened).toMatchObject({ level: "info", message: "connection open", fields: { path: "/feed" } });
    expect(closed).toMatchObject({ level: "info", message: "connection closed", fields: { code: 4000, reason: "" } });
    expect(closed?.fields["id"]).toBe(opened?.fields["id"]);
    expect(others).toEqual([]);
  });
});
