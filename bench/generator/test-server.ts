/** A server for the generator's own tests: shakes hands on bare TCP and then does as it is told with each chunk. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { buildFrame } from "./frame.ts";
import { answerRequest } from "./handshake.ts";

export interface TestServer {
  readonly port: number;
  readonly server: Server;
}

/** Listens on a free port. The first chunk of a connection is taken for its request. */
export async function listen(
  respond: (socket: Socket, chunk: Buffer) => void,
  { compression = false }: { readonly compression?: boolean } = {},
): Promise<TestServer> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (head) => {
      socket.write(answerRequest(head.toString("latin1"), compression));
      socket.on("data", (chunk) => respond(socket, chunk));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}

/** The frames of a chunk that holds whole, short, masked ones: opcode and contents. */
export function unmaskFrames(chunk: Buffer): { readonly opcode: number; readonly payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at < chunk.length; ) {
    const start = at + 6;
    const end = start + (chunk[at + 1]! & 0x7f);
    const key = chunk.subarray(at + 2, start);
    const payload = Buffer.from(chunk.subarray(start, end).map((byte, index) => byte ^ key[index & 3]!));
    frames.push({ opcode: chunk[at]! & 0x0f, payload });
    at = end;
  }
  return frames;
}

/** Returns every message of a chunk. */
export function echo(socket: Socket, chunk: Buffer): void {
  for (const frame of unmaskFrames(chunk)) socket.write(buildFrame(frame));
}
