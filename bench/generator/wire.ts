/**
 * A client's end of one connection on a bare TCP socket: shakes hands, then hands over bytes as they come.
 *
 * It does not know what is sent over it, nor what the bytes mean.
 */
import { connect, type Socket } from "node:net";
import type { Compression } from "../workloads/compression.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { buildRequest, checkResponse } from "./handshake.ts";

/** The longest chunk that a read delivers. */
export const READ_SIZE: number = 256 * 1024;

/** One for all connections: a read is handled before the next one begins. */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_SIZE);

export interface WireOptions {
  readonly port: number;
  readonly compression: Compression;
  /** Bytes after the handshake, valid only during the call. What it throws fails the connection. */
  receive(chunk: Buffer): void;
  /** The connection is gone: by an error, by the server's closing, or by {@link Wire.destroy}. Called once. */
  gone(error: Error): void;
}

export class Wire {
  readonly #options: WireOptions;
  readonly #socket: Socket;
  readonly #opened: Deferred = deferred();
  #head: string | undefined = "";
  #failure: Error | undefined;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#socket = connect({
      host: "127.0.0.1",
      port: options.port,
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    this.#socket.on("connect", () => this.#socket.write(buildRequest(options.port, options.compression !== false)));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  /** Resolves when the handshake is done. */
  opened(): Promise<void> {
    return this.#opened.promise;
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Ends the connection with a reset, which leaves no port waiting. */
  destroy(): void {
    this.#fail(new Error("the connection was ended"));
    this.#socket.resetAndDestroy();
  }

  #read(length: number): boolean {
    const chunk = READ_BUFFER.subarray(0, length);
    try {
      if (this.#head === undefined) this.#options.receive(chunk);
      else this.#readHead(chunk);
    } catch (error) {
      this.#fail(error as Error);
      this.#socket.destroy();
    }
    return true;
  }

  #readHead(chunk: Buffer): void {
    this.#head += chunk.toString("latin1");
    const end = this.#head!.indexOf("\r\n\r\n") + 4;
    if (end < 4) return;
    checkResponse(this.#head!.slice(0, end), this.#options.compression);
    const rest = Buffer.from(this.#head!.slice(end), "latin1");
    this.#head = undefined;
    this.#opened.resolve();
    if (rest.length > 0) this.#options.receive(rest);
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#opened.reject(error);
    this.#options.gone(error);
  }
}
