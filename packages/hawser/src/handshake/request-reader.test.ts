import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HandshakeFault, isHandshakeFault } from "./errors.ts";
import { HttpHeaders } from "./http-headers.ts";
import { createRequestHead, type HttpRequestHead } from "./http-request.ts";
import { judgeRequestHead, RequestReader } from "./request-reader.ts";

const LIMITS = { maxLineLength: 64, maxHeaders: 3, maxHeaderSize: 100 };
const ROOMY = { maxLineLength: 8192, maxHeaders: 128, maxHeaderSize: 65_536 };

type Outcome = { result: unknown; rest: string; taken: number };

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** A comparable picture of what a reader returned. */
function pictureOf(result: HttpRequestHead | HandshakeFault | undefined): unknown {
  if (result === undefined || isHandshakeFault(result)) return result;
  const { method, path, httpVersion, headers } = result;
  return { method, path, httpVersion, headers: [...headers] };
}

/** Feeds portions until there is a result. `taken` is how many bytes had been given then. */
function feed(wire: Uint8Array, cuts: readonly number[], settings = LIMITS): Outcome {
  const reader = new RequestReader({ limits: settings, isSecure: false });
  let start = 0;
  for (const end of [...cuts, wire.length]) {
    const result = reader.receive(wire.subarray(start, end));
    if (result !== undefined) return { result: pictureOf(result), rest: text(reader.rest), taken: end };
    start = end;
  }
  return { result: undefined, rest: text(reader.rest), taken: start };
}

const whole = (wire: string, settings = LIMITS): Outcome => feed(latin1(wire), [], settings);
const byteByByte = (wire: string, settings = LIMITS): Outcome =>
  feed(
    latin1(wire),
    Array.from(wire, (_, i) => i),
    settings,
  );

function head(method: string, path: string, headers: [string, string][] = [], httpVersion = "1.1"): unknown {
  return { method, path, httpVersion, headers };
}

describe("a request", () => {
  test.each([
    ["without headers", "GET / HTTP/1.1\r\n\r\n", head("GET", "/")],
    [
      "with headers in order, names as sent",
      "GET /chat?x=1 HTTP/1.1\r\nHost: a.example\r\nX-B:1\r\nx-b: \t 2 \t\r\n\r\n",
      head("GET", "/chat?x=1", [
        ["Host", "a.example"],
        ["X-B", "1"],
        ["x-b", "2"],
      ]),
    ],
    [
      "with an empty value",
      "GET / HTTP/1.1\r\nA:\r\nB: \r\n\r\n",
      head("GET", "/", [
        ["A", ""],
        ["B", ""],
      ]),
    ],
    [
      "with inner tabs, colons and obs-text",
      "GET / HTTP/1.1\r\nA: b\tc:d \x80\xff\r\n\r\n",
      head("GET", "/", [["A", "b\tc:d \x80\xff"]]),
    ],
    ["of another method", "HEAD /healthz HTTP/1.1\r\n\r\n", head("HEAD", "/healthz")],
    ["of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", head("GET", "/", [], "1.0")],
    ["for an escaped path", "GET /%e4%2F?100% HTTP/1.1\r\n\r\n", head("GET", "/%e4%2F?100%")],
    [
      "with prototype names",
      "GET / HTTP/1.1\r\n__proto__: 1\r\nconstructor: 2\r\n\r\n",
      head("GET", "/", [
        ["__proto__", "1"],
        ["constructor", "2"],
      ]),
    ],
    ["with an empty body", "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", head("GET", "/", [["Content-Length", "0"]])],
    ["with a line of exactly 64 bytes", `GET /${"a".repeat(50)} HTTP/1.1\r\n\r\n`, head("GET", `/${"a".repeat(50)}`)],
    [
      "with a header of exactly 64 bytes",
      `GET / HTTP/1.1\r\nA:${"b".repeat(62)}\r\n\r\n`,
      head("GET", "/", [["A", "b".repeat(62)]]),
    ],
  ])("%s", (_name, wire, expected) => {
    expect(whole(wire)).toEqual({ result: expected, rest: "", taken: wire.length });
    expect(byteByByte(wire)).toEqual({ result: expected, rest: "", taken: wire.length });
    expect(whole(`${wire}\x81\x00rest`)).toEqual({ result: expected, rest: "\x81\x00rest", taken: wire.length + 6 });
  });

  test("keeps its result and its rest, and takes no more", () => {
    const reader = new RequestReader({ limits: LIMITS, isSecure: false });
    const request = reader.receive(latin1("GET / HTTP/1.1\r\n\r\nab"));
    expect(reader.receive(latin1("x"))).toBe(request);
    expect(text(reader.rest)).toBe("ab");
  });

  test("has no rest before it is complete", () => {
    const reader = new RequestReader({ limits: LIMITS, isSecure: false });
    expect(reader.receive(latin1("GET / HTTP/1.1\r\n"))).toBeUndefined();
    expect(reader.rest).toHaveLength(0);
    expect(reader.receive(latin1(""))).toBeUndefined();
  });

  test("of a long line is decoded in steps", () => {
    const path = `/${"ab".repeat(4000)}`;
    expect(whole(`GET ${path} HTTP/1.1\r\n\r\n`, ROOMY).result).toEqual(head("GET", path));
  });
});

