/**
 * One client connection on a bare TCP socket: shakes hands, keeps a window of messages under way, counts the replies.
 *
 * It builds nothing while the clock runs; frames come from a {@link FrameRibbon}, replies go to a {@link ReplyReader}.
 */
import { connect, type Socket } from "node:net";
import { buildFrame, PONG } from "./frame.ts";
import type { FrameRibbon } from "./frame-ribbon.ts";
import { buildRequest, checkResponse } from "./handshake.ts";
import type { ReplyReader } from "./reply-reader.ts";

/** The longest chunk that a read delivers. */
export const READ_SIZE: number = 256 * 1024;

/** One for all connections: a read is handled before the next one begins. */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_SIZE);

const PONG_MASKING_KEY = 0x1f2e3d4c;

/** What the connections of a run have received together. */
export interface Totals {
  messages: number;
  bytes: number;
}

export interface EchoConnectionOptions {
  readonly port: number;
  readonly compression: boolean;
  readonly ribbon: FrameRibbon;
  /** Makes the reader of this connection's replies. `onPing` is to be called for each ping. */
  createReader(onPing: (payload: Uint8Array) => void): ReplyReader;
  /** Added to by every connection of the run. */
  readonly totals: Totals;
}

export class EchoConnection {
  readonly #options: EchoConnectionOptions;
  readonly #reader: ReplyReader;
  readonly #socket: Socket;
  readonly #opened: PromiseWithResolvers;
  #head: string | undefined = "";
  #sent = 0;
  #received = 0;
  /** Messages to have been sent when the current {@link exchange} is over. */
  #target = 0;
  #exchanged: PromiseWithResolvers | undefined;
  #failure: Error | undefined;

  constructor(options: EchoConnectionOptions) {
    this.#options = options;
    this.#reader = options.createReader((payload) => this.#pong(payload));
    this.#opened = promiseWithResolvers();
    this.#socket = connect({
      host: "127.0.0.1",
      port: options.port,
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    this.#socket.on("connect", () => this.#socket.write(buildRequest(options.port, options.compression)));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  /** Resolves when the handshake is done. */
  opened(): Promise<void> {
    return this.#opened.promise;
  }

  /**
   * Sends `messages` messages, `window` under way at a time, and resolves when all have come back. Rejects when the
   * connection fails or a reply is wrong. `Infinity` goes on until {@link stop}.
   */
  exchange({ messages, window }: { readonly messages: number; readonly window: number }): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#target = this.#sent + messages;
    this.#exchanged = promiseWithResolvers();
    const first = Math.min(window, messages);
    if (first > 0) this.#send(first);
    else this.#settleIfDone();
    return this.#exchanged.promise;
  }

  /** Sends no more; the current {@link exchange} resolves when what is under way has come back. */
  stop(): void {
    this.#target = this.#sent;
    this.#settleIfDone();
  }

  /** Ends the connection with a reset, which leaves no port waiting. */
  destroy(): void {
    this.#failure ??= new Error("the connection was ended");
    this.#socket.resetAndDestroy();
  }

  #read(length: number): boolean {
    const chunk = READ_BUFFER.subarray(0, length);
    try {
      if (this.#head === undefined) this.#readReplies(chunk);
      else this.#readHead(chunk);
    } catch (error) {
      this.#fail(error as Error);
      this.#socket.destroy();
    }
    return true;
  }

  #readReplies(chunk: Buffer): void {
    const { totals } = this.#options;
    const replies = this.#reader.read(chunk);
    totals.bytes += chunk.length;
    if (replies === 0) return;
    totals.messages += replies;
    this.#received += replies;
    if (this.#received > this.#sent) throw new Error("the server sent more replies than it got messages");
    const due = Math.min(replies, this.#target - this.#sent);
    if (due > 0) this.#send(due);
    else this.#settleIfDone();
  }

  #readHead(chunk: Buffer): void {
    this.#head += chunk.toString("latin1");
    const end = this.#head!.indexOf("\r\n\r\n") + 4;
    if (end < 4) return;
    checkResponse(this.#head!.slice(0, end), this.#options.compression);
    const rest = Buffer.from(this.#head!.slice(end), "latin1");
    this.#head = undefined;
    this.#opened.resolve();
    if (rest.length > 0) this.#readReplies(rest);
  }

  #send(count: number): void {
    this.#socket.write(this.#options.ribbon.slice(this.#sent, count));
    this.#sent += count;
  }

  #pong(payload: Uint8Array): void {
    this.#socket.write(buildFrame({ opcode: PONG, payload, maskingKey: PONG_MASKING_KEY }));
  }

  #settleIfDone(): void {
    if (this.#received === this.#sent && this.#sent === this.#target) this.#exchanged?.resolve();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#opened.reject(this.#failure);
    this.#exchanged?.reject(this.#failure);
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/** `Promise.withResolvers`, which Node 20 does not have; a rejection that nobody awaits is not an error here. */
function promiseWithResolvers(): PromiseWithResolvers {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
