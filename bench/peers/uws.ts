/**
 * uWebSockets.js: its native binary, never the package's JavaScript fallback.
 *
 * Limits that would drop what the others buffer are raised; publish and subscribe is its way to broadcast.
 */
import { createRequire } from "node:module";
import { AnswerBook } from "../generator/documents.ts";
import type { Compression } from "../workloads/compression.ts";
import { type Application, modulePath, runServer } from "./server-process.ts";
import { count, type Tally } from "./tally.ts";

/** What is used of uWebSockets.js. */
interface Uws {
  App(): UwsApp;
  us_socket_local_port(listenSocket: object): number;
  readonly DISABLED: number;
  readonly SHARED_COMPRESSOR: number;
}

interface UwsApp {
  ws(pattern: string, behavior: object): UwsApp;
  listen(host: string, port: number, done: (listenSocket: object | false) => void): UwsApp;
  publish(topic: string, message: ArrayBuffer | string, isBinary: boolean, compress: boolean): boolean;
}

interface UwsSocket {
  send(message: ArrayBuffer | string, isBinary: boolean, compress: boolean): number;
  subscribe(topic: string): boolean;
}

type OnMessage = (socket: UwsSocket, message: ArrayBuffer, isBinary: boolean) => void;

const MIB = 1024 * 1024;
const TOPIC = "all";
const COMPRESSOR_SHIFT = 4;
const DECOMPRESSOR_SHIFT = 8;

await runServer(async ({ application, compression, module }, tally) => {
  const uws = createRequire(import.meta.url)(modulePath(module)) as Uws;
  const app = uws.App();
  const message = applicationOf(application, compression !== false, tally, app);
  app.ws("/*", {
    compression: compressorOf(uws, compression),
    maxPayloadLength: MIB,
    maxBackpressure: 64 * MIB,
    open: (socket: UwsSocket) => void (application === "broadcast" && socket.subscribe(TOPIC)),
    message,
  });
  const socket = await new Promise<object | false>((resolve) => app.listen("127.0.0.1", 0, resolve));
  if (socket === false) throw new Error("uWebSockets.js could not listen");
  return uws.us_socket_local_port(socket);
});

/** A compressor and a decompressor for each connection are named by bits: window and memory level, and window. */
function compressorOf(uws: Uws, compression: Compression): number {
  if (typeof compression === "boolean") return compression ? uws.SHARED_COMPRESSOR : uws.DISABLED;
  const { windowBits, memLevel } = compression;
  return (windowBits << DECOMPRESSOR_SHIFT) | (windowBits << COMPRESSOR_SHIFT) | memLevel;
}

function applicationOf(application: Application, compression: boolean, tally: Tally, app: UwsApp): OnMessage {
  switch (application) {
    case "echo":
      return (socket, message, isBinary) =>
        socket.send(isBinary ? message : Buffer.from(message).toString(), isBinary, compression);
    case "answer": {
      const book = new AnswerBook();
      return (socket, message) => socket.send(book.answerTo(Buffer.from(message).toString()), false, compression);
    }
    case "ingest":
      return (_socket, message) => count(tally, message.byteLength);
    case "broadcast":
      return (_socket, message, isBinary) => app.publish(TOPIC, message, isBinary, compression);
    default:
      return application satisfies never;
  }
}
