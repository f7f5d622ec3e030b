/**
 * Responses that must fail the connection before a byte of it is used (RFC 6455, section 4.1).
 */

import { type Case, ping, text } from "../case.ts";
import { responseTemplate } from "../wire/http.ts";
import { caseOf, type Row, set } from "./response-row.ts";

function headerRows(): Row[] {
  const accept = "Sec-WebSocket-Accept";
  return [
    { name: "no-accept", title: "no accept value", changes: { without: [accept] } },
    { name: "accept-empty", title: "an empty accept value", changes: set(accept, "") },
    {
      name: "accept-of-another-key",
      title: "the accept value of another key",
      changes: set(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    },
    { name: "accept-with-suffix", title: "an accept value with a suffix", changes: set(accept, "{accept}x") },
    { name: "accept-twice", title: "two accept values", changes: { plus: [`${accept}: {accept}`] } },
    { name: "no-upgrade", title: "no Upgrade header", changes: { without: ["Upgrade"] } },
    { name: "upgrade-h2c", title: "Upgrade: h2c", changes: set("Upgrade", "h2c") },
    { name: "no-connection", title: "no Connection header", changes: { without: ["Connection"] } },
    { name: "connection-close", title: "Connection: close", changes: set("Connection", "close") },
    { name: "connection-part", title: "Connection: upgraded", changes: set("Connection", "upgraded") },
    {
      name: "unsolicited-extension",
      title: "an extension that was not asked for",
      changes: { plus: ["Sec-WebSocket-Extensions: x-unsolicited"] },
    },
    {
      name: "unsolicited-subprotocol",
      title: "a subprotocol that was not asked for",
      changes: { plus: ["Sec-WebSocket-Protocol: chat"] },
    },
    {
      name: "frames-behind-refused-response",
      title: "frames behind a response without an accept value",
      changes: { without: [accept] },
      behind: [text("Hello"), ping("p")],
    },
  ];
}

function statusRows(): Row[] {
  const withBody = [
    "200 OK",
    "301 Moved Permanently",
    "400 Bad Request",
    "401 Unauthorized",
    "403 Forbidden",
    "404 Not Found",
    "426 Upgrade Required",
    "500 Internal Server Error",
    "503 Service Unavailable",
  ];
  const bodies = withBody.map((status): Row => {
    const name = `status-${status.slice(0, 3)}`;
    return {
      name,
      title: `${status} with a body`,
      finish: true,
      response: `HTTP/1.1 ${status}\r\nContent-Length: 5\r\nConnection: close\r\n\r\nsorry`,
    };
  });
  const upgraded = ["HTTP/1.1 200 OK", "HTTP/1.1 100 Continue", "HTTP/1.1 102 Processing", "HTTP/1.1 201 Created"].map(
    (line): Row => {
      return {
        name: `upgraded-${line.slice(9, 12)}`,
        title: `${line} with all the headers of a 101`,
        finish: true,
        changes: { line },
      };
    },
  );
  const close = "Connection: close\r\n\r\n";
  return [
    ...bodies,
    ...upgraded,
    { name: "status-204", title: "204 without a body", finish: true, response: `HTTP/1.1 204 No Content\r\n${close}` },
    {
      name: "status-500-chunked",
      title: "500 with a chunked body",
      finish: true,
      response: `HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n${close}5\r\nsorry\r\n0\r\n\r\n`,
    },
    {
      name: "status-502-until-end",
      title: "502 with a body that ends with the connection",
      finish: true,
      response: `HTTP/1.1 502 Bad Gateway\r\n${close}sorry`,
    },
    {
      name: "status-503-cut",
      title: "503 with a body that is cut off",
      finish: true,
      response: `HTTP/1.1 503 No\r\nContent-Length: 500\r\n${close}sorry`,
    },
    {
      name: "status-503-retry-after",
      title: "503 with Retry-After",
      finish: true,
      response: `HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n${close}`,
    },
    {
      name: "status-302-refused-port",
      title: "302 to a port where nobody listens",
      finish: true,
      response: `HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n${close}`,
    },
    {
      name: "status-302-bad-location",
      title: "302 to a location that is no URL",
      finish: true,
      response: `HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n${close}`,
    },
    {
      name: "status-301-no-location",
      title: "301 without a location",
      finish: true,
      response: `HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n${close}`,
    },
  ];
}

function syntaxRows(): Row[] {
  const plain = responseTemplate();
  const strict = { strict: true, rule: "RFC 9112 2.2" } as const;
  return [
    { name: "no-response", title: "the end of the connection in the place of a response", response: "", finish: true },
    {
      name: "cut-status-line",
      title: "a response that ends within the status line",
      response: "HTTP/1.1 10",
      finish: true,
    },
    {
      name: "cut-headers",
      title: "a response that ends within the headers",
      response: plain.slice(0, 60),
      finish: true,
    },
    {
      name: "not-http",
      title: "a greeting that is no HTTP",
      response: "220 mail.example.org ESMTP\r\n\r\n",
      finish: true,
    },
    {
      name: "status-word",
      title: "a status that is no number",
      changes: { line: "HTTP/1.1 OK Switching" },
      finish: true,
    },
    {
      name: "status-long",
      title: "a status of four digits",
      changes: { line: "HTTP/1.1 1010 Switching Protocols" },
      finish: true,
    },
    { name: "nul-in-header", title: "a NUL in a header", changes: { plus: ["X-Nul: a\0b"] } },
    { name: "no-colon", title: "a header without a colon", changes: { plus: ["X-No-Colon"] } },
    { name: "name-with-space", title: "a header's name with a space", changes: { plus: ["X Space: a"] } },
    {
      ...strict,
      name: "http-1-0",
      title: "HTTP/1.0 in the status line",
      rule: "RFC 6455 4.1",
      changes: { line: "HTTP/1.0 101 Switching Protocols" },
    },
    { ...strict, name: "bare-lf", title: "bare LF throughout", response: plain.replaceAll("\r\n", "\n"), finish: true },
    {
      ...strict,
      name: "bare-lf-in-header",
      title: "bare LF behind a header",
      response: plain.replace("websocket\r\n", "websocket\n"),
    },
    {
      ...strict,
      name: "obs-fold",
      title: "a folded header",
      response: plain.replace("\r\n\r\n", "\r\nX-Folded: a\r\n b\r\n\r\n"),
    },
    {
      ...strict,
      name: "header-too-long",
      title: "a header of 100,000 bytes",
      changes: { plus: [`X-Long: ${"h".repeat(100_000)}`] },
    },
    {
      ...strict,
      name: "too-many-headers",
      title: "3,000 headers",
      changes: { plus: Array.from({ length: 3_000 }, (_, index) => `X-${index}: a`) },
    },
  ];
}

export function clientRefusalCases(): Case[] {
  return [...headerRows(), ...statusRows(), ...syntaxRows()].map((row) => caseOf(row, "refused"));
}
