/**
 * Requests that are more than a handshake may be: bodies, long lines, many headers (RFC 6455, section 4.1; RFC 9112, section 6).
 */

import { type Case, text } from "../case.ts";
import { encodeFrame } from "../wire/frame.ts";
import { requestTemplate } from "../wire/http.ts";
import { caseOf, mayRefuse, plus, REFUSALS, type Row, refuses } from "./request-row.ts";

function bodyRows(): Row[] {
  const frame = encodeFrame(text("smuggled"), "client").toString("latin1");
  const row = { rule: "RFC 6455 4.1", status: mayRefuse(400) };
  const withBody = (...lines: string[]): string => requestTemplate(plus(...lines));
  return [
    {
      ...row,
      name: "body",
      title: "a body that looks like a frame",
      request: `${withBody(`Content-Length: ${frame.length}`)}${frame}`,
    },
    {
      ...row,
      name: "body-announced",
      title: "a body that is announced and does not come",
      request: withBody("Content-Length: 5"),
    },
    {
      ...row,
      name: "body-empty",
      title: "Content-Length: 0",
      status: { strict: [101, 400], rfc: [101, ...REFUSALS] },
      request: withBody("Content-Length: 0"),
    },
    {
      ...row,
      name: "body-chunked",
      title: "a chunked body",
      request: `${withBody("Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`,
    },
    {
      ...row,
      name: "body-chunked-empty",
      title: "an empty chunked body",
      request: `${withBody("Transfer-Encoding: chunked")}0\r\n\r\n`,
    },
    {
      ...row,
      name: "body-length-and-chunked",
      title: "Content-Length and Transfer-Encoding",
      rule: "RFC 9112 6.1",
      status: mayRefuse(400),
      request: `${withBody("Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`,
    },
    {
      ...row,
      name: "body-two-lengths",
      title: "two lengths that differ",
      rule: "RFC 9112 6.3",
      status: refuses(400),
      request: withBody("Content-Length: 0", "Content-Length: 5"),
    },
    {
      ...row,
      name: "body-length-negative",
      title: "a negative length",
      rule: "RFC 9112 6.3",
      status: refuses(400),
      request: withBody("Content-Length: -1"),
    },
    {
      ...row,
      name: "body-length-word",
      title: "a length that is no number",
      rule: "RFC 9112 6.3",
      status: refuses(400),
      request: withBody("Content-Length: five"),
    },
    {
      ...row,
      name: "body-identity",
      title: "Transfer-Encoding: identity",
      rule: "RFC 9112 6.1",
      request: withBody("Transfer-Encoding: identity"),
    },
  ];
}

function sizeRows(): Row[] {
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `X-${index}: ${index}`);
  const row = { rule: "RFC 6585 5", status: mayRefuse(431) };
  return [
    {
      name: "line-too-long",
      title: "a request line of 9,000 bytes",
      rule: "RFC 9110 15.5.15",
      status: mayRefuse(414),
      changes: { line: `GET {path}?${"q".repeat(9_000)} HTTP/1.1` },
    },
    {
      name: "line-much-too-long",
      title: "a request line of 20,000 bytes",
      rule: "RFC 9110 15.5.15",
      status: mayRefuse(414),
      changes: { line: `GET {path}?${"q".repeat(20_000)} HTTP/1.1` },
    },
    {
      ...row,
      name: "header-too-long",
      title: "a header of 9,000 bytes",
      changes: plus(`X-Long: ${"h".repeat(9_000)}`),
    },
    {
      ...row,
      name: "header-name-too-long",
      title: "a header's name of 9,000 bytes",
      changes: plus(`X-${"n".repeat(9_000)}: a`),
    },
    { ...row, name: "too-many-headers", title: "150 headers", changes: plus(...many(145)) },
    { ...row, name: "far-too-many-headers", title: "1,500 headers", changes: plus(...many(1_495)) },
    {
      ...row,
      name: "headers-too-large",
      title: "headers of 70,000 bytes in all",
      changes: plus(...many(14).map((line) => `${line}${"v".repeat(5_000)}`)),
    },
  ];
}

export function serverBodyCases(): Case[] {
  return [...bodyRows(), ...sizeRows()].map(caseOf);
}
