import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Extension, Rsv } from "../protocol/extension.ts";
import { type ClientAgreement, type ClientHandshakeSettings, judgeResponse, makeRequest } from "./client-handshake.ts";
import { isHandshakeFault } from "./errors.ts";
import type { ClientExtensionFactory, ParameterList } from "./extension-negotiation.ts";
import { HttpHeaders } from "./http-headers.ts";
import { serializeRequest } from "./http-response.ts";
import type { ReceivedResponse } from "./response-reader.ts";

const SETTINGS: ClientHandshakeSettings = {
  httpVersion: "1.1",
  url: new URL("ws://server.example.com/chat"),
  key: "dGhlIHNhbXBsZSBub25jZQ==",
  origin: null,
  userAgent: null,
  subprotocols: [],
  extensions: [],
  headers: [],
  sha1Base64: (text) => createHash("sha1").update(text).digest("base64"),
};

function extensionOf(name: string, rsv: number, released: string[] = []): Extension {
  const raw = {
    encode: () => undefined,
    decode: (payload: Uint8Array) => payload,
    release: () => void released.push(name),
  };
  return { name, parameters: new Map(), rsv, ...raw };
}

/** Agrees to anything but the parameter `bad`. */
function factory(
  name: string,
  rsv: number,
  offers: ParameterList[] = [[]],
  released: string[] = [],
): ClientExtensionFactory {
  return {
    name,
    offers,
    agree: (response) => (response[0]?.[0] === "bad" ? "bad was not offered" : extensionOf(name, rsv, released)),
  };
}

describe("with HTTP/2 (RFC 8441, section 5)", () => {
  const request = makeRequest({ ...SETTINGS, httpVersion: "2.0", subprotocols: ["a"] });
  const answer = (status: number, lines: [string, string][] = [], httpVersion: "1.1" | "2.0" = "2.0") =>
    judgeResponse({ status, statusText: "", headers: new HttpHeaders(lines), httpVersion, body: undefined }, request);

  test("the request has no upgrade and no key", () => {
    expect(request).toMatchObject({ method: "CONNECT", path: "/chat", httpVersion: "2.0" });
    expect([...request.headers]).toEqual([
      ["Host", "server.example.com"],
      ["Sec-WebSocket-Version", "13"],
      ["Sec-WebSocket-Protocol", "a"],
    ]);
  });

  test("2xx opens the connection, with what was chosen", () => {
    expect(answer(200, [["Sec-WebSocket-Protocol", "a"]])).toMatchObject({ subprotocol: "a" });
    expect(answer(299)).toMatchObject({ subprotocol: undefined });
  });

  test.each([
    ["101", answer(101), "STATUS_UNEXPECTED"],
    ["404", answer(404), "STATUS_UNEXPECTED"],
    ["an answer of another version", answer(200, [], "1.1"), "STATUS_UNEXPECTED"],
    ["another subprotocol", answer(200, [["Sec-WebSocket-Protocol", "b"]]), "SUBPROTOCOL_UNEXPECTED"],
  ])("%s does not", (_name, judgement, code) => {
    expect(judgement).toMatchObject({ code });
  });
});

