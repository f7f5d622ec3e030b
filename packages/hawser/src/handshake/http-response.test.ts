import { describe, expect, test } from "vitest";
import { GatheredOutput } from "../bytes/frame-output.ts";
import { handshakeFault } from "./errors.ts";
import { HttpHeaders } from "./http-headers.ts";
import {
  faultResponse,
  reasonPhrase,
  serializeRequest,
  serializeResponse,
  textResponse,
  writeResponse,
} from "./http-response.ts";

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

describe("a response", () => {
  test("without a body is written as it is", () => {
    const headers = new HttpHeaders([
      ["Upgrade", "websocket"],
      ["X", "\xe9"],
    ]);
    const bytes = serializeResponse({ status: 101, statusText: "Switching Protocols", headers, body: undefined });
    expect(text(bytes)).toBe("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX: \xe9\r\n\r\n");
  });

  test("is written behind what stands in an output already, without its body", () => {
    const output = new GatheredOutput();
    output.append(Uint8Array.of(0x61));
    const headers = new HttpHeaders([["X", "\xe9"]]);
    writeResponse(output, { status: 101, statusText: "Switching", headers, body: undefined });
    expect(text(output.take())).toBe("aHTTP/1.1 101 Switching\r\nX: \xe9\r\n\r\n");
  });

  test("to HEAD keeps the length of what GET would bring", () => {
    const headers = new HttpHeaders([["Content-Length", "5"]]);
    const bytes = serializeResponse({ status: 200, statusText: "", headers, body: undefined });
    expect(text(bytes)).toBe("HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n");
  });

  test("frames its body by its length, whatever its headers say, and leaves them as they are", () => {
    const headers = new HttpHeaders([
      ["transfer-encoding", "chunked"],
      ["content-length", "9"],
      ["A", "b"],
    ]);
    const bytes = serializeResponse({ status: 200, statusText: "OK", headers, body: Uint8Array.of(0x68, 0x69) });
    expect(text(bytes)).toBe("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n\r\nhi");
    expect(headers.has("Transfer-Encoding")).toBe(true);
  });

  test.each([101, 204, 304])("with status %i has no body", (status) => {
    const bytes = serializeResponse({ status, statusText: "X", headers: new HttpHeaders(), body: Uint8Array.of(1) });
    expect(text(bytes)).toBe(`HTTP/1.1 ${status} X\r\n\r\n`);
  });

  test.each([
    [99, "", "Cannot respond: the status must be an integer from 100 to 999, got 99"],
    [1000, "", /got 1000$/],
    [200.5, "", /got 200.5$/],
    [200, "OK\r\nSet-Cookie: a=b", /^Cannot respond: the status text must have no control characters, got "OK\\r\\n/],
  ])("with status %j and text %j is refused", (status, statusText, message) => {
    expect(() => serializeResponse({ status, statusText, headers: new HttpHeaders(), body: undefined })).toThrow(
      message,
    );
  });
});

describe("a refusal", () => {
  test("says what was wrong and closes", () => {
    const fault = handshakeFault("METHOD_NOT_ALLOWED", 'got "POST"', [["Allow", "GET"]]);
    expect(text(serializeResponse(faultResponse(fault)))).toBe(
      "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n" +
        'Content-Length: 54\r\n\r\na WebSocket connection is opened with GET; got "POST"\n',
    );
  });

  test("keeps the connection option it needs", () => {
    const response = textResponse(426, "x", [["Connection", "Upgrade"]]);
    expect(response.headers.get("Connection")).toBe("Upgrade, close");
  });

  test("may be in any language", () => {
    expect(textResponse(503, "h\u00e9").body).toEqual(Uint8Array.of(0x68, 0xc3, 0xa9));
  });
});

test.each([
  [426, "Upgrade Required"],
  [299, ""],
])("the reason phrase of %i is %j", (status, phrase) => {
  expect(reasonPhrase(status)).toBe(phrase);
});

describe("a request", () => {
  test("is written with its headers", () => {
    const headers = new HttpHeaders([["Host", "example.org"]]);
    expect(text(serializeRequest({ method: "GET", path: "/a?b", headers }))).toBe(
      "GET /a?b HTTP/1.1\r\nHost: example.org\r\n\r\n",
    );
  });

  test.each([
    ["GE T", "/", 'Cannot request: the method must be a token, got "GE T"'],
    ["GET", "", 'Cannot request: the path must be visible ASCII characters, got ""'],
    ["GET", "/ HTTP/1.1\r\nA: b", /^Cannot request: the path/],
    ["GET", "/\u00e9", /^Cannot request: the path/],
  ])("with method %j and path %j is refused", (method, path, message) => {
    expect(() => serializeRequest({ method, path, headers: new HttpHeaders() })).toThrow(message);
  });
});
