import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Extension, Rsv } from "../protocol/extension.ts";
import { isHandshakeFault } from "./errors.ts";
import type { ParameterList, ServerExtensionFactory } from "./extension-negotiation.ts";
import { HttpHeaders } from "./http-headers.ts";
import { createRequestHead, type HttpRequestHead, type HttpVersion } from "./http-request.ts";
import { resolveOrigins } from "./origin.ts";
import { judgeRequest, type ServerAgreement, type ServerHandshakeSettings } from "./server-handshake.ts";

const SETTINGS: ServerHandshakeSettings = {
  origins: resolveOrigins("serve", "same-origin"),
  subprotocols: [],
  selectSubprotocol: null,
  extensions: [],
  sha1Base64: (text) => createHash("sha1").update(text).digest("base64"),
};

const AUTHORITY = { host: "server.example.com", isSecure: false };

type Lines = [name: string, value: string][];

/** The request of RFC 6455, section 1.2, less what it offers. */
const HANDSHAKE: Lines = [
  ["Host", "server.example.com"],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
];

function request(lines: Lines, method = "GET", httpVersion: HttpVersion = "1.1"): HttpRequestHead {
  return createRequestHead({ method, path: "/chat", httpVersion, headers: new HttpHeaders(lines), isSecure: false });
}

function without(name: string): Lines {
  return HANDSHAKE.filter(([sent]) => sent !== name);
}

function judge(lines: Lines, settings: Partial<ServerHandshakeSettings> = {}): ReturnType<typeof judgeRequest> {
  return judgeRequest(request(lines), { ...SETTINGS, ...settings }, AUTHORITY);
}

function agreed(lines: Lines, settings: Partial<ServerHandshakeSettings> = {}): ServerAgreement {
  const agreement = judge(lines, settings);
  if (isHandshakeFault(agreement)) throw new Error(agreement.text);
  return agreement;
}

function extensionOf(name: string, rsv: number, released: string[] = []): Extension {
  const raw = {
    encode: () => undefined,
    decode: (payload: Uint8Array) => payload,
    release: () => void released.push(name),
  };
  return { name, parameters: new Map(), rsv, ...raw };
}

/** Accepts offers whose first parameter is `ok`, or any with `accepts: "all"`, and echoes the parameters. */
function factory(
  name: string,
  rsv: number,
  accepts: "ok" | "all" = "all",
  released: string[] = [],
): ServerExtensionFactory {
  return {
    name,
    accept(offer: ParameterList) {
      if (accepts === "ok" && offer[0]?.[0] !== "ok") return undefined;
      return { parameters: offer, extension: extensionOf(name, rsv, released) };
    },
  };
}

function throwing(name: string, error: Error): ServerExtensionFactory {
  const accept = (): never => {
    throw error;
  };
  return { name, accept };
}

describe("a request that opens a connection", () => {
  test.each<[string, Lines]>([
    ["as in the RFC", HANDSHAKE],
    ["of Firefox", [...without("Connection"), ["Connection", "keep-alive, Upgrade"]]],
    ["with lists over several lines", [...HANDSHAKE, ["Connection", "keep-alive"], ["Upgrade", "h2c"]]],
    ["in any case", HANDSHAKE.map(([name, value]) => [name.toLowerCase(), name === "Upgrade" ? "WebSocket" : value])],
    ["with Origin", [...HANDSHAKE, ["Origin", "http://server.example.com"]]],
  ])("%s", (_name, lines) => {
    const { headers, subprotocol, extensions } = agreed(lines);
    expect([...headers]).toEqual([
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ]);
    expect(subprotocol).toBeUndefined();
    expect(extensions).toEqual([]);
  });

  test("is handed on", () => {
    const head = request(HANDSHAKE);
    expect(judgeRequest(head, SETTINGS, AUTHORITY)).toMatchObject({ request: head });
  });
});

