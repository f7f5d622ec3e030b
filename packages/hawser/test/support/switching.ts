/**
 * The server's part of a handshake, by hand.
 */

import { createHash } from "node:crypto";

/** The response that accepts the request, with more header lines if there are any. */
export function switchingProtocols(requestHead: string, ...lines: string[]): Buffer {
  const key = /^Sec-WebSocket-Key: (.*)\r$/im.exec(requestHead)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const head = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...lines,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1");
}

/** An unmasked text frame of up to 125 bytes. */
export function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, Buffer.byteLength(text)]), Buffer.from(text)]);
}
