import { describe, expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import type { HttpResponseHead } from "../handshake/http-response.ts";
import { finishResponse, readResponse } from "./response-bytes.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const GET = { isHead: false, serverHeader: "hawser", date: DATE };
const HEAD = { ...GET, isHead: true };

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("readResponse", () => {
  test("reads status, phrase, headers and the whole body", async () => {
    const headers: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["X-One", "1"],
      ["Set-Cookie", "b=2"],
    ];
    const head = await readResponse(new Response("héllo", { status: 418, statusText: "Teapot", headers }));
    expect([head.status, head.statusText]).toEqual([418, "Teapot"]);
    expect(head.headers.getAll("Set-Cookie")).toEqual(["a=1", "b=2"]);
    expect(head.headers.get("X-One")).toBe("1");
    expect(head.body).toEqual(ascii("héllo"));
  });

  test("fills in the phrase that is registered", async () => {
    expect((await readResponse(new Response("", { status: 403 }))).statusText).toBe("Forbidden");
  });

  test("reads a body that comes in pieces", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of ["a", "", "bc"]) controller.enqueue(ascii(piece));
        controller.close();
      },
    });
    expect((await readResponse(new Response(body))).body).toEqual(ascii("abc"));
  });

  test("has no body where the response has none", async () => {
    expect((await readResponse(new Response(null, { status: 204 }))).body).toBeUndefined();
  });

  test("rejects with what the body fails with", async () => {
    const failure = new Error("disk gone");
    const body = new ReadableStream({ start: (controller) => controller.error(failure) });
    await expect(readResponse(new Response(body))).rejects.toBe(failure);
  });

  test("refuses a response that was read already", async () => {
    const response = new Response("once");
    await response.text();
    await expect(readResponse(response)).rejects.toThrow(
      new TypeError(
        "Cannot respond: the Response's body is used already; return a new Response, or a clone(), for each request",
      ),
    );
  });

  test("refuses a response that somebody is reading", async () => {
    const response = new Response("taken");
    response.body?.getReader();
    await expect(readResponse(response)).rejects.toThrow(/body is used already/);
  });

  test.each([
    ["not found", /^Cannot respond: a hook must return a Response or undefined, got not found$/],
    [null, /got null$/],
    [true, /got true$/],
    [{ status: 200 }, /got an object of type Object$/],
    [Object.create(null), /got an object of type null$/],
    [Response.error(), /^Cannot respond: got Response\.error\(\)/],
    [new Response("", { headers: { "X-A": "a\x01b" } }), /^Cannot append header x-a: its value must be/],
  ])("refuses what cannot be sent (%#)", async (response, message) => {
    const reading = readResponse(response as Response);
    await expect(reading).rejects.toThrow(TypeError);
    await expect(reading).rejects.toThrow(message);
  });
});

describe("finishResponse", () => {
  function head(status: number, body: string | undefined, headers: Record<string, string> = {}): HttpResponseHead {
    const bytes = body === undefined ? undefined : ascii(body);
    return { status, statusText: "", headers: new HttpHeaders(headers), body: bytes };
  }

  const ADDED = [
    ["Date", DATE],
    ["Server", "hawser"],
    ["Connection", "close"],
  ];

  test("adds date, server, close and length, and leaves the original alone", () => {
    const original = head(200, "four", { "X-A": "1" });
    const finished = finishResponse(original, GET);
    expect([...finished.headers]).toEqual([["X-A", "1"], ...ADDED, ["Content-Length", "4"]]);
    expect(finished.body).toEqual(ascii("four"));
    expect([...original.headers]).toEqual([["X-A", "1"]]);
  });

  test("drops the body for HEAD and keeps its length", () => {
    const finished = finishResponse(head(200, "four"), HEAD);
    expect(finished.headers.get("Content-Length")).toBe("4");
    expect(finished.body).toBeUndefined();
  });

  test.each([
    ["HEAD without a body keeps the length told", 200, undefined, "9", HEAD, "9"],
    ["HEAD with a body has its length", 200, "four", "9", HEAD, "4"],
    ["HEAD without either has none", 200, undefined, undefined, HEAD, "0"],
    ["GET has the body's length, whatever was told", 200, "four", "9", GET, "4"],
    ["no body has length 0", 200, undefined, undefined, GET, "0"],
    ["304 keeps the length told", 304, undefined, "9", GET, "9"],
    ["304 needs none", 304, undefined, undefined, GET, undefined],
    ["204 has none", 204, undefined, "9", GET, undefined],
    ["204 has none for HEAD", 204, undefined, "9", HEAD, undefined],
  ] as const)("length: %s", (_name, status, body, told, finish, expected) => {
    const original = head(status, body, told === undefined ? {} : { "Content-Length": told });
    expect(finishResponse(original, finish).headers.get("Content-Length")).toBe(expected);
  });

  test("frames by length alone", () => {
    const finished = finishResponse(head(200, "x", { "Transfer-Encoding": "chunked" }), GET);
    expect(finished.headers.has("Transfer-Encoding")).toBe(false);
  });

  test("a status without content has no body", () => {
    expect(finishResponse(head(204, "x"), GET).body).toBeUndefined();
  });

  test("keeps Date and Server of the application", () => {
    const finished = finishResponse(head(200, "", { Server: "mine", date: "then" }), GET);
    expect([finished.headers.getAll("Server"), finished.headers.getAll("Date")]).toEqual([["mine"], ["then"]]);
  });

  test("sends no Server where there is to be none", () => {
    expect(finishResponse(head(200, ""), { ...GET, serverHeader: null }).headers.has("Server")).toBe(false);
  });

  test.each([
    ["Upgrade", "Upgrade, close"],
    ["keep-alive", "close"],
    ["Close", "close"],
    ["upgrade, Keep-Alive,, x", "upgrade, x, close"],
  ])("closes the connection although Connection is %j", (options, expected) => {
    const finished = finishResponse(head(200, "", { Connection: options, "Keep-Alive": "timeout=5" }), GET);
    expect(finished.headers.getAll("Connection")).toEqual([expected]);
    expect(finished.headers.has("Keep-Alive")).toBe(false);
  });

  test("leaves the connection of a 101 open", () => {
    const finished = finishResponse(head(101, undefined, { Upgrade: "websocket", Connection: "Upgrade" }), GET);
    expect([...finished.headers]).toEqual([["Upgrade", "websocket"], ["Connection", "Upgrade"], ...ADDED.slice(0, 2)]);
  });
});