describe("the request", () => {
  function headersFor(settings: Partial<ClientHandshakeSettings>): HttpHeaders {
    return makeRequest({ ...SETTINGS, ...settings }).headers;
  }

  test("is that of RFC 6455, section 1.2", () => {
    const request = makeRequest({ ...SETTINGS, origin: "http://example.com", subprotocols: ["chat", "superchat"] });
    expect(request.accept).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    expect(String.fromCharCode(...serializeRequest(request))).toBe(
      "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Protocol: chat, superchat\r\nOrigin: http://example.com\r\n\r\n",
    );
  });

  test.each([
    ["ws://example.org", "example.org", "/"],
    ["ws://example.org:80/a?b=c", "example.org", "/a?b=c"],
    ["wss://example.org:443/", "example.org", "/"],
    ["ws://example.org:443/", "example.org:443", "/"],
    ["wss://example.org:80/", "example.org:80", "/"],
    ["ws://[::1]:8080//a", "[::1]:8080", "//a"],
    ["ws://[2001:DB8::1]/", "[2001:db8::1]", "/"],
    ["ws://b\u00fccher.example/\u00e4 b?\u00fc", "xn--bcher-kva.example", "/%C3%A4%20b?%C3%BC"],
    ["ws://example.org/#", "example.org", "/"],
  ])("for %s has Host %s and path %s", (url, host, path) => {
    const request = makeRequest({ ...SETTINGS, url: new URL(url) });
    expect(request.headers.get("Host")).toBe(host);
    expect(request.path).toBe(path);
  });

  test("offers extensions, best first", () => {
    const extensions = [factory("x", Rsv.RSV1, [[["a", "1"]], []]), factory("y", 0, [[["b", true]]])];
    expect(headersFor({ extensions }).get("Sec-WebSocket-Extensions")).toBe("x; a=1, x, y; b");
  });

  test.each([
    ["ws://user:secret@example.org", "Basic dXNlcjpzZWNyZXQ="],
    ["ws://user@example.org", "Basic dXNlcjo="],
    ["ws://:secret@example.org", "Basic OnNlY3JldA=="],
    ["ws://us%20er:%C3%A4@example.org", `Basic ${Buffer.from("us er:\u00e4").toString("base64")}`],
    ["ws://100%:a@example.org", `Basic ${Buffer.from("100%:a").toString("base64")}`],
    ["ws://example.org", undefined],
  ])("for %s is authorized with %s", (url, authorization) => {
    expect(headersFor({ url: new URL(url) }).get("Authorization")).toBe(authorization);
  });

  test("carries the caller's headers, which replace four of ours", () => {
    const headers = headersFor({
      url: new URL("ws://user@example.org"),
      origin: "http://a.example",
      userAgent: "hawser",
      headers: {
        host: "b.example",
        Origin: "http://b.example",
        "user-agent": "mine",
        AUTHORIZATION: "Bearer x",
        Cookie: "a=b",
        "X-A": ["1", "2"],
      },
    });
    expect([...headers].slice(5)).toEqual([
      ["Origin", "http://b.example"],
      ["user-agent", "mine"],
      ["AUTHORIZATION", "Bearer x"],
      ["Cookie", "a=b"],
      ["X-A", "1"],
      ["X-A", "2"],
    ]);
    expect(headers.getAll("Host")).toEqual(["b.example"]);
  });

  test("names the user agent", () => {
    expect(headersFor({ userAgent: "hawser" }).get("User-Agent")).toBe("hawser");
  });

  test.each<[string, Partial<ClientHandshakeSettings>, RegExp]>([
    [
      "another scheme",
      { url: new URL("http://example.org") },
      /^Cannot connect: the URL must begin with "ws:" or "wss:", got "http:"$/,
    ],
    [
      "a fragment",
      { url: new URL("ws://example.org/#a") },
      /^Cannot connect: the URL must have no fragment, got "#a"$/,
    ],
    [
      "a key of the caller's",
      { headers: { "sec-websocket-key": "x" } },
      /^Cannot connect: headers must not contain sec-websocket-key, .* got "x"$/,
    ],
    [
      "a version of the caller's",
      { headers: { "Sec-WebSocket-Version": "8" } },
      /must not contain Sec-WebSocket-Version/,
    ],
    ["Connection of the caller's", { headers: { Connection: "close" } }, /must not contain Connection/],
    ["a body", { headers: { "Content-Length": "3" } }, /must not contain Content-Length/],
    ["CR LF in a header", { headers: { A: "b\r\nC: d" } }, /^Cannot append header A: .* got "b\\r\\nC: d"$/],
    ["CR LF in the origin", { origin: "http://a\r\nB: c" }, /^Cannot append header Origin/],
    ["CR LF in the user agent", { userAgent: "a\r\nB: c" }, /^Cannot append header User-Agent/],
    ["CR LF in a subprotocol", { subprotocols: ["a\r\nB: c"] }, /^Cannot append header Sec-WebSocket-Protocol/],
    ["CR LF in an extension", { extensions: [factory("a\r\nB: c", 0)] }, /^Cannot negotiate extensions/],
  ])("with %s is refused", (_name, settings, message) => {
    expect(() => makeRequest({ ...SETTINGS, ...settings })).toThrow(TypeError);
    expect(() => makeRequest({ ...SETTINGS, ...settings })).toThrow(message);
  });
});