describe("a request is refused", () => {
  const upgrade = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
  ];

  test.each<[string, Lines, number, string, string]>([
    ["without Host", without("Host"), 400, "HOST_INVALID", "got none"],
    [
      "with two Hosts",
      [...HANDSHAKE, ["Host", "b.example"]],
      400,
      "HOST_INVALID",
      '"server.example.com" and "b.example"',
    ],
    ["with an empty Host", [...without("Host"), ["Host", ""]], 400, "HOST_INVALID", 'got ""'],
    ["with a Host that is a URL", [...without("Host"), ["Host", "http://a/"]], 400, "HOST_INVALID", "http://a/"],
    ["without Upgrade", without("Upgrade"), 426, "UPGRADE_REQUIRED", "got no Upgrade header"],
    [
      "with another Upgrade",
      [...without("Upgrade"), ["Upgrade", "h2c"]],
      426,
      "UPGRADE_REQUIRED",
      'expected Upgrade: websocket, got Upgrade: "h2c"',
    ],
    ["without Connection", without("Connection"), 426, "UPGRADE_REQUIRED", "got no Connection header"],
    [
      "with another Connection",
      [...without("Connection"), ["Connection", "keep-alive"]],
      426,
      "UPGRADE_REQUIRED",
      'Connection: "keep-alive"',
    ],
    ["without a version", without("Sec-WebSocket-Version"), 400, "VERSION_INVALID", "got none"],
    ["with two versions", [...HANDSHAKE, ["Sec-WebSocket-Version", "13"]], 400, "VERSION_INVALID", '"13" and "13"'],
    ["without a key", without("Sec-WebSocket-Key"), 400, "KEY_INVALID", "got none"],
    ["with two keys", [...HANDSHAKE, ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="]], 400, "KEY_INVALID", " and "],
    ["with a bad key", [...without("Sec-WebSocket-Key"), ["Sec-WebSocket-Key", "x"]], 400, "KEY_INVALID", 'got "x"'],
    [
      "with a foreign Origin",
      [...HANDSHAKE, ["Origin", "http://evil.example"]],
      403,
      "ORIGIN_NOT_ALLOWED",
      'option "origins"',
    ],
    ["with two Origins", [...HANDSHAKE, ["Origin", "a"], ["Origin", "b"]], 400, "ORIGIN_AMBIGUOUS", '"a, b"'],
    [
      "with malformed subprotocols",
      [...HANDSHAKE, ["Sec-WebSocket-Protocol", "ch\u00e4t"]],
      400,
      "SUBPROTOCOLS_MALFORMED",
      '"ch\\u00e4t"',
    ],
    [
      "with a subprotocol twice",
      [...HANDSHAKE, ["Sec-WebSocket-Protocol", "a"], ["Sec-WebSocket-Protocol", "a"]],
      400,
      "SUBPROTOCOLS_MALFORMED",
      '"a, a"',
    ],
    [
      "with malformed extensions",
      [...HANDSHAKE, ["Sec-WebSocket-Extensions", "a;;"]],
      400,
      "EXTENSIONS_MALFORMED",
      "parameter's name",
    ],
  ])("%s", (_name, lines, status, code, detail) => {
    expect(judge(lines)).toMatchObject({ code, status, text: expect.stringContaining(detail) });
  });

  test.each(["12", "8", "013", "13, 8", ""])("with version %j, and told which is supported", (version) => {
    expect(judge([...without("Sec-WebSocket-Version"), ["Sec-WebSocket-Version", version]])).toMatchObject({
      code: "VERSION_UNSUPPORTED",
      status: 426,
      headers: [["Sec-WebSocket-Version", "13"], ...upgrade],
    });
  });

  test("if it asks for no upgrade, in words for a person", () => {
    const fault = judge([["Host", "server.example.com"]]);
    expect(fault).toMatchObject({ status: 426, headers: upgrade, text: expect.stringContaining("WebSocket client") });
  });

  test.each(["POST", "HEAD", "get", "OPTIONS"])("with method %s", (method) => {
    expect(judgeRequest(request(HANDSHAKE, method), SETTINGS, AUTHORITY)).toMatchObject({
      code: "METHOD_NOT_ALLOWED",
      status: 405,
      headers: [["Allow", "GET"]],
    });
  });

  test("with HTTP/1.0", () => {
    expect(judgeRequest(request(HANDSHAKE, "GET", "1.0"), SETTINGS, AUTHORITY)).toMatchObject({
      code: "HTTP_VERSION_TOO_OLD",
      status: 400,
    });
  });

  test("by the first rule it breaks", () => {
    const bad: Lines = [["Origin", "http://evil.example"]];
    expect(judgeRequest(request(bad, "POST", "1.0"), SETTINGS, AUTHORITY)).toMatchObject({ status: 405 });
    expect(judgeRequest(request(bad, "GET", "1.0"), SETTINGS, AUTHORITY)).toMatchObject({
      code: "HTTP_VERSION_TOO_OLD",
    });
    expect(judge(bad)).toMatchObject({ code: "HOST_INVALID" });
    expect(judge([["Host", "server.example.com"], ...bad])).toMatchObject({ code: "UPGRADE_REQUIRED" });
  });

  test("or not, by the authority a trusted proxy names", () => {
    const lines: Lines = [...HANDSHAKE, ["Origin", "https://public.example"]];
    const authority = { host: "public.example", isSecure: true };
    expect(judge(lines)).toMatchObject({ status: 403 });
    expect(judgeRequest(request(lines), SETTINGS, authority)).toMatchObject({ subprotocol: undefined });
  });
});

describe("subprotocols", () => {
  const offering = (...lists: string[]): Lines => [
    ...HANDSHAKE,
    ...lists.map((list): [string, string] => ["Sec-WebSocket-Protocol", list]),
  ];

  test.each([
    ["none of either", [], [], undefined],
    ["the server has none", [], ["a"], undefined],
    ["the server's first that is offered", ["c", "b", "a"], ["a, b"], "b"],
    ["offered over several lines", ["b"], ["a", "b"], "b"],
    ["names are case-sensitive", ["A", "a"], ["a"], "a"],
    ["a name of Object.prototype", ["constructor"], ["constructor"], "constructor"],
  ])("%s", (_name, subprotocols, offered, expected) => {
    const { subprotocol, headers } = agreed(offering(...offered), { subprotocols });
    expect(subprotocol).toBe(expected);
    expect(headers.get("Sec-WebSocket-Protocol")).toBe(expected);
  });

  test.each([
    ["none is offered", [], "SUBPROTOCOL_MISSING", 'expected one of "a", "b"'],
    ["none of them is offered", ["c, d"], "SUBPROTOCOL_UNSUPPORTED", 'expected one of "a", "b", got "c", "d"'],
    ["another case is offered", ["A"], "SUBPROTOCOL_UNSUPPORTED", 'got "A"'],
  ])("refused if %s", (_name, offered, code, detail) => {
    expect(judge(offering(...offered), { subprotocols: ["a", "b"] })).toMatchObject({
      code,
      status: 400,
      text: expect.stringContaining(detail),
    });
  });

  test.each([
    [["a, b"], ["a", "b"], "b"],
    [["a"], ["a"], undefined],
    [[], [], undefined],
  ])("a selector sees %j", (offered, expected, choice) => {
    const seen: unknown[] = [];
    const lines = offering(...offered);
    const selectSubprotocol = (names: readonly string[], { path }: HttpRequestHead): string | undefined => {
      seen.push(names, path);
      return choice;
    };
    expect(agreed(lines, { subprotocols: ["x"], selectSubprotocol }).subprotocol).toBe(choice);
    expect(seen).toEqual([expected, "/chat"]);
  });

  test("a selector must choose what was offered", () => {
    expect(judge(offering("a"), { selectSubprotocol: () => "b" })).toMatchObject({
      code: "CALLBACK_FAILED",
      status: 500,
      cause: new TypeError(
        'Cannot accept a connection: selectSubprotocol must return one of the offered subprotocols or undefined ("a"), got "b"',
      ),
    });
  });

  test("a selector that throws is answered with 500 and not with what it threw", () => {
    const cause = new Error("secret");
    const selectSubprotocol = (): string => {
      throw cause;
    };
    const fault = judge(offering("a"), { selectSubprotocol });
    expect(fault).toMatchObject({ code: "CALLBACK_FAILED", status: 500, cause });
    expect(fault).not.toMatchObject({ text: expect.stringContaining("secret") });
  });
});

describe("extensions", () => {
  const offering = (...lists: string[]): Lines => [
    ...HANDSHAKE,
    ...lists.map((list): [string, string] => ["Sec-WebSocket-Extensions", list]),
  ];

  test.each<[string, string[], ServerExtensionFactory[], string | undefined]>([
    ["unknown ones are declined", ["x; a, __proto__, constructor"], [factory("y", 0)], undefined],
    ["one is accepted", ["x; a=1; b"], [factory("x", Rsv.RSV1)], "x; a=1; b"],
    ["the first acceptable offer is", ["x; bad, x; ok=1, x; ok=2"], [factory("x", Rsv.RSV1, "ok")], "x; ok=1"],
    ["unacceptable offers are declined", ["x; bad"], [factory("x", Rsv.RSV1, "ok")], undefined],
    [
      "several, in the client's order, over several lines",
      ["x", "y; a"],
      [factory("y", Rsv.RSV2), factory("x", Rsv.RSV1)],
      "x, y; a",
    ],
    ["no bit is claimed twice", ["x, y, z"], [factory("x", Rsv.RSV1), factory("y", Rsv.RSV1), factory("z", 0)], "x, z"],
    [
      "a second factory of a name gets its turn",
      ["x; a"],
      [factory("x", Rsv.RSV1, "ok"), factory("x", Rsv.RSV1)],
      "x; a",
    ],
  ])("%s", (_name, offers, extensions, expected) => {
    const agreement = agreed(offering(...offers), { extensions });
    expect(agreement.headers.get("Sec-WebSocket-Extensions")).toBe(expected);
    expect(agreement.extensions.map(({ name }) => name)).toEqual(
      expected?.split(", ").map((item) => item.split(";")[0]) ?? [],
    );
  });

  test("what is made and not used is released", () => {
    const released: string[] = [];
    const extensions = [factory("x", Rsv.RSV1, "all", released), factory("y", Rsv.RSV1, "all", released)];
    agreed(offering("x, y"), { extensions });
    expect(released).toEqual(["y"]);
  });

  test("a factory that throws is answered with 500, and what was made is released", () => {
    const released: string[] = [];
    const cause = new Error("secret");
    const fault = judge(offering("x, y"), {
      extensions: [factory("x", Rsv.RSV1, "all", released), throwing("y", cause)],
    });
    expect(fault).toMatchObject({ code: "CALLBACK_FAILED", status: 500, cause });
    expect(released).toEqual(["x"]);
  });

  test("an extension needs no release", () => {
    const { release: _release, ...plain } = extensionOf("x", Rsv.RSV1);
    const plainFactory = (name: string): ServerExtensionFactory => ({
      name,
      accept: (parameters) => ({ parameters, extension: plain }),
    });
    expect(agreed(offering("x, y"), { extensions: [plainFactory("x"), plainFactory("y")] }).extensions).toHaveLength(1);
    expect(judge(offering("x, z"), { extensions: [plainFactory("x"), throwing("z", new Error("no"))] })).toMatchObject({
      status: 500,
    });
  });

  test("a factory whose parameters cannot be written is the application's fault", () => {
    const broken = {
      name: "x",
      accept: () => ({ parameters: [["a\r\n", true]] as const, extension: extensionOf("x", 0) }),
    };
    expect(judge(offering("x"), { extensions: [broken] })).toMatchObject({
      code: "CALLBACK_FAILED",
      cause: expect.any(TypeError),
    });
  });
});

test("random headers never throw, and are never answered with 500", () => {
  const offered = ["Origin", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];
  const names = fc.constantFrom(...HANDSHAKE.map(([name]) => name), ...offered);
  const values = fc.oneof(
    fc.array(fc.nat(0xff)).map((codes) => String.fromCharCode(...codes)),
    fc
      .array(fc.constantFrom("a", "websocket", ",", ";", "=", '"', "\\", " ", ":", "[", "]", "://"))
      .map((parts) => parts.join("")),
  );
  const settings = {
    ...SETTINGS,
    origins: resolveOrigins("serve", [/a+/, "http://a"]),
    extensions: [factory("a", Rsv.RSV1)],
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(names, values), { maxLength: 3 }), fc.boolean(), (random, complete) => {
      const lines = [
        ...(complete ? HANDSHAKE.filter(([name]) => !random.some(([other]) => other === name)) : []),
        ...random,
      ];
      const head = createRequestHead({
        method: "GET",
        path: "/",
        httpVersion: "1.1",
        headers: HttpHeaders.ofParsedLines(lines.flat()),
        isSecure: false,
      });
      const result = judgeRequest(head, settings, { host: head.headers.get("host") ?? "", isSecure: false });
      if (isHandshakeFault(result)) expect([400, 403, 426]).toContain(result.status);
    }),
  );
});