describe("a request is refused at the offending byte", () => {
  const line = "GET / HTTP/1.1\r\n";

  // The last byte of each is the one at fault.
  test.each([
    ["an empty line first", "\r", "REQUEST_LINE_MALFORMED", 400, "0x0d"],
    ["a bare LF first", "\n", "LINE_ENDING_INVALID", 400, "LF without CR"],
    ["a TLS hello", "\x16", "REQUEST_LINE_MALFORMED", 400, "0x16"],
    ["an empty method", " ", "REQUEST_LINE_MALFORMED", 400, "empty method"],
    ["a method that is no token", "GE(", "REQUEST_LINE_MALFORMED", 400, "0x28"],
    ["an empty target", "GET  ", "REQUEST_LINE_MALFORMED", 400, 'got ""'],
    ["a target of *", "OPTIONS * ", "REQUEST_LINE_MALFORMED", 400, 'got "*"'],
    ["an absolute target", "GET http://a.example/ ", "REQUEST_LINE_MALFORMED", 400, "http://a.example/"],
    ["an authority as target", "CONNECT a.example:80 ", "REQUEST_LINE_MALFORMED", 400, "a.example:80"],
    ["a path that may be taken for a host", "GET //a.example/ ", "REQUEST_LINE_MALFORMED", 400, '"//a.example/"'],
    ["a broken escape", "GET /a%zz?b ", "REQUEST_LINE_MALFORMED", 400, "two hexadecimal digits"],
    ["a tab in the target", "GET /\t", "REQUEST_LINE_MALFORMED", 400, "0x09"],
    ["NUL in the target", "GET /\0", "REQUEST_LINE_MALFORMED", 400, "0x00"],
    ["non-ASCII in the target", "GET /\xe9", "REQUEST_LINE_MALFORMED", 400, "0xe9"],
    ["DEL in the target", "GET /\x7f", "REQUEST_LINE_MALFORMED", 400, "0x7f"],
    ["no version (HTTP/0.9)", "GET /\r", "REQUEST_LINE_MALFORMED", 400, "0x0d"],
    ["an empty version", "GET / \r", "REQUEST_LINE_MALFORMED", 400, 'got ""'],
    ["a second space", "GET /  ", "REQUEST_LINE_MALFORMED", 400, "0x20"],
    ["another protocol", "GET / F", "REQUEST_LINE_MALFORMED", 400, "0x46"],
    ["a malformed version", "GET / HTTP/1.12\r", "REQUEST_LINE_MALFORMED", 400, "HTTP/1.12"],
    ["HTTP/2.0", "GET / HTTP/2.0\r", "HTTP_VERSION_UNSUPPORTED", 505, "HTTP/2.0"],
    ["HTTP/0.9 spelt out", "GET / HTTP/0.9\r", "HTTP_VERSION_UNSUPPORTED", 505, "HTTP/0.9"],
    ["LF alone after the request line", "GET / HTTP/1.1\n", "LINE_ENDING_INVALID", 400, "LF without CR"],
    ["CR alone after the request line", "GET / HTTP/1.1\rH", "LINE_ENDING_INVALID", 400, "0x48 after CR"],
    ["a folded first header", `${line} `, "HEADER_FOLDED", 400, ""],
    ["a folded header", `${line}A: b\r\n\t`, "HEADER_FOLDED", 400, ""],
    ["a space before the colon", `${line}Host `, "HEADER_NAME_INVALID", 400, "0x20"],
    ["an empty name", `${line}:`, "HEADER_NAME_INVALID", 400, "empty name"],
    ["a name that is no token", `${line}Ho(`, "HEADER_NAME_INVALID", 400, "0x28"],
    ["non-ASCII in a name", `${line}H\xf6`, "HEADER_NAME_INVALID", 400, "0xf6"],
    ["a header without a colon", `${line}Host\r`, "HEADER_NAME_INVALID", 400, "0x0d"],
    ["LF in a name", `${line}Host\n`, "LINE_ENDING_INVALID", 400, "LF without CR"],
    ["LF alone after a value", `${line}A: b\n`, "LINE_ENDING_INVALID", 400, "LF without CR"],
    ["CR alone in a value", `${line}A: b\rc`, "LINE_ENDING_INVALID", 400, "0x63 after CR"],
    ["NUL in a value", `${line}A: b\0`, "HEADER_VALUE_INVALID", 400, "0x00"],
    ["NUL before a value", `${line}A: \0`, "HEADER_VALUE_INVALID", 400, "0x00"],
    ["DEL in a value", `${line}A: b\x7f`, "HEADER_VALUE_INVALID", 400, "0x7f"],
    ["LF alone at the end", `${line}A: b\r\n\n`, "LINE_ENDING_INVALID", 400, "LF without CR"],
    ["CR alone at the end", `${line}A: b\r\n\rG`, "LINE_ENDING_INVALID", 400, "0x47 after CR"],
    ["a body", `${line}Content-Length: 5\r\n\r\n`, "REQUEST_BODY_UNEXPECTED", 400, 'Content-Length: "5"'],
    ["a body twice", `${line}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`, "REQUEST_BODY_UNEXPECTED", 400, '"0, 0"'],
    ["a length that is no number", `${line}Content-Length: \r\n\r\n`, "REQUEST_BODY_UNEXPECTED", 400, '""'],
    ["chunks", `${line}Transfer-Encoding: chunked\r\n\r\n`, "REQUEST_BODY_UNEXPECTED", 400, "chunked"],
    [
      "length and chunks",
      `${line}Content-Length: 0\r\nTransfer-Encoding: identity\r\n\r\n`,
      "REQUEST_BODY_UNEXPECTED",
      400,
      "identity",
    ],
    ["a request line of 65 bytes", `GET /${"a".repeat(60)}`, "REQUEST_LINE_TOO_LONG", 414, "at most 64 bytes"],
    ["a method of 65 bytes", "G".repeat(65), "REQUEST_LINE_TOO_LONG", 414, "at most 64 bytes"],
    ["a request line whose version passes the limit", `GET /${"a".repeat(58)} H`, "REQUEST_LINE_TOO_LONG", 414, "64"],
    ["a header's name of 65 bytes", `${line}${"a".repeat(65)}`, "HEADER_LINE_TOO_LONG", 431, "at most 64 bytes"],
    ["a header's value up to 65 bytes", `${line}A: ${"a".repeat(62)}`, "HEADER_LINE_TOO_LONG", 431, "at most 64 bytes"],
    ["white space up to 65 bytes", `${line}A:${" ".repeat(63)}`, "HEADER_LINE_TOO_LONG", 431, "at most 64 bytes"],
    ["a fourth header", `${line}A:1\r\nB:2\r\nC:3\r\nD`, "HEADERS_TOO_MANY", 431, "at most 3"],
    [
      "101 bytes of headers",
      `${line}A:${"a".repeat(58)}\r\nB:${"b".repeat(37)}`,
      "HEADERS_TOO_LARGE",
      431,
      "at most 100 bytes",
    ],
    ["101 bytes of white space", `${line}A:${"a".repeat(58)}\r\nB:${" ".repeat(37)}`, "HEADERS_TOO_LARGE", 431, "100"],
  ])("%s", (_name, wire, code, status, detail) => {
    const expected = { code, status, headers: [], text: expect.stringContaining(detail) };
    expect(whole(wire.slice(0, -1)).result).toBeUndefined();
    expect(whole(wire)).toMatchObject({ result: expected });
    expect(byteByByte(`${wire}xyz`)).toMatchObject({ result: expected, taken: wire.length });
    expect(byteByByte(wire).result).toEqual(whole(`${wire}\x81\x00`).result);
  });

  test("and stays refused", () => {
    const reader = new RequestReader({ limits: LIMITS, isSecure: false });
    const fault = reader.receive(latin1("\n"));
    expect(reader.receive(latin1("GET / HTTP/1.1\r\n\r\n"))).toBe(fault);
  });
});

