import { expect, test } from "vitest";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { createRequestHead } from "../handshake/http-request.ts";
import { keepHeaders, restoreHeaders } from "./kept-response.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const request = createRequestHead({
  method: "GET",
  path: "/",
  httpVersion: "1.1",
  headers: new HttpHeaders([["Sec-WebSocket-Key", KEY]]),
  isSecure: false,
});
const lines: [string, string][] = [
  ["Upgrade", "websocket"],
  ["Sec-WebSocket-Accept", ACCEPT],
  ["X-Accept", ACCEPT],
  ["Date", "then"],
];

test("headers are restored as they were, and those that were kept stay as they are", () => {
  const headers = new HttpHeaders(lines);
  expect([...restoreHeaders(keepHeaders(headers), request)]).toEqual(lines);
  expect([...headers]).toEqual(lines);
});

test("the headers of one connection do not reach another", () => {
  const first = keepHeaders(new HttpHeaders(lines));
  const second = keepHeaders(new HttpHeaders([...lines, ["X", "second"]]));
  const restored = restoreHeaders(first, request);
  restored.set("X", "changed");
  expect(restoreHeaders(first, request).has("X")).toBe(false);
  expect(restoreHeaders(second, request).get("X")).toBe("second");
});
