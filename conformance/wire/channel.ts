/**
 * A TCP or TLS connection as bytes that can be waited for. It knows nothing of HTTP or frames.
 */

import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** How the other side ended the connection. */
export type End = "fin" | "reset";

/** How bytes are put into segments: in one, or each in its own. */
export type Pace = "whole" | "bytes";

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class Channel {
  readonly #socket: Socket;
  readonly #transport: Socket;
  #received: Buffer = Buffer.alloc(0);
  #end: End | undefined;
  #wake: (() => void) | undefined;

  /** `socket` must have been made with `allowHalfOpen`. `transport` is the TCP connection, if that is another one. */
  constructor(socket: Socket, transport: Socket = socket) {
    this.#socket = socket;
    this.#transport = transport;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("end", () => this.#finish("fin"));
    socket.on("error", () => this.#finish("reset"));
    socket.on("close", () => this.#finish("reset"));
  }

  /** What was received and not yet consumed. */
  get received(): Buffer {
    return this.#received;
  }

  /** `undefined` while the other side may still send. */
  get end(): End | undefined {
    return this.#end;
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    this.#wake?.();
  }

  #finish(end: End): void {
    this.#end ??= end;
    this.#wake?.();
  }

  consume(size: number): Buffer {
    const taken = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return taken;
  }

  /** Waits for more bytes or the end. False: neither came before `deadline`, a time of `performance.now()`. */
  more(deadline: number): Promise<boolean> {
    if (this.#end !== undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (came: boolean): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(came);
      };
      const timer = setTimeout(settle, Math.max(0, deadline - performance.now()), false);
      this.#wake = () => settle(true);
    });
  }

  /** Writes in one segment, or gives the other side a turn of the event loop after every byte. */
  async write(bytes: Uint8Array, pace: Pace): Promise<void> {
    if (pace === "whole") return void this.#writeNow(bytes);
    for (let index = 0; index < bytes.length; index++) {
      this.#writeNow(bytes.subarray(index, index + 1));
      await nextTurn();
    }
  }

  #writeNow(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Ends our direction with a FIN. */
  finish(): void {
    if (this.#socket.writable) this.#socket.end();
  }

  /** Ends both directions with an RST. */
  reset(): void {
    this.#transport.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Connects to a `ws:` or `wss:` URL's host. Certificates are not checked: a server under test has one of its own. */
export function openChannel(url: URL, timeout: number): Promise<Channel> {
  const isSecure = url.protocol === "wss:";
  const port = Number(url.port || (isSecure ? 443 : 80));
  const transport = connectTcp({ port, host: url.hostname.replace(/^\[|\]$/g, ""), allowHalfOpen: true });
  const socket = isSecure
    ? connectTls({ socket: transport, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] })
    : transport;
  return new Promise((resolve, reject) => {
    transport.setTimeout(timeout, () => {
      transport.destroy(new Error(`Cannot connect to ${url.host}: it must answer within ${timeout} ms`));
    });
    transport.once("error", reject);
    socket.once("error", reject);
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      transport.setTimeout(0);
      resolve(new Channel(socket, transport));
    });
  });
}
