/**
 * Opening handshakes that a server must accept, and frames that come with them (RFC 6455, sections 4.1 and 4.2).
 */

import { type Case, ping, type Step, text, textMessage } from "../case.ts";
import { encodeFrame } from "../wire/frame.ts";
import { requestTemplate } from "../wire/http.ts";
import { caseOf, OPEN, PROBE, plus, type Row, set } from "./request-row.ts";

function acceptedRows(): Row[] {
  const row = { status: OPEN, rule: "RFC 6455 4.2.1" };
  const upperCase = requestTemplate().replace(/^(Host|Upgrade|Connection|Sec-[A-Za-z-]+):/gm, (name) =>
    name.toUpperCase(),
  );
  const lowerCase = requestTemplate().replace(/^(Host|Upgrade|Connection|Sec-[A-Za-z-]+):/gm, (name) =>
    name.toLowerCase(),
  );
  return [
    { ...row, name: "plain", title: "a plain handshake; the accept value is right" },
    { ...row, name: "names-in-upper-case", title: "header names in upper case", request: upperCase },
    { ...row, name: "names-in-lower-case", title: "header names in lower case", request: lowerCase },
    { ...row, name: "upgrade-mixed-case", title: "Upgrade: WebSocket", changes: set("Upgrade", "WebSocket") },
    { ...row, name: "upgrade-upper-case", title: "Upgrade: WEBSOCKET", changes: set("Upgrade", "WEBSOCKET") },
    { ...row, name: "connection-lower-case", title: "Connection: upgrade", changes: set("Connection", "upgrade") },
    {
      ...row,
      name: "connection-list",
      title: "Connection: keep-alive, Upgrade",
      changes: set("Connection", "keep-alive, Upgrade"),
    },
    {
      ...row,
      name: "connection-list-no-space",
      title: "Connection: Upgrade,keep-alive",
      changes: set("Connection", "Upgrade,keep-alive"),
    },
    {
      ...row,
      name: "connection-two-lines",
      title: "two Connection headers",
      changes: { ...set("Connection", "keep-alive"), ...plus("Connection: Upgrade") },
    },
    {
      ...row,
      name: "space-around-values",
      title: "spaces and tabs around values",
      changes: { set: { Upgrade: " \twebsocket \t", Connection: "  Upgrade  " } },
    },
    {
      ...row,
      name: "no-space-behind-colon",
      title: "no space behind the colons",
      request: requestTemplate().replaceAll(": ", ":"),
    },
    {
      ...row,
      name: "unknown-headers",
      title: "headers that nobody knows",
      changes: plus("X-Unknown: a", "X-Empty:", "X-Latin1: caf\u00e9"),
    },
    {
      ...row,
      name: "hundred-headers",
      title: "a hundred headers",
      changes: plus(...Array.from({ length: 95 }, (_, index) => `X-${index}: ${index}`)),
    },
    {
      ...row,
      name: "prototype-headers",
      title: "headers named as prototypes' properties",
      changes: plus("constructor: a", "__proto__: b", "toString: c", "hasOwnProperty: d"),
    },
    { ...row, name: "cookie", title: "a cookie of 4,000 bytes", changes: plus(`Cookie: a=${"c".repeat(4_000)}`) },
    { ...row, name: "byte-by-byte", title: "the request byte by byte", feed: "bytes" },
    {
      ...row,
      name: "user-agent-like-browser",
      title: "the headers of a browser",
      changes: plus(
        "User-Agent: Mozilla/5.0",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
        "Accept-Encoding: gzip, deflate, br",
        "Sec-Fetch-Mode: websocket",
      ),
    },
  ];
}

function pipelinedRows(): Row[] {
  const hello = [text("Hello")];
  const row = { status: OPEN, rule: "RFC 6455 4.1" };
  const expectHello: readonly Step[] = [{ type: "expect", messages: [textMessage("Hello")] }, ...PROBE];
  const both: readonly Step[] = [
    { type: "expect", messages: [textMessage("Hello")], pongs: [Buffer.from("p")] },
    ...PROBE,
  ];
  const twenty = Array.from({ length: 20 }, (_, index) => `early ${index}`);
  return [
    {
      ...row,
      name: "frame-behind-request",
      title: "a frame in the same segment as the request",
      behind: hello,
      steps: expectHello,
    },
    {
      ...row,
      name: "frames-behind-request",
      title: "a ping and a message in the same segment",
      behind: [ping("p"), ...hello],
      steps: both,
    },
    {
      ...row,
      name: "frame-behind-request-byte-by-byte",
      title: "the request and a frame byte by byte",
      behind: hello,
      feed: "bytes",
      steps: expectHello,
    },
    {
      ...row,
      name: "twenty-behind-request",
      title: "twenty messages in the same segment",
      behind: twenty.map((payload) => text(payload)),
      steps: [{ type: "expect", messages: twenty.map((payload) => textMessage(payload)) }, ...PROBE],
    },
    {
      ...row,
      name: "half-frame-behind-request",
      title: "half a frame in the same segment",
      behind: [encodeFrame(text("Hello"), "client").subarray(0, 8)],
      steps: [{ type: "send", wire: [encodeFrame(text("Hello"), "client").subarray(8)] }, ...expectHello],
    },
    {
      ...row,
      name: "broken-frame-behind-request",
      title: "an unmasked frame in the same segment",
      behind: [text("Hello", { masked: false })],
      steps: [{ type: "closed", codes: { strict: [1002], rfc: [1002, "none"] } }],
    },
  ];
}

export function serverHandshakeCases(): Case[] {
  return [...acceptedRows(), ...pipelinedRows()].map(caseOf);
}
