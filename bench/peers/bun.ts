/** Bun's own server. This program runs on Bun; publish and subscribe is its way to broadcast. */
import { AnswerBook } from "../generator/documents.ts";
import type { Compression } from "../workloads/compression.ts";
import { type Application, runServer } from "./server-process.ts";
import { count, type Tally } from "./tally.ts";

/** What is used of Bun. */
interface BunRuntime {
  serve(options: object): BunServer;
}

interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  publish(topic: string, message: string | Uint8Array, compress: boolean): number;
}

interface BunSocket {
  send(message: string | Uint8Array, compress: boolean): number;
  subscribe(topic: string): void;
}

type OnMessage = (socket: BunSocket, message: string | Uint8Array) => void;

const TOPIC = "all";
const KIB_BITS = 10;
const COMPRESSOR_TIMES_WINDOW = 8;

await runServer(async ({ application, compression }, tally) => {
  const { Bun } = globalThis as unknown as { Bun: BunRuntime };
  const server: BunServer = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request: Request) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: {
      perMessageDeflate: deflateOptions(compression),
      open: (socket: BunSocket) => void (application === "broadcast" && socket.subscribe(TOPIC)),
      message: applicationOf(application, compression !== false, tally, () => server),
    },
  });
  return server.port;
});

/** It names compressors by the memory they take: 4 KB for windows of 9 bits, twice as much for each bit. */
function deflateOptions(compression: Compression): boolean | object {
  if (typeof compression === "boolean") return compression;
  const window = 1 << (compression.windowBits - KIB_BITS);
  return { compress: `${window * COMPRESSOR_TIMES_WINDOW}KB`, decompress: `${window}KB` };
}

function applicationOf(
  application: Application,
  compression: boolean,
  tally: Tally,
  server: () => BunServer,
): OnMessage {
  switch (application) {
    case "echo":
      return (socket, message) => socket.send(message, compression);
    case "answer": {
      const book = new AnswerBook();
      return (socket, message) => socket.send(book.answerTo(message.toString()), compression);
    }
    case "ingest":
      return (_socket, message) => count(tally, message.length);
    case "broadcast":
      return (_socket, message) => server().publish(TOPIC, message, compression);
    default:
      return application satisfies never;
  }
}
