/**
 * Reading into one buffer for all of a process's accepted sockets, instead of 64 KiB of fresh memory for each read.
 *
 * Node documents this (`onread`) for sockets that one makes, and has no way to ask for it for those that a server accepts. A
 * socket made from the accepted one's handle has it; but that rests on names that are not documented (`_handle`, the option
 * `handle`, `_server`). So it is tried out in each process before it is used, and left alone where it does not work.
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, Socket } from "node:net";
import { ignore } from "./ignore.ts";

/** Called on the socket, with how many bytes were read, and the shared buffer that holds them until the call returns. */
export type SharedReadCallback = (this: unknown, length: number, buffer: Uint8Array) => boolean;

/** Large reads cost fewer calls; more than this the kernel seldom has at once. */
const BUFFER_SIZE = 65_536;

let buffer: Buffer | undefined;

/** Made at first use, and kept. A callback is done with what it holds when it returns, so one is enough. */
export function sharedReadBuffer(): Buffer {
  buffer ??= Buffer.allocUnsafeSlow(BUFFER_SIZE);
  return buffer;
}

/** What is not documented of a socket. */
interface Handled {
  _handle: object | null;
  _server: Server | null;
  server: Server | null;
}

/** A socket on the accepted one's handle that reads into the shared buffer. The accepted one must not be used any more. */
export function shareReads(accepted: Socket, callback: SharedReadCallback): Socket {
  const source = accepted as unknown as Handled;
  const handle = source._handle;
  if (handle === null || handle === undefined) return accepted;
  const { _server, server } = source;
  source._handle = null;
  source._server = null;
  const options = { handle, allowHalfOpen: true, onread: { buffer: sharedReadBuffer(), callback } };
  const socket = new Socket(options);
  // The server counts its connections by these, and closes when the last one has gone
  return Object.assign(socket, { _server, server });
}

let verdict: Promise<boolean> | undefined;

/** Whether {@link shareReads} works in this process: tried out once, on a connection over loopback. */
export function canShareReads(): Promise<boolean> {
  verdict ??= tryOut().catch(() => false);
  return verdict;
}

const PATIENCE = 1_000;

async function tryOut(): Promise<boolean> {
  const signal = AbortSignal.timeout(PATIENCE);
  // Exclusive: in a process of a cluster, the socket is our own all the same
  const server = createServer({ allowHalfOpen: true }).listen({ port: 0, host: "127.0.0.1", exclusive: true });
  await once(server, "listening", { signal });
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const sockets = [client];
  try {
    const [accepted] = (await once(server, "connection", { signal })) as [Socket];
    const trial = new Trial(accepted);
    sockets.push(accepted, trial.socket);
    return await trial.run(server, client, signal);
  } finally {
    for (const socket of sockets) socket.on("error", ignore).destroy();
    server.close();
  }
}

/** What a transport will ask of a socket: bytes, pausing, the end, writing, and that the server notices when it is gone. */
class Trial {
  readonly socket: Socket;
  #received = "";
  #onReceived: () => void = ignore;

  constructor(accepted: Socket) {
    const trial = this;
    this.socket = shareReads(accepted, function onRead(length, bytes) {
      // A callback that is not called on its socket could not tell whose bytes these are
      if (this === trial.socket) trial.#receive(Buffer.from(bytes.subarray(0, length)).toString("latin1"));
      return true;
    });
  }

  async run(server: Server, client: Socket, signal: AbortSignal): Promise<boolean> {
    const { socket } = this;
    socket.resume();
    client.write("a");
    await this.#untilReceived("a", signal);
    socket.pause();
    client.end("b");
    socket.write("c");
    await once(client, "data", { signal });
    if (this.#received !== "a") return false;
    const ended = once(socket, "end", { signal });
    socket.resume();
    await this.#untilReceived("ab", signal);
    await ended;
    socket.end();
    await once(socket, "close", { signal });
    await new Promise((resolve) => server.close(resolve));
    return true;
  }

  #receive(text: string): void {
    this.#received += text;
    this.#onReceived();
  }

  #untilReceived(text: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#onReceived = () => {
        if (this.#received === text) resolve();
      };
      this.#onReceived();
    });
  }
}
