/**
 * Echo endpoints made with `ws`, to have something else than our own library to run the suite against.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

export interface EchoOptions {
  /** Whether permessage-deflate is on. */
  readonly compression: boolean;
  /** Bytes of the largest message. */
  readonly maxSize: number;
}

export interface EchoServer {
  readonly url: string;
  close(): Promise<void>;
}

function echo(ws: WebSocket): void {
  ws.on("message", (payload, isBinary) => ws.send(payload, { binary: isBinary }));
  // Without a listener, what a peer sends would end the process.
  ws.on("error", () => {});
}

/** Listens on a free port of the loopback interface. */
export async function startWsEcho({ compression, maxSize }: EchoOptions): Promise<EchoServer> {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    perMessageDeflate: compression,
    maxPayload: maxSize,
  });
  server.on("connection", echo);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/`,
    close: () => {
      for (const ws of server.clients) ws.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Connects and echoes until the connection is closed; resolves then, also when the handshake has failed. */
export function connectWsEcho(url: string, { compression, maxSize }: EchoOptions): Promise<void> {
  return new Promise((resolve) => {
    const ws = new WebSocket(url, { perMessageDeflate: compression, maxPayload: maxSize });
    echo(ws);
    ws.on("close", () => resolve());
  });
}
