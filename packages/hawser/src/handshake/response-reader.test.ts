import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HandshakeFault, isHandshakeFault } from "./errors.ts";
import { type ReceivedResponse, ResponseReader, type ResponseReaderSettings } from "./response-reader.ts";

const SETTINGS = { maxLineLength: 64, maxHeaders: 4, maxHeaderSize: 200, maxBodySize: 8, isConnect: false };

interface Outcome {
  readonly result: unknown;
  readonly rest: string;
  readonly taken: number;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function pictureOf(result: ReceivedResponse | HandshakeFault | undefined): unknown {
  if (result === undefined || isHandshakeFault(result)) return result;
  const { status, statusText, httpVersion, headers, body } = result;
  return { status, statusText, httpVersion, headers: [...headers], body: body && text(body) };
}

function feed(wire: string, cuts: readonly number[], settings: ResponseReaderSettings): Outcome {
  const reader = new ResponseReader(settings);
  const bytes = latin1(wire);
  let start = 0;
  for (const end of [...cuts, bytes.length]) {
    const result = reader.receive(bytes.subarray(start, end));
    if (result !== undefined) return { result: pictureOf(result), rest: text(reader.rest), taken: end };
    start = end;
  }
  return { result: undefined, rest: text(reader.rest), taken: start };
}

const whole = (wire: string, settings = SETTINGS): Outcome => feed(wire, [], settings);
const byteByByte = (wire: string, settings = SETTINGS): Outcome =>
  feed(
    wire,
    Array.from(wire, (_, i) => i),
    settings,
  );

/** What is left when the connection ends after the bytes. */
function ended(wire: string, settings = SETTINGS): unknown {
  const reader = new ResponseReader(settings);
  for (const byte of latin1(wire)) reader.receive(Uint8Array.of(byte));
  return pictureOf(reader.receiveEnd());
}

function response(status: number, statusText: string, headers: [string, string][], body?: string): unknown {
  return { status, statusText, httpVersion: "1.1", headers, body };
}

describe("a response without a body leaves the rest", () => {
  const switching = "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n";
  const connect = { ...SETTINGS, isConnect: true };

  test.each([
    ["101", switching, SETTINGS, response(101, "Switching Protocols", [["A", "b"]])],
    [
      "101 with a length",
      "HTTP/1.1 101 X\r\nContent-Length: 3\r\n\r\n",
      SETTINGS,
      response(101, "X", [["Content-Length", "3"]]),
    ],
    ["an empty reason", "HTTP/1.1 101 \r\n\r\n", SETTINGS, response(101, "", [])],
    ["no reason", "HTTP/1.1 101\r\n\r\n", SETTINGS, response(101, "", [])],
    ["obs-text in the reason", "HTTP/1.1 101 \xe9\r\n\r\n", SETTINGS, response(101, "\xe9", [])],
    ["204", "HTTP/1.1 204 No Content\r\n\r\n", SETTINGS, response(204, "No Content", [])],
    ["304", "HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n", SETTINGS, response(304, "X", [["Content-Length", "9"]])],
    [
      "101 after interim responses",
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nB: c\r\n\r\n${switching}`,
      SETTINGS,
      response(101, "Switching Protocols", [["A", "b"]]),
    ],
    [
      "2xx to CONNECT",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
      connect,
      response(200, "OK", [["Content-Length", "3"]]),
    ],
    [
      "a proxy of HTTP/1.0",
      "HTTP/1.0 200 Connection established\r\n\r\n",
      connect,
      { ...Object(response(200, "Connection established", [])), httpVersion: "1.0" },
    ],
  ])("%s", (_name, wire, settings, expected) => {
    expect(whole(wire, settings)).toEqual({ result: expected, rest: "", taken: wire.length });
    expect(byteByByte(wire, settings)).toEqual({ result: expected, rest: "", taken: wire.length });
    expect(whole(`${wire}\x81\x02hi`, settings)).toEqual({
      result: expected,
      rest: "\x81\x02hi",
      taken: wire.length + 4,
    });
  });

  test("and the reader takes no more", () => {
    const reader = new ResponseReader(SETTINGS);
    const result = reader.receive(latin1(`${switching}ab`));
    expect(reader.receive(latin1("cd"))).toBe(result);
    expect(reader.receiveEnd()).toBe(result);
    expect(text(reader.rest)).toBe("ab");
  });
});

describe("a response with a body", () => {
  const sized = "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\n";
  const chunked = "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n";

  test.each([
    ["of a length", `${sized}hello`, "hello"],
    ["of length 0", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ""],
    ["of more than is kept", "HTTP/1.1 403 Forbidden\r\nContent-Length: 999\r\n\r\n12345678", "12345678"],
    ["of no length and more than is kept", "HTTP/1.1 403 Forbidden\r\n\r\n12345678", "12345678"],
    ["in chunks", `${chunked}3\r\nhel\r\n02\r\nlo\r\n0\r\n\r\n`, "hello"],
    ["in chunks with extensions", `${chunked}3;a=b;c\r\nhel\r\n0;\r\n\r\n`, "hel"],
    ["in chunks with trailers", `${chunked}3\r\nhel\r\n000\r\nA: b\r\nC: d\r\n\r\n`, "hel"],
    ["in chunks of more than is kept", `${chunked}fFf\r\n12345678`, "12345678"],
    ["in chunks of 15 digits", `${chunked}00000000000000A\r\n12345678`, "12345678"],
    [
      "in chunks and with a length",
      `HTTP/1.1 403 Forbidden\r\nContent-Length: 1\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
      "a",
    ],
  ])("%s", (_name, wire, body) => {
    const expected = expect.objectContaining({ status: 403, statusText: "Forbidden", body });
    expect(whole(wire)).toEqual({ result: expected, rest: "", taken: wire.length });
    expect(byteByByte(wire)).toEqual({ result: expected, rest: "", taken: wire.length });
    expect(whole(`${wire}more`).result).toEqual(expected);
    expect(ended(wire)).toEqual(expected);
  });

  test.each([
    ["without a length", "HTTP/1.1 403 Forbidden\r\n\r\nhello", "hello"],
    ["of another coding", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: gzip, chunked\r\n\r\nhello", "hello"],
    ["cut short", `${sized}hel`, "hel"],
    ["cut short in a chunk", `${chunked}3\r\nhe`, "he"],
    ["empty", "HTTP/1.1 403 Forbidden\r\n\r\n", ""],
  ])("%s ends with the connection", (_name, wire, body) => {
    expect(whole(wire).result).toBeUndefined();
    expect(ended(wire)).toMatchObject({ status: 403, body });
  });

  test.each([
    ["without a length", "HTTP/1.1 403 X\r\n\r\n", undefined],
    ["in chunks", `${chunked}1\r\n`, "a"],
  ])("%s of which nothing is kept", (_name, wire, more) => {
    const settings = { ...SETTINGS, maxBodySize: 0 };
    expect(whole(wire + (more ?? ""), settings).result).toMatchObject({ status: 403, body: "" });
  });

  test("to CONNECT is read if the proxy refuses", () => {
    expect(whole(`${sized}hello`, { ...SETTINGS, isConnect: true }).result).toMatchObject({
      status: 403,
      body: "hello",
    });
  });

  test("of HTTP/1.0 is read", () => {
    expect(ended("HTTP/1.0 503 Service Unavailable\r\n\r\nbusy")).toMatchObject({ httpVersion: "1.0", body: "busy" });
  });

  test("takes memory as bytes come, not as announced", () => {
    const settings = { ...SETTINGS, maxBodySize: 2 ** 40 };
    const wire = "HTTP/1.1 403 X\r\nContent-Length: 999999999999999\r\n\r\nab";
    expect(ended(wire, settings)).toMatchObject({ body: "ab" });
  });
});

describe("a response is refused at the offending byte", () => {
  const chunked = "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n";

  test.each([
    ["no HTTP", "S", "STATUS_LINE_MALFORMED"],
    ["a binary greeting", "\x05", "STATUS_LINE_MALFORMED"],
    ["another version", "HTTP/2.0 ", "STATUS_LINE_MALFORMED"],
    ["a status of two digits", "HTTP/1.1 99\r", "STATUS_LINE_MALFORMED"],
    ["a status of four digits", "HTTP/1.1 1011 X\r", "STATUS_LINE_MALFORMED"],
    ["a status that is no number", "HTTP/1.1 OK\r", "STATUS_LINE_MALFORMED"],
    ["a status below 100", "HTTP/1.1 099 X\r", "STATUS_LINE_MALFORMED"],
    ["NUL in the reason", "HTTP/1.1 101 \0", "STATUS_LINE_MALFORMED"],
    ["LF alone", "HTTP/1.1 101 X\n", "LINE_ENDING_INVALID"],
    ["a folded header", "HTTP/1.1 101 X\r\nA: b\r\n ", "HEADER_FOLDED"],
    ["a status line that is too long", `HTTP/1.1 101 ${"x".repeat(52)}`, "STATUS_LINE_TOO_LONG"],
    ["too many headers", "HTTP/1.1 101 X\r\nA:\r\nA:\r\nA:\r\nA:\r\nA", "HEADERS_TOO_MANY"],
    ["a ninth interim response", `${"HTTP/1.1 100 X\r\n\r\n".repeat(9)}`, "INTERIM_RESPONSES_TOO_MANY"],
    ["a length that is no number", "HTTP/1.1 403 X\r\nContent-Length: +5\r\n\r\n", "RESPONSE_BODY_MALFORMED"],
    ["two lengths", "HTTP/1.1 403 X\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "RESPONSE_BODY_MALFORMED"],
    ["a length of 16 digits", "HTTP/1.1 403 X\r\nContent-Length: 1000000000000000\r\n\r\n", "RESPONSE_BODY_MALFORMED"],
    ["a chunk without a size", `${chunked}\r`, "RESPONSE_BODY_MALFORMED"],
    ["a chunk's extension without a size", `${chunked};`, "RESPONSE_BODY_MALFORMED"],
    ["a size that is no number", `${chunked}1g`, "RESPONSE_BODY_MALFORMED"],
    ["a negative size", `${chunked}-`, "RESPONSE_BODY_MALFORMED"],
    ["a space in a size", `${chunked}1 `, "RESPONSE_BODY_MALFORMED"],
    ["a size of 16 digits", `${chunked}${"0".repeat(16)}`, "RESPONSE_BODY_MALFORMED"],
    ["a size's line that is too long", `${chunked}1;${"x".repeat(63)}`, "RESPONSE_BODY_MALFORMED"],
    ["LF alone after a size", `${chunked}1\n`, "RESPONSE_BODY_MALFORMED"],
    ["LF alone after an extension", `${chunked}1;a\n`, "RESPONSE_BODY_MALFORMED"],
    ["CR alone after a size", `${chunked}1\ra`, "RESPONSE_BODY_MALFORMED"],
    ["a chunk longer than its size", `${chunked}1\r\nab`, "RESPONSE_BODY_MALFORMED"],
    ["CR alone after a chunk", `${chunked}1\r\na\rb`, "RESPONSE_BODY_MALFORMED"],
    ["a malformed trailer", `${chunked}0\r\nA b`.slice(0, -1), "HEADER_NAME_INVALID"],
    ["too many trailers", `${chunked}0\r\nA:\r\nA:\r\nA:\r\nA:\r\nA`, "HEADERS_TOO_MANY"],
  ])("%s", (_name, wire, code) => {
    expect(whole(wire.slice(0, -1)).result).toBeUndefined();
    expect(byteByByte(`${wire}xyz`)).toMatchObject({ result: { code }, taken: wire.length });
    expect(whole(wire).result).toEqual(byteByByte(wire).result);
  });

  test.each(["", "HTTP/1.1 101 Switching", "HTTP/1.1 100 X\r\n\r\n"])("the connection ends after %j", (wire) => {
    expect(ended(wire)).toMatchObject({ code: "RESPONSE_INCOMPLETE" });
  });
});

describe("properties", () => {
  const parts = fc.array(
    fc.constantFrom(
      "HTTP/1.1 403 X\r\n",
      "HTTP/1.1 100 C\r\n\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Content-Length: 4\r\n",
      "\r\n",
      "3\r\nabc\r\n",
      "0\r\n",
      "A: b\r\n",
      "x",
    ),
  );

  test("any split gives the same result", () => {
    fc.assert(
      fc.property(parts, fc.array(fc.nat(120), { maxLength: 8 }), (list, cuts) => {
        const wire = list.join("");
        const sorted = cuts.filter((cut) => cut < wire.length).sort((a, b) => a - b);
        expect(feed(wire, sorted, SETTINGS).result).toEqual(whole(wire).result);
      }),
    );
  });

  test("random bytes never throw", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("", "HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n"),
        fc.uint8Array(),
        (start, bytes) => {
          const reader = new ResponseReader(SETTINGS);
          reader.receive(latin1(start));
          reader.receive(bytes);
          reader.receiveEnd();
        },
      ),
    );
  });
});
