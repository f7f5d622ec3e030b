/**
 * Judges a client's opening handshake (RFC 6455, section 4.1). It is part of every case for a client.
 */

import { Mismatch } from "./perform.ts";
import { type Head, hasToken, headerOf } from "./wire/http.ts";

function expectSingle(head: Head, name: string): string {
  const values = head.headers.get(name) ?? [];
  if (values.length !== 1) throw new Mismatch(`one ${name} header`, `${values.length}`);
  return values[0]!;
}

function expectKey(head: Head, seenKeys: Set<string>): void {
  const key = expectSingle(head, "sec-websocket-key");
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) throw new Mismatch("a key of 16 bytes in base64", key);
  // RFC 6455 4.1: "The nonce MUST be selected randomly for each connection."
  if (seenKeys.has(key)) throw new Mismatch("a new key for every connection", `${key} again`);
  seenKeys.add(key);
}

/** Throws a {@link Mismatch} for a request that no client may send. `seenKeys` are those of earlier requests. */
export function judgeRequest(head: Head, seenKeys: Set<string>): void {
  if (!/^GET \/\S* HTTP\/1\.1$/.test(head.startLine)) throw new Mismatch("GET / HTTP/1.1", head.startLine.slice(0, 80));
  expectSingle(head, "host");
  if (!hasToken(head, "upgrade", "websocket"))
    throw new Mismatch("Upgrade: websocket", headerOf(head, "upgrade") ?? "none");
  if (!hasToken(head, "connection", "upgrade")) {
    throw new Mismatch("Connection: Upgrade", headerOf(head, "connection") ?? "none");
  }
  const version = expectSingle(head, "sec-websocket-version");
  if (version !== "13") throw new Mismatch("Sec-WebSocket-Version: 13", version);
  expectKey(head, seenKeys);
}
