/**
 * The HTTP/1.1 heads of the opening handshake (RFC 6455, section 4): templates to send, and a plain reader.
 */

import { createHash } from "node:crypto";

/** A request's or response's head. Names are in lower case; a repeated header has several values. */
export interface Head {
  readonly startLine: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** Where the head ends, behind its empty line; `undefined` while it is incomplete. */
export function headSize(bytes: Buffer): number | undefined {
  const index = bytes.indexOf(END_OF_HEAD);
  return index < 0 ? undefined : index + END_OF_HEAD.length;
}

export function parseHead(bytes: Buffer): Head {
  const [startLine = "", ...lines] = bytes.toString("latin1").trimEnd().split("\r\n");
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { startLine, headers };
}

/** A header's values as one list, or `undefined` if it is absent. */
export function headerOf(head: Head, name: string): string | undefined {
  return head.headers.get(name)?.join(", ");
}

export function hasToken(head: Head, name: string, token: string): boolean {
  const tokens = (headerOf(head, name) ?? "").split(",");
  return tokens.some((item) => item.trim().toLowerCase() === token);
}

/** 200 of `HTTP/1.1 200 OK`; `undefined` for anything that is no status line. */
export function statusOf(head: Head): number | undefined {
  const match = /^HTTP\/1\.[01] ([1-5][0-9][0-9])( |$)/.exec(head.startLine);
  return match === null ? undefined : Number(match[1]);
}

/** The value of Sec-WebSocket-Accept for a key (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** Replaces `{name}` by its value. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{([a-z]+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** What to change in a head. */
export interface HeadChanges {
  /** The start line. */
  readonly line?: string;
  /** Names of headers to leave out. */
  readonly without?: readonly string[];
  /** Lines to append. */
  readonly plus?: readonly string[];
  /** Values to put in place of the usual ones. */
  readonly set?: Readonly<Record<string, string>>;
}

function head(line: string, headers: Readonly<Record<string, string>>, changes: HeadChanges): string {
  const merged = { ...headers, ...changes.set };
  const names = Object.keys(merged).filter((name) => !changes.without?.includes(name));
  const lines = [changes.line ?? line, ...names.map((name) => `${name}: ${merged[name]}`), ...(changes.plus ?? [])];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A handshake request with placeholders: `{path}`, `{host}`, `{key}`, `{port}`. */
export function requestTemplate(changes: HeadChanges = {}): string {
  const headers = {
    Host: "{host}",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "{key}",
    "Sec-WebSocket-Version": "13",
  };
  return head("GET {path} HTTP/1.1", headers, changes);
}

/** A handshake response with the placeholder `{accept}`. */
export function responseTemplate(changes: HeadChanges = {}): string {
  const headers = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": "{accept}" };
  return head("HTTP/1.1 101 Switching Protocols", headers, changes);
}
