/**
 * Accepted sockets that read into one buffer for all of a thread, instead of 64 KiB of fresh memory for each read.
 *
 * Node documents this (`onread`) for sockets that one makes, and has no way to ask for it for those that a server accepts. A
 * socket made from the accepted connection's handle has it; but that rests on names that are not documented (`onconnection` and
 * `_connections` of a server, the option `handle`, `_handle` and `_server` of a socket). So it is tried out in each process before
 * it is used, and left alone where it does not work.
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type OnReadOpts, type Server, Socket } from "node:net";
import { ignore } from "./ignore.ts";
import { unlessAborted } from "./stream-events.ts";

/** What is not documented of a socket. */
interface Handled {
  _handle: object | null;
  _server: Server | null;
  server: Server | null;
}

/** A socket on the accepted one's handle that reads as `onread` says. The accepted one must not be used any more. */
export function shareReads(accepted: Socket, onread: OnReadOpts): Socket {
  const source = accepted as unknown as Handled;
  const handle = source._handle;
  if (handle === null || handle === undefined) return accepted;
  const { _server } = source;
  source._handle = null;
  source._server = null;
  return sharingSocket(handle, _server, onread);
}

function sharingSocket(handle: object, server: Server | null, onread: OnReadOpts): Socket {
  // The last three are what `Socket` sets itself: on a copy of these options, to which it would add them each time anew, and
  // V8 then makes a dozen hidden classes for each socket, three KiB that only a full collection frees (bench: connect)
  const options = { handle, allowHalfOpen: true, onread, emitClose: false, autoDestroy: true, decodeStrings: false };
  const socket = new Socket(options);
  const sharing = socket as unknown as Handled;
  // The server counts its connections by these, and closes when the last one has gone
  sharing._server = server;
  sharing.server = server;
  return socket;
}

/** What is not documented of a listening server. */
interface Listening {
  _connections: number;
  _handle: { onconnection: (error: number, handle: (object & { setNoDelay?(on: boolean): void }) | undefined) => void };
}

/**
 * From now on the server makes sockets that read as `onread` says, and hands them to `connected` in place of its event: no
 * other socket is made and thrown away. To be called once it listens, where {@link canShareReads}. The server must have no
 * options of its own for the sockets that it makes.
 */
export function shareReadsOfAll(server: Server, onread: OnReadOpts, connected: (socket: Socket) => void): void {
  const listening = server as unknown as Listening;
  const { onconnection } = listening._handle;
  listening._handle.onconnection = function (error, handle) {
    // What went wrong is for the server to tell
    if (error !== 0 || handle === undefined) return onconnection.call(this, error, handle);
    handle.setNoDelay?.(true);
    listening._connections++;
    connected(sharingSocket(handle, server, onread));
  };
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
  const sockets: Socket[] = [];
  try {
    const trials = new Promise<Trial>((resolve) => Trial.begin(server, resolve));
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    sockets.push(client);
    const trial = await unlessAborted(signal, trials);
    sockets.push(trial.socket);
    return await trial.run(server, client, signal);
  } finally {
    for (const socket of sockets) socket.on("error", ignore).destroy();
    server.close();
  }
}

/**
 * What a transport will ask of a socket: bytes, pausing, the end, writing, and that the server
 * notices when it is gone.
 */
class Trial {
  readonly socket: Socket;
  #received = "";
  #onReceived: () => void = ignore;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Hands a trial on the server's first connection to `begun`. */
  static begin(server: Server, begun: (trial: Trial) => void): void {
    let trial: Trial | undefined;
    const buffer = new Uint8Array(1);
    const onread: OnReadOpts = {
      buffer,
      callback(this: unknown, length) {
        // One that is not called on its socket could not tell whose bytes these are
        if (trial !== undefined && this === trial.socket) trial.#receive(textOf(buffer.subarray(0, length)));
        return true;
      },
    };
    shareReadsOfAll(server, onread, (socket) => {
      trial = new Trial(socket);
      begun(trial);
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

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
