/**
 * Requests that are no HTTP/1.1: request lines, targets and headers (RFC 9112; RFC 6455, section 4.2.1).
 */

import type { Case } from "../case.ts";
import { requestTemplate } from "../wire/http.ts";
import { caseOf, mayRefuse, plus, REFUSALS, type Row, refuses } from "./request-row.ts";

function lineRows(): Row[] {
  const methods = ["POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "get", "GETS"].map((method): Row => {
    return {
      name: `method-${method}`,
      title: `the method ${method}`,
      rule: "RFC 6455 4.2.1",
      status: refuses(400, 405),
      changes: { line: `${method} {path} HTTP/1.1` },
    };
  });
  const versions = ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/11", "http/1.1", "HTTP/1.1.1"].map(
    (version): Row => {
      const status = version === "HTTP/1.2" ? mayRefuse(400, 505) : refuses(400, 505);
      return {
        name: `protocol-${version.replace("/", "-")}`,
        title: `${version} in the request line`,
        rule: "RFC 6455 4.2.1",
        status,
        changes: { line: `GET {path} ${version}` },
      };
    },
  );
  return [
    ...methods,
    ...versions,
    {
      name: "line-without-protocol",
      title: "a request line without a protocol",
      rule: "RFC 9112 3",
      status: refuses(400, 505),
      changes: { line: "GET {path}" },
    },
    {
      name: "line-without-target",
      title: "a request line without a target",
      rule: "RFC 9112 3",
      status: refuses(400, 505),
      changes: { line: "GET HTTP/1.1" },
    },
    {
      name: "line-two-spaces",
      title: "two spaces in the request line",
      rule: "RFC 9112 3",
      status: mayRefuse(400),
      changes: { line: "GET  {path} HTTP/1.1" },
    },
    {
      name: "line-trailing-space",
      title: "a space behind the request line",
      rule: "RFC 9112 3",
      status: mayRefuse(400, 505),
      changes: { line: "GET {path} HTTP/1.1 " },
    },
    {
      name: "line-garbage",
      title: "a TLS ClientHello in the place of a request",
      rule: "RFC 9112 3",
      status: refuses(400),
      request: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    },
    {
      name: "line-empty-twice",
      title: "nothing but empty lines",
      rule: "RFC 9112 2.2",
      status: refuses(400),
      request: "\r\n\r\n\r\n\r\nX\r\n\r\n",
    },
  ];
}

function targetRows(): Row[] {
  const any = { strict: [101, 400, 404], rfc: [101, ...REFUSALS] };
  const none = { strict: [400, 404], rfc: [101, ...REFUSALS] };
  const rows = [
    ["double-slash", "//", any],
    ["authority-like", "//example.org/", any],
    ["percent", "/%", any],
    ["percent-invalid", "/%zz", any],
    ["query", "{path}?a=b&c=%20", any],
    ["query-only-mark", "{path}?", any],
    ["dots", "/../../etc/passwd", any],
    ["absolute", "http://{host}{path}", any],
    ["absolute-no-scheme", "example.org", none],
    ["absolute-bad-port", "http://example.org:99999/", any],
    ["absolute-no-host", "http://", none],
    ["asterisk", "*", none],
    ["authority", "example.org:80", none],
    ["fragment", "{path}#fragment", any],
    ["backslash", "\\", none],
    ["not-ascii", "/caf\u00e9", any],
    ["long", `{path}?${"q".repeat(7_000)}`, any],
  ] as const;
  return rows.map(([name, target, status]) => {
    return {
      name: `target-${name}`,
      title: `the request target ${target.slice(0, 40)}`,
      rule: "RFC 9112 3.2",
      status,
      changes: { line: `GET ${target} HTTP/1.1` },
    };
  });
}

function syntaxRows(): Row[] {
  const plain = requestTemplate();
  const row = { rule: "RFC 9112 5", status: refuses(400) };
  const lenient = { rule: "RFC 9112 2.2", status: mayRefuse(400) };
  return [
    { ...lenient, name: "bare-lf", title: "bare LF throughout", request: `${plain.replaceAll("\r\n", "\n")}\r\n\r\n` },
    {
      ...lenient,
      name: "bare-lf-in-line",
      title: "bare LF behind the request line",
      request: plain.replace("HTTP/1.1\r\n", "HTTP/1.1\n"),
    },
    {
      ...lenient,
      name: "bare-lf-in-header",
      title: "bare LF behind a header",
      request: plain.replace("websocket\r\n", "websocket\n"),
    },
    {
      ...row,
      name: "bare-cr",
      title: "bare CR in a header's value",
      rule: "RFC 9112 2.2",
      status: mayRefuse(400),
      request: plain.replace("\r\n\r\n", "\r\nX-Bare: a\rb\r\n\r\n"),
    },
    {
      ...row,
      name: "obs-fold",
      title: "a folded header",
      status: mayRefuse(400),
      request: plain.replace("\r\n\r\n", "\r\nX-Folded: a\r\n b\r\n\r\n"),
    },
    {
      ...row,
      name: "obs-fold-first",
      title: "white space before the first header",
      rule: "RFC 9112 2.2",
      status: mayRefuse(400),
      request: plain.replace("\r\nHost", "\r\n Host"),
    },
    {
      ...row,
      name: "space-before-colon",
      title: "a space before a colon",
      request: plain.replace("Upgrade:", "Upgrade :"),
    },
    {
      ...row,
      name: "tab-before-colon",
      title: "a tab before a colon",
      request: plain.replace("\r\n\r\n", "\r\nX-Tab\t: a\r\n\r\n"),
    },
    { ...row, name: "no-colon", title: "a header without a colon", changes: plus("X-No-Colon") },
    { ...row, name: "no-name", title: "a header without a name", changes: plus(": nameless") },
    { ...row, name: "name-with-space", title: "a header's name with a space", changes: plus("X Space: a") },
    { ...row, name: "name-with-parenthesis", title: "a header's name with a delimiter", changes: plus("X(Y): a") },
    { ...row, name: "name-not-ascii", title: "a header's name that is not ASCII", changes: plus("X-\u00e9: a") },
    { ...row, name: "nul-in-value", title: "a NUL in a header's value", changes: plus("X-Nul: a\0b") },
    { ...row, name: "nul-in-name", title: "a NUL in a header's name", changes: plus("X-\0: a") },
    {
      ...row,
      name: "nul-in-target",
      title: "a NUL in the request target",
      rule: "RFC 9112 3",
      changes: { line: "GET /\0 HTTP/1.1" },
    },
    {
      ...row,
      name: "control-in-value",
      title: "a control character in a header's value",
      status: mayRefuse(400),
      changes: plus("X-Control: a\x07b"),
    },
  ];
}

export function serverHttpCases(): Case[] {
  return [...lineRows(), ...targetRows(), ...syntaxRows()].map(caseOf);
}
