/**
 * The opening handshake, by hand (RFC 6455, sections 4.1 and 4.2): a client's request and the checks that it must make, and
 * a server's answer.
 */
import { createHash } from "node:crypto";
import type { Compression } from "../workloads/compression.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The same for all connections: a benchmark needs no nonce. */
const KEY = "aGF3c2VyLWJlbmNobWFyaw==";
const ACCEPT = acceptOf(KEY);

/** The offer that browsers make. */
const OFFER = "permessage-deflate; client_max_window_bits";

/** The client's request. */
export function buildRequest(port: number, compression: boolean): string {
  return [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Version: 13",
    ...(compression ? [`Sec-WebSocket-Extensions: ${OFFER}`] : []),
    "\r\n",
  ].join("\r\n");
}

/**
 * Throws unless the head (up to and with its empty line) opens a WebSocket, with compression exactly if it was offered, and
 * with windows as large as they are to be.
 */
export function checkResponse(head: string, compression: Compression): void {
  const agreed = /^sec-websocket-extensions:.*permessage-deflate.*$/im.exec(head)?.[0];
  if (!/^HTTP\/1\.1 101 /.test(head)) throw new Error(`the handshake was refused: ${head.split("\r\n")[0]}`);
  if (!head.includes(ACCEPT)) throw new Error("the handshake's accept key is wrong");
  if ((agreed !== undefined) !== (compression !== false))
    throw new Error(`compression was ${compression === false ? "agreed unasked" : "offered but not agreed"}`);
  if (typeof compression === "object") checkWindows(agreed!, compression.windowBits);
}

/** Context takeover both ways, and these windows. */
function checkWindows(agreed: string, windowBits: number): void {
  const server = windowOf(agreed, "server_max_window_bits");
  const client = windowOf(agreed, "client_max_window_bits");
  if (server === windowBits && client === windowBits && !/_no_context_takeover/i.test(agreed)) return;
  throw new Error(`windows of ${windowBits} bits and context takeover were to be agreed on, got ${agreed.trim()}`);
}

/** 15 where the response does not name it (RFC 7692, section 7.1.2). */
function windowOf(agreed: string, parameter: string): number {
  return Number(new RegExp(`${parameter}\\s*=\\s*"?(\\d+)`, "i").exec(agreed)?.[1] ?? 15);
}

/**
 * A server's answer to a client's request, which agrees to no extension, or to permessage-deflate without conditions. Throws
 * if the request has no key.
 */
export function answerRequest(head: string, compression = false): string {
  const key = /^sec-websocket-key:\s*(\S+)/im.exec(head)?.[1];
  if (key === undefined) throw new Error("the request has no Sec-WebSocket-Key");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptOf(key)}`,
    ...(compression ? ["Sec-WebSocket-Extensions: permessage-deflate"] : []),
    "\r\n",
  ].join("\r\n");
}

function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}${GUID}`).digest("base64");
}
