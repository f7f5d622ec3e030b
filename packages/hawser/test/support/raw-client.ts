/**
 * A client made of a socket: sends the bytes it is told to, and reads heads, frames and the end of the stream.
 *
 * Knows no rule of WebSocket. Every wait has an end.
 */

import { once } from "node:events";
import { connect as connectTcp, type NetConnectOpts, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, onTestFinished } from "vitest";
import { RawFrameReader, type ReceivedFrame } from "../../src/testing/raw-frame.ts";
import { authority } from "./certificates.ts";
import { within } from "./deadline.ts";
import { closeFrame, frame, type Wire } from "./wire.ts";

export interface ReceivedHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

export interface ReceivedResponse extends ReceivedHead {
  readonly body: string;
}

/** How a connection ended, as its client saw it. */
export interface Ending {
  /** The Close frame's code; `undefined` if there was none. */
  readonly code: number | undefined;
  readonly reason: string;
}

/** The key of RFC 6455, section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** A request that opens a connection. `Host` and the four headers may be replaced, or removed with `null`. */
export function upgradeRequest(path = "/", headers: Readonly<Record<string, string | null>> = {}): string {
  const all: Record<string, string | null> = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : `${name}: ${value}\r\n`));
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

export class RawClient {
  readonly socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  readonly #reader: RawFrameReader = new RawFrameReader();
  readonly #frames: ReceivedFrame[] = [];
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    const ended = () => {
      this.#hasEnded = true;
      this.#wake();
    };
    socket
      .on("error", () => {})
      .on("end", ended)
      .on("close", ended);
    socket.on("data", (bytes: Buffer) => {
      this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
      this.#wake();
    });
    onTestFinished(() => void socket.destroy());
  }

  write(bytes: string | Uint8Array): this {
    this.socket.write(bytes);
    return this;
  }

  /** Frames, masked. */
  send(...frames: readonly Wire[]): this {
    return this.write(Buffer.concat(frames.map((wire) => wire("server"))));
  }

  text(payload: string): this {
    return this.send(frame({ opcode: "text", payload }));
  }

  /** Stops reading: what the server sends piles up. */
  stopReading(): this {
    this.socket.pause();
    return this;
  }

  /** Reads so many bytes, or more, and forgets them. Nothing else can be read afterwards. */
  async skim(count: number): Promise<void> {
    let received = this.#bytes.length;
    const { socket } = this;
    socket.removeAllListeners("data").on("data", (bytes: Buffer) => {
      received += bytes.length;
      this.#wake();
    });
    socket.resume();
    await this.#waitFor(`${count} bytes`, () => received >= count || this.#hasEnded);
    if (received < count) throw new Error(`the connection ended after ${received} of ${count} bytes`);
  }

  /** The head of the next response. */
  async head(): Promise<ReceivedHead> {
    await this.#until("a response", () => this.#bytes.includes("\r\n\r\n"));
    const end = this.#bytes.indexOf("\r\n\r\n");
    const [startLine = "", ...lines] = this.#bytes.toString("latin1", 0, end).split("\r\n");
    this.#bytes = this.#bytes.subarray(end + 4);
    const [, status, statusText = ""] = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(startLine) ?? [];
    const headers = lines.map((line) => line.split(/:\s*(.*)/s).slice(0, 2) as [string, string]);
    return { status: Number(status), statusText, headers: new Headers(headers) };
  }

  /** The next response and all that follows to the end of the stream. */
  async response(): Promise<ReceivedResponse> {
    const head = await this.head();
    return { ...head, body: (await this.end()).toString() };
  }

  /** All bytes to the end of the stream. */
  async end(): Promise<Buffer> {
    await this.#waitFor("the end of the stream", () => this.#hasEnded);
    const bytes = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return bytes;
  }

  async frame(expected: Partial<ReceivedFrame> = {}): Promise<ReceivedFrame> {
    await this.#until("a frame", () => {
      this.#frames.push(...this.#reader.read(this.#bytes));
      this.#bytes = Buffer.alloc(0);
      return this.#frames.length > 0;
    });
    const received = this.#frames.shift()!;
    expect(received).toMatchObject(expected);
    return received;
  }

  /** The next message, which must be text in one frame. */
  async message(): Promise<string> {
    const { payload } = await this.frame({ opcode: 1, fin: true, rsv: 0 });
    return Buffer.from(payload).toString();
  }

  /** Skips messages and pings to the Close frame, answers it, and waits for the end. */
  async closed(): Promise<Ending> {
    let received = await this.frame();
    while (received.opcode !== 8) received = await this.frame();
    const payload = Buffer.from(received.payload);
    const code = payload.length === 0 ? undefined : payload.readUInt16BE();
    this.send(closeFrame(code));
    await this.end();
    return { code, reason: payload.toString("utf8", 2) };
  }

  /** Waits for `condition`, which the end of the stream makes impossible. */
  async #until(what: string, condition: () => boolean): Promise<void> {
    let isThere = false;
    await this.#waitFor(what, () => {
      isThere = condition();
      return isThere || this.#hasEnded;
    });
    if (!isThere) throw new Error(`the connection ended before ${what}`);
  }

  async #waitFor(what: string, condition: () => boolean): Promise<void> {
    while (!condition()) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await within(what, woken);
    }
  }
}

/** Connects to a port of 127.0.0.1, or as the options say. */
export async function rawClient(to: number | NetConnectOpts): Promise<RawClient> {
  const client = new RawClient(connectTcp(typeof to === "number" ? { host: "127.0.0.1", port: to } : to));
  await within("connecting", once(client.socket, "connect"));
  return client;
}

/** Connects by TLS, on top of `socket` if there is one. */
export async function secureClient(port: number, socket?: Socket): Promise<RawClient> {
  const place = socket === undefined ? { host: "127.0.0.1", port } : { socket };
  const client = new RawClient(connectTls({ ...place, ca: authority, servername: "localhost" }));
  await within("the TLS handshake", once(client.socket, "secureConnect"));
  return client;
}

/** Opens a connection, whose head has been read. */
export async function openClient(
  to: number | NetConnectOpts,
  path = "/",
  headers?: Readonly<Record<string, string | null>>,
): Promise<RawClient> {
  const client = await rawClient(to);
  return open(client, path, headers);
}

/** Opens a connection on a client that has sent nothing yet. */
export async function open(
  client: RawClient,
  path = "/",
  headers?: Readonly<Record<string, string | null>>,
): Promise<RawClient> {
  const { status } = await client.write(upgradeRequest(path, headers)).head();
  expect(status).toBe(101);
  return client;
}

/** What a request is answered with. */
export async function answerTo(port: number, request: string): Promise<ReceivedResponse> {
  const client = await rawClient(port);
  return client.write(request).response();
}
