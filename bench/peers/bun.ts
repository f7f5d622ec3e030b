/** Bun's own server. This program runs on Bun; publish and subscribe is its way to broadcast. */
import { type Application, runServer } from "./server-process.ts";
import { count, type Tally } from "./tally.ts";

/** What is used of Bun. */
interface BunRuntime {
  serve(options: object): BunServer;
}

interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  publish(topic: string, message: string | Uint8Array): number;
}

interface BunSocket {
  send(message: string | Uint8Array, compress: boolean): number;
  subscribe(topic: string): void;
}

type OnMessage = (socket: BunSocket, message: string | Uint8Array) => void;

const TOPIC = "all";

await runServer(async ({ application, compression }, tally) => {
  const { Bun } = globalThis as unknown as { Bun: BunRuntime };
  const server: BunServer = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request: Request) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: {
      perMessageDeflate: compression,
      open: (socket: BunSocket) => void (application === "broadcast" && socket.subscribe(TOPIC)),
      message: applicationOf(application, compression, tally, () => server),
    },
  });
  return server.port;
});

function applicationOf(
  application: Application,
  compression: boolean,
  tally: Tally,
  server: () => BunServer,
): OnMessage {
  switch (application) {
    case "echo":
      return (socket, message) => socket.send(message, compression);
    case "ingest":
      return (_socket, message) => count(tally, message.length);
    case "broadcast":
      return (_socket, message) => server().publish(TOPIC, message);
    default:
      return application satisfies never;
  }
}