describe("properties", () => {
  const wires = fc.oneof(
    fc.constantFrom(
      "GET /chat HTTP/1.1\r\nHost: example.org\r\nA: \xff b\r\n\r\n\x82\x03abc",
      "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
      `GET /${"x".repeat(70)} HTTP/1.1\r\n\r\n`,
      `POST / HTTP/1.0\r\nLong: ${"y".repeat(50)}\r\nB: ${"z".repeat(50)}\r\n\r\n`,
    ),
    fc
      .array(fc.constantFrom("GET", " ", "/", "HTTP/1.1", "\r\n", "\r", "\n", ":", "Host", "x", "\t", "\0", "\xe9"))
      .map((parts) => `GET / HTTP/1.1\r\n${parts.join("")}\r\n\r\n`),
  );

  test("any split gives the same result and the same rest", () => {
    fc.assert(
      fc.property(wires, fc.array(fc.nat(200), { maxLength: 12 }), (wire, cuts) => {
        const bytes = latin1(wire);
        const sorted = cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b);
        const split = feed(bytes, sorted);
        const expected = whole(wire);
        expect(split.result).toEqual(expected.result);
        if (!isHandshakeFault(Object(split.result))) expect(split.rest + wire.slice(split.taken)).toBe(expected.rest);
      }),
    );
  });

  test("random bytes never throw", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (portions) => {
        const reader = new RequestReader({ limits: LIMITS, isSecure: false });
        for (const portion of portions) reader.receive(portion);
      }),
    );
  });
});

describe("a request that another parser has read", () => {
  const judge = (path: string, headers: [string, string][]) =>
    judgeRequestHead(
      createRequestHead({
        method: "GET",
        path,
        httpVersion: "1.1",
        headers: new HttpHeaders(headers),
        isSecure: false,
      }),
    )?.code;

  test.each<readonly [string, string, [string, string][], string | undefined]>([
    ["without a body", "/", [["Host", "a"]], undefined],
    ["with a body of no bytes", "/", [["Content-Length", "0"]], undefined],
    ["with a body", "/", [["Content-Length", "5"]], "REQUEST_BODY_UNEXPECTED"],
    ["with a body in chunks", "/", [["Transfer-Encoding", "chunked"]], "REQUEST_BODY_UNEXPECTED"],
    ["in absolute form", "http://localhost/", [], "REQUEST_LINE_MALFORMED"],
  ])("%s", (_name, path, headers, code) => {
    expect(judge(path, headers)).toBe(code);
  });
});