type Lines = [name: string, value: string][];

const CONFIRMATION: Lines = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
];

function response(lines: Lines, status = 101, httpVersion: "1.0" | "1.1" = "1.1"): ReceivedResponse {
  return { status, statusText: "Text", httpVersion, headers: HttpHeaders.ofParsedLines(lines.flat()), body: undefined };
}

function without(name: string): Lines {
  return CONFIRMATION.filter(([sent]) => sent !== name);
}

function judge(lines: Lines, settings: Partial<ClientHandshakeSettings> = {}): ReturnType<typeof judgeResponse> {
  return judgeResponse(response(lines), makeRequest({ ...SETTINGS, ...settings }));
}

function agreed(lines: Lines, settings: Partial<ClientHandshakeSettings> = {}): ClientAgreement {
  const agreement = judge(lines, settings);
  if (isHandshakeFault(agreement)) throw new Error(agreement.text);
  return agreement;
}

describe("the response opens the connection", () => {
  test.each<[string, Lines]>([
    ["as in the RFC", CONFIRMATION],
    [
      "in any case",
      [
        ["upgrade", "WebSocket"],
        ["connection", "upgrade"],
        ["sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
      ],
    ],
    ["with lists", [...CONFIRMATION, ["Connection", "keep-alive"]]],
  ])("%s", (_name, lines) => {
    expect(agreed(lines, { subprotocols: ["a"], extensions: [factory("x", Rsv.RSV1)] })).toMatchObject({
      response: { status: 101 },
      subprotocol: undefined,
      extensions: [],
    });
  });

  test("with an offered subprotocol", () => {
    expect(agreed([...CONFIRMATION, ["Sec-WebSocket-Protocol", "b"]], { subprotocols: ["a", "b"] }).subprotocol).toBe(
      "b",
    );
  });

  test("with offered extensions", () => {
    const extensions = [factory("x", Rsv.RSV1), factory("y", Rsv.RSV2)];
    const lines: Lines = [...CONFIRMATION, ["Sec-WebSocket-Extensions", "y; a=1"], ["Sec-WebSocket-Extensions", "x"]];
    expect(agreed(lines, { extensions }).extensions.map(({ name }) => name)).toEqual(["y", "x"]);
  });
});

describe("the response fails the connection", () => {
  const extended = (value: string): Lines => [...CONFIRMATION, ["Sec-WebSocket-Extensions", value]];
  const chosen = (...values: string[]): Lines => [
    ...CONFIRMATION,
    ...values.map((value): [string, string] => ["Sec-WebSocket-Protocol", value]),
  ];

  test.each<[string, Lines, string, string]>([
    ["without Upgrade", without("Upgrade"), "UPGRADE_MISSING", "expected Upgrade: websocket, got none"],
    ["with another Upgrade", [["Upgrade", "h2c"], ...without("Upgrade")], "UPGRADE_MISSING", 'got "h2c"'],
    ["without Connection", without("Connection"), "UPGRADE_MISSING", "expected Connection: upgrade, got none"],
    ["with another Connection", [["Connection", "close"], ...without("Connection")], "UPGRADE_MISSING", 'got "close"'],
    ["without Accept", without("Sec-WebSocket-Accept"), "ACCEPT_INVALID", "got none"],
    [
      "with another Accept",
      [...without("Sec-WebSocket-Accept"), ["Sec-WebSocket-Accept", "S3PPLMBITXAQ9KYGZZHZRBK+XOO="]],
      "ACCEPT_INVALID",
      'expected "s3pP',
    ],
    ["with Accept twice", [...CONFIRMATION, CONFIRMATION[2]!], "ACCEPT_INVALID", "=, s3p"],
    ["with a subprotocol that was not offered", chosen("c"), "SUBPROTOCOL_UNEXPECTED", 'offered "a", "b", got "c"'],
    ["with another case of one", chosen("A"), "SUBPROTOCOL_UNEXPECTED", 'got "A"'],
    ["with two subprotocols", chosen("a", "b"), "SUBPROTOCOL_UNEXPECTED", 'got "a, b"'],
    ["with the same subprotocol twice", chosen("a", "a"), "SUBPROTOCOL_UNEXPECTED", 'got "a, a"'],
    ["with an empty subprotocol", chosen(""), "SUBPROTOCOL_UNEXPECTED", 'got ""'],
    ["with malformed extensions", extended("x;"), "EXTENSIONS_MALFORMED", "parameter's name"],
    ["with empty extensions", extended(""), "EXTENSIONS_MALFORMED", "extension's name"],
    ["with an unknown extension", extended("z"), "EXTENSION_UNEXPECTED", '"z" was not offered'],
    ["with an extension twice", extended("x, x"), "EXTENSION_UNEXPECTED", '"x" stands twice'],
    ["with unacceptable parameters", extended("x; bad"), "EXTENSION_UNEXPECTED", '"x": bad was not offered'],
    ["with one bit claimed twice", extended("x, y"), "EXTENSION_UNEXPECTED", '"y" shares a reserved bit'],
  ])("%s", (_name, lines, code, detail) => {
    const settings = { subprotocols: ["a", "b"], extensions: [factory("x", Rsv.RSV1), factory("y", Rsv.RSV1)] };
    expect(judge(lines, settings)).toMatchObject({ code, text: expect.stringContaining(detail) });
  });

  test("with a subprotocol though none was offered", () => {
    expect(judge(chosen("a"))).toMatchObject({
      code: "SUBPROTOCOL_UNEXPECTED",
      text: expect.stringContaining('offered none, got "a"'),
    });
  });

  test("with another status", () => {
    expect(judgeResponse(response(CONFIRMATION, 200), makeRequest(SETTINGS))).toMatchObject({
      code: "STATUS_UNEXPECTED",
      text: 'the server did not switch protocols: expected status 101; got 200 "Text"',
    });
  });

  test("with HTTP/1.0", () => {
    expect(judgeResponse(response(CONFIRMATION, 101, "1.0"), makeRequest(SETTINGS))).toMatchObject({
      code: "STATUS_UNEXPECTED",
    });
  });

  test.each(["x, y; bad", "x, z", "x, throws"])("and releases what it had agreed: %s", (value) => {
    const released: string[] = [];
    const throwing: ClientExtensionFactory = {
      name: "throws",
      offers: [[]],
      agree: () => {
        throw new Error("no");
      },
    };
    const extensions = [factory("x", Rsv.RSV1, [[]], released), factory("y", Rsv.RSV2), throwing];
    expect(isHandshakeFault(judge(extended(value), { extensions }))).toBe(true);
    expect(released).toEqual(["x"]);
  });

  test("if a factory throws, with what it threw as the cause", () => {
    const cause = new Error("no");
    const throwing: ClientExtensionFactory = {
      name: "x",
      offers: [[]],
      agree: () => {
        throw cause;
      },
    };
    expect(judge(extended("x"), { extensions: [throwing] })).toMatchObject({ code: "CALLBACK_FAILED", cause });
  });

  test("or opens it, but never throws", () => {
    const names = fc.constantFrom(
      "Upgrade",
      "Connection",
      "Sec-WebSocket-Accept",
      "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions",
    );
    const values = fc
      .array(fc.constantFrom("x", "a", "bad", "websocket", ",", ";", "=", '"', "\\", " ", "\xff"))
      .map((parts) => parts.join(""));
    const settings = { subprotocols: ["a"], extensions: [factory("x", Rsv.RSV1)] };
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values), { maxLength: 3 }), (random) => {
        judge([...CONFIRMATION, ...random], settings);
      }),
    );
  });
});
