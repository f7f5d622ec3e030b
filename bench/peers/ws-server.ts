/** The `ws` package as a server, with its default settings apart from compression, which is off by default there. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { PerMessageDeflateOptions, RawData, WebSocket, WebSocketServer } from "ws";
import { AnswerBook } from "../generator/documents.ts";
import type { Compression } from "../workloads/compression.ts";
import type { Application, ServerSettings } from "./server-process.ts";
import { count, type Tally } from "./tally.ts";

type OnMessage = (socket: WebSocket, message: Buffer, isBinary: boolean) => void;

/** Serves with this copy of `ws`, and resolves to the port. */
export async function serveWs(
  Server: typeof WebSocketServer,
  { application, compression }: ServerSettings,
  tally: Tally,
): Promise<number> {
  const server = new Server({ host: "127.0.0.1", port: 0, perMessageDeflate: deflateOptions(compression) });
  const onMessage = APPLICATIONS[application](tally, server);
  server.on("connection", (socket) => {
    socket.on("message", (message: RawData, isBinary) => onMessage(socket, message as Buffer, isBinary));
    socket.on("error", () => socket.terminate());
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** With windows: its defaults otherwise (asynchronous, ten at a time), but that messages of every length are compressed. */
function deflateOptions(compression: Compression): boolean | PerMessageDeflateOptions {
  if (typeof compression === "boolean") return compression;
  const { windowBits, memLevel } = compression;
  return {
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: windowBits,
    zlibDeflateOptions: { memLevel },
    threshold: 0,
  };
}

const APPLICATIONS: Readonly<Record<Application, (tally: Tally, server: WebSocketServer) => OnMessage>> = {
  // Text reaches the application as a string on either side of the comparison
  echo: () => (socket, message, isBinary) => socket.send(isBinary ? message : message.toString()),
  answer: () => {
    const book = new AnswerBook();
    return (socket, message) => socket.send(book.answerTo(message.toString()));
  },
  ingest: (tally) => (_socket, message) => count(tally, message.length),
  broadcast: (_tally, server) => (_socket, message, isBinary) => {
    for (const client of server.clients) client.send(message, { binary: isBinary });
  },
};
