/**
 * Writing to the handle of a Node socket whose stream has nothing to send: what the stream would do for each write costs as
 * much as all the rest of a message to many (bench: bcj1000).
 *
 * A wrong call ends the process. So it is done on versions that it was tried on alone, and only after Node itself was seen
 * calling the handle as the driver will: with a request of the same class, or with none.
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { findObstacle, thisHost, triedContract } from "./handle-trial.ts";
import { ignore } from "./ignore.ts";
import { unlessAborted } from "./stream-events.ts";
import {
  createDriver,
  type HandleDriver,
  type HandleOwner,
  handleOf,
  openStreamBinding,
  type StreamBinding,
  WAITS,
  type WriteContract,
} from "./tcp-handles.ts";

let verdict: Promise<HandleDriver | undefined> | undefined;

/** What writes to the handles of sockets, if that works in this process: tried out once, on a connection over loopback. */
export function findDirectDriver(): Promise<HandleDriver | undefined> {
  verdict ??= judge().catch(() => undefined);
  return verdict;
}

const PATIENCE = 1_000;

async function judge(): Promise<HandleDriver | undefined> {
  const host = thisHost();
  if (findObstacle(host) !== undefined) return undefined;
  const contract = triedContract(host)!;
  const binding = openStreamBinding();
  const trial = await Trial.begin();
  try {
    const isAsTried = (await trial.contractOf(binding)) === contract;
    if (!isAsTried) return undefined;
    const driver = createDriver(binding, contract);
    return (await trial.writes(driver)) ? driver : undefined;
  } finally {
    trial.end();
  }
}

/** Clients of a server of its own. */
class Trial {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #signal: AbortSignal = AbortSignal.timeout(PATIENCE);

  private constructor(server: Server) {
    this.#server = server.on("connection", (socket) => this.#sockets.push(socket.on("error", ignore)));
  }

  static async begin(): Promise<Trial> {
    const trial = new Trial(createServer());
    // Exclusive: in a process of a cluster, the socket is our own all the same
    trial.#server.listen({ port: 0, host: "127.0.0.1", exclusive: true });
    await once(trial.#server, "listening", { signal: trial.#signal });
    return trial;
  }

  /** How Node's own socket has its handle write. */
  async contractOf(binding: StreamBinding): Promise<WriteContract | undefined> {
    const client = this.#connect();
    await once(client, "connect", { signal: this.#signal });
    return contractOf(client, binding);
  }

  /** At once and later, between what the stream writes. */
  async writes(driver: HandleDriver): Promise<boolean> {
    const accepted = once(this.#server, "connection", { signal: this.#signal }) as Promise<[Socket]>;
    const client = this.#connect();
    const written = this.#writeBeforeConnected(driver, client);
    const [server] = await accepted;
    const received = this.#receive(server);
    if (!(await unlessAborted(this.#signal, written))) return false;
    const handle = handleOf(client)!;
    const direct = (text: string) => driver.write(handle, Buffer.from(text), NOBODY);
    client.write(Buffer.from("b"));
    const first = direct("c");
    client.write(Buffer.from("d"));
    const second = direct("e");
    client.end(Buffer.from("f"));
    return first === 0 && second === 0 && (await received) === "abcdef";
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #connect(): Socket {
    const client = connect((this.#server.address() as AddressInfo).port, "127.0.0.1");
    this.#sockets.push(client.on("error", ignore));
    return client;
  }

  /** Whether it waits and is told of: nothing can be taken before there is a connection. */
  async #writeBeforeConnected(driver: HandleDriver, client: Socket): Promise<boolean> {
    // The socket asks its handle to connect in the next tick
    await new Promise<void>((resolve) => void process.nextTick(resolve));
    return new Promise((resolve) => {
      const owner: HandleOwner = { written: (status) => resolve(status === 0), shutDown: ignore };
      if (driver.write(handleOf(client)!, Buffer.from("a"), owner) !== WAITS) resolve(false);
    });
  }

  async #receive(socket: Socket): Promise<string> {
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    await once(socket, "end", { signal: this.#signal });
    return text;
  }
}

const NOBODY: HandleOwner = { written: ignore, shutDown: ignore };

/** How Node has the handle of this socket write; `undefined` if in no way that is known. */
export function contractOf(socket: Socket, { WriteWrap }: Pick<StreamBinding, "WriteWrap">): WriteContract | undefined {
  const handle = handleOf(socket)!;
  const { writeBuffer } = handle;
  let given: unknown;
  handle.writeBuffer = function (request, bytes) {
    given = request;
    return writeBuffer.call(this, request, bytes);
  };
  socket.write(Buffer.from("a"));
  // The method is the prototype's again
  Reflect.deleteProperty(handle, "writeBuffer");
  if (given === null) return "result";
  return typeof given === "object" && Object.getPrototypeOf(given) === WriteWrap.prototype ? "request" : undefined;
}
