/**
 * A client made of a raw TCP socket, which sends any bytes at any time; and a server that it may attack, watched.
 *
 * The attacker knows as much of WebSocket as it takes to read what comes back, and keeps no rule.
 */

import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, vi } from "vitest";
import type { Handler } from "../../src/node/handler.ts";
import { serve } from "../../src/node/serve.ts";
import type { ServeOptions } from "../../src/node/serve-options.ts";
import type { Server } from "../../src/node/server.ts";
import { type RawFrame, RawFrameReader, type ReceivedFrame, serializeRawFrame } from "../../src/testing/raw-frame.ts";
import { transportUnderTest } from "./transport-under-test.ts";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** The lines of a request that opens a connection, by what they are; `undefined` leaves one out. */
export interface RequestLines {
  readonly line?: string;
  readonly host?: string | undefined;
  readonly upgrade?: string | undefined;
  readonly connection?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
  /** Further header lines, and whatever else is to stand before the empty line. */
  readonly more?: readonly string[];
}

export function requestOf(lines: RequestLines = {}): string {
  const usual = {
    line: "GET / HTTP/1.1",
    host: "Host: localhost",
    upgrade: "Upgrade: websocket",
    connection: "Connection: Upgrade",
    key: `Sec-WebSocket-Key: ${KEY}`,
    version: "Sec-WebSocket-Version: 13",
  };
  const { more = [], ...rest } = { ...usual, ...lines };
  return [...Object.values(rest).filter((line) => line !== undefined), ...more, "", ""].join("\r\n");
}

/** A client's frame, masked unless it says otherwise. */
export function frame(parts: RawFrame): Uint8Array {
  return serializeRawFrame({ masked: true, ...parts });
}

export interface RawResponse {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
}

export class Attacker {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  #change: () => void = () => {};
  readonly #frameReader: RawFrameReader = new RawFrameReader();
  readonly #frames: ReceivedFrame[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#change();
    });
    socket.on("end", () => this.#ended()).on("close", () => this.#ended());
  }

  /** Connects, and keeps its side open when the server ends its own. Destroyed when the test ends. */
  static async connect(port: number): Promise<Attacker> {
    const attacker = new Attacker(connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true }));
    onTestFinished(() => void attacker.socket.destroy());
    await once(attacker.socket, "connect");
    return attacker;
  }

  /** Connects and opens a WebSocket connection. */
  static async open(port: number, lines: RequestLines = {}): Promise<Attacker> {
    const attacker = await Attacker.connect(port);
    attacker.send(requestOf(lines));
    const { status, head } = await attacker.response();
    expect(status, head).toBe(101);
    return attacker;
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(bytes);
    return this;
  }

  sendFrame(parts: RawFrame): this {
    return this.send(frame(parts));
  }

  /** Sends, and resolves when the kernel has taken everything or the connection is gone. */
  async push(bytes: Uint8Array): Promise<void> {
    const { socket } = this;
    if (!socket.writable || socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off("drain", go).off("close", go);
        resolve();
      };
      socket.on("drain", go).on("close", go);
    });
  }

  /** The head of the response; what comes behind it is left. Status 0 if the connection ended without one. */
  async response(): Promise<RawResponse> {
    while (!this.#received.includes("\r\n\r\n") && !this.#hasEnded) await this.#changed();
    const end = this.#received.indexOf("\r\n\r\n");
    const head = this.#received.toString("latin1", 0, Math.max(end, 0));
    this.#received = this.#received.subarray(end + 4);
    return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0), head };
  }

  /** The next frame; `undefined` once there is none to come. */
  async frame(): Promise<ReceivedFrame | undefined> {
    for (;;) {
      const bytes = this.#received;
      this.#received = Buffer.alloc(0);
      this.#frames.push(...this.#frameReader.read(bytes));
      if (this.#frames.length > 0 || this.#hasEnded) return this.#frames.shift();
      await this.#changed();
    }
  }

  /** The code of the server's Close frame, whatever stands before it; 1006 if there is none, 1005 if it has none. */
  async closeCode(): Promise<number> {
    for (let next = await this.frame(); next !== undefined; next = await this.frame()) {
      if (next.opcode === 8) return next.payload.length < 2 ? 1005 : next.payload[0]! * 256 + next.payload[1]!;
    }
    return 1006;
  }

  /** All that came and was not taken yet, once the server has ended its side. */
  async untilEnd(): Promise<Buffer> {
    while (!this.#hasEnded) await this.#changed();
    return this.#received;
  }

  /** Sends RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #ended(): void {
    this.#hasEnded = true;
    this.#change();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#change = resolve;
    });
  }
}

/** Fails the test if anything escapes to the process before it ends. */
export function expectNothingEscapes(): void {
  const escaped: unknown[] = [];
  const note = (error: unknown) => void escaped.push(error);
  process.on("uncaughtException", note).on("unhandledRejection", note);
  onTestFinished(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off("uncaughtException", note).off("unhandledRejection", note);
    expect(escaped).toEqual([]);
  });
}

/** A server on a free port of 127.0.0.1 out of which nothing may escape, closed when the test ends. */
export async function attackedServer<UserData>(
  handler: Handler<UserData>,
  options: ServeOptions<UserData> = {},
): Promise<Server<UserData>> {
  expectNothingEscapes();
  const usual = { host: "127.0.0.1", closeTimeout: 1_000, ...transportUnderTest(options) };
  const server = await serve(handler, { ...usual, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** The handler of an echo server. */
export const echo: Handler = {
  message: (ws, message) => void ws.sendNow(message),
};

/** As `echo`, with back-pressure. */
export const patientEcho: Handler = async (ws) => {
  for await (const message of ws) await ws.send(message);
};

/** Waits until the server has neither connection nor opening. */
export async function expectNobodyLeft(server: Server): Promise<void> {
  await vi.waitFor(() => expect(server.metrics()).toMatchObject({ connections: 0, openings: 0 }), 10_000);
}

/** Still answers a client that keeps the rules. */
export async function expectAlive(server: Server): Promise<void> {
  const attacker = await Attacker.open(server.port);
  attacker.sendFrame({ opcode: 1, payload: "still here" });
  const reply = await attacker.frame();
  expect(Buffer.from(reply?.payload ?? "").toString()).toBe("still here");
  attacker.socket.destroy();
}

/** Open descriptors of this process, where the system tells. */
export function openDescriptors(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

/** Bytes by which the memory of this process grows at most while `attack` runs. Sampled, so short peaks may be missed. */
export async function memoryGrowth(attack: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let highest = before;
  const sampler = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, 10);
  try {
    await attack();
  } finally {
    clearInterval(sampler);
  }
  return Math.max(highest, process.memoryUsage.rss()) - before;
}
