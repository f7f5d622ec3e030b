import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Rsv } from "../protocol/extension.ts";
import { HttpHeaders } from "./http-headers.ts";
import { createRequestHead } from "./http-request.ts";
import { resolveOrigins } from "./origin.ts";
import { judgeRequest, type ServerAgreement, type ServerHandshakeSettings } from "./server-handshake.ts";

const SETTINGS: ServerHandshakeSettings = {
  origins: resolveOrigins("serve", "same-origin"),
  subprotocols: ["a"],
  selectSubprotocol: (offered) => (offered.includes("a") ? "a" : undefined),
  extensions: [
    {
      name: "x",
      accept: (parameters) => ({
        parameters,
        extension: {
          name: "x",
          parameters: new Map(),
          rsv: Rsv.RSV1,
          encode: () => undefined,
          decode: (bytes) => bytes,
        },
      }),
    },
  ],
  sha1Base64: (text) => createHash("sha1").update(text).digest("base64"),
};

type Lines = [name: string, value: string][];

const CONNECT: Lines = [
  ["host", "server.example.com"],
  ["sec-websocket-version", "13"],
];

/** RFC 8441, section 5. */
function judge(lines: Lines): ReturnType<typeof judgeRequest> {
  const headers = new HttpHeaders(lines);
  const request = createRequestHead({ method: "CONNECT", path: "/chat", httpVersion: "2.0", headers, isSecure: true });
  return judgeRequest(request, SETTINGS, { host: "server.example.com", isSecure: true });
}

test("200 says what was agreed on, and nothing of an upgrade", () => {
  const offers: Lines = [
    ["sec-websocket-protocol", "b, a"],
    ["sec-websocket-extensions", "x"],
  ];
  const agreement = judge([...CONNECT, ...offers]);
  expect(agreement).toMatchObject({ status: 200, subprotocol: "a" });
  expect([...(agreement as ServerAgreement).headers]).toEqual([
    ["Sec-WebSocket-Extensions", "x"],
    ["Sec-WebSocket-Protocol", "a"],
  ]);
});

test.each([
  ["dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
  ["no key", undefined],
])("a key that nobody asked for is answered if it is one: %s", (key, accept) => {
  const agreement = judge([...CONNECT, ["sec-websocket-key", key]]) as ServerAgreement;
  expect(agreement.headers.get("Sec-WebSocket-Accept")).toBe(accept);
});

test.each<[name: string, lines: Lines, code: string]>([
  ["no authority", CONNECT.slice(1), "HOST_INVALID"],
  ["two authorities", [...CONNECT, ["host", "other"]], "HOST_INVALID"],
  ["no version", CONNECT.slice(0, 1), "VERSION_INVALID"],
  ["another version", [...CONNECT.slice(0, 1), ["sec-websocket-version", "8"]], "VERSION_UNSUPPORTED"],
  ["another origin", [...CONNECT, ["origin", "http://evil.example"]], "ORIGIN_NOT_ALLOWED"],
  ["malformed extensions", [...CONNECT, ["sec-websocket-extensions", "x;"]], "EXTENSIONS_MALFORMED"],
])("%s is refused", (_name, lines, code) => {
  expect(judge(lines)).toMatchObject({ code });
});
