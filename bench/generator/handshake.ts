/** The opening handshake, by hand (RFC 6455, section 4.1): one request, and the checks that a client must make. */
import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The same for all connections: a benchmark needs no nonce. */
const KEY = "aGF3c2VyLWJlbmNobWFyaw==";
const ACCEPT = createHash("sha1").update(`${KEY}${GUID}`).digest("base64");

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

/** Throws unless the head (up to and with its empty line) opens a WebSocket, with compression exactly if it was offered. */
export function checkResponse(head: string, compression: boolean): void {
  const agreed = /^sec-websocket-extensions:.*permessage-deflate/im.test(head);
  if (!/^HTTP\/1\.1 101 /.test(head)) throw new Error(`the handshake was refused: ${head.split("\r\n")[0]}`);
  if (!head.includes(ACCEPT)) throw new Error("the handshake's accept key is wrong");
  if (agreed !== compression)
    throw new Error(`compression was ${compression ? "offered but not agreed" : "agreed unasked"}`);
}
