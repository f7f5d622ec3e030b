/**
 * Responses that a client must take, and frames that come with them (RFC 6455, section 4.1).
 */

import { type Case, ping, type Step, text, textMessage } from "../case.ts";
import { responseTemplate } from "../wire/http.ts";
import { caseOf, PROBE, type Row, set } from "./response-row.ts";

const HELLO: readonly Step[] = [{ type: "expect", messages: [textMessage("Hello")] }, ...PROBE];

function acceptedRows(): Row[] {
  const hello = [text("Hello")];
  return [
    { name: "plain", title: "a plain response" },
    { name: "byte-by-byte", title: "the response byte by byte", feed: "bytes" },
    { name: "upgrade-mixed-case", title: "Upgrade: WebSocket", changes: set("Upgrade", "WebSocket") },
    { name: "connection-lower-case", title: "Connection: upgrade", changes: set("Connection", "upgrade") },
    {
      name: "connection-list",
      title: "Connection: keep-alive, Upgrade",
      changes: set("Connection", "keep-alive, Upgrade"),
    },
    {
      name: "names-in-lower-case",
      title: "header names in lower case",
      response: responseTemplate().replace(/^[A-Z][A-Za-z-]+:/gm, (name) => name.toLowerCase()),
    },
    {
      name: "names-in-upper-case",
      title: "header names in upper case",
      response: responseTemplate().replace(/^[A-Z][A-Za-z-]+:/gm, (name) => name.toUpperCase()),
    },
    { name: "no-reason-phrase", title: "a status line without a phrase", changes: { line: "HTTP/1.1 101 " } },
    {
      name: "other-reason-phrase",
      title: "another phrase in the status line",
      changes: { line: "HTTP/1.1 101 Web Socket Protocol Handshake" },
    },
    {
      name: "spaces-around-values",
      title: "spaces around values",
      changes: { set: { Upgrade: "  websocket  ", "Sec-WebSocket-Accept": " {accept} " } },
    },
    {
      name: "unknown-headers",
      title: "headers that nobody knows",
      changes: { plus: ["Server: x", "Date: Thu, 01 Jan 1970 00:00:00 GMT", "X-Empty:"] },
    },
    {
      name: "prototype-headers",
      title: "headers named as prototypes' properties",
      changes: { plus: ["constructor: a", "__proto__: b"] },
    },
    {
      name: "frame-behind-response",
      title: "a frame in the same segment as the response",
      behind: hello,
      steps: HELLO,
    },
    {
      name: "frame-behind-response-byte-by-byte",
      title: "the response and a frame byte by byte",
      behind: hello,
      feed: "bytes",
      steps: HELLO,
    },
    {
      name: "frames-behind-response",
      title: "a ping and a message in the same segment",
      behind: [ping("p"), ...hello],
      steps: [{ type: "expect", messages: [textMessage("Hello")], pongs: [Buffer.from("p")] }, ...PROBE],
    },
    {
      name: "close-behind-response",
      title: "a Close frame in the same segment",
      behind: [{ opcode: 8, payload: Buffer.of(3, 232) }],
      steps: [{ type: "closed", codes: { strict: [1000], rfc: [1000, "empty"] } }],
    },
    {
      name: "broken-frame-behind-response",
      title: "a masked frame in the same segment",
      behind: [text("Hello", { masked: true })],
      steps: [{ type: "closed", codes: { strict: [1002], rfc: [1002, "none"] } }],
    },
    {
      name: "masking-keys",
      title: "32 frames with keys that cannot be foretold",
      rule: "RFC 6455 5.3",
      steps: [{ type: "maskingKeys", count: 32 }, { type: "close" }],
    },
  ];
}

export function clientHandshakeCases(): Case[] {
  return acceptedRows().map((row) => caseOf(row, "open"));
}
