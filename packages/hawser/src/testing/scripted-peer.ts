/**
 * A peer that does what a script says and nothing else: it answers no ping and no Close frame, and may break every rule.
 */

import assert from "node:assert/strict";
import type { ClientConnection } from "../node/client-connection.ts";
import type { ConnectionOptions } from "../node/connection-options.ts";
import type { ServerConnection } from "../node/server-connection.ts";
import { nodeTextCodec } from "../node/text-codec.ts";
import { TimingWheel } from "../node/timing-wheel.ts";
import type { Transport, TransportSink } from "../node/transport.ts";
import type { CloseStatus } from "../protocol/close-code.ts";
import { parseClose, serializeClose } from "../protocol/close-frame.ts";
import { type DataOpcode, Opcode } from "../protocol/opcode.ts";
import type { Role } from "../protocol/settings.ts";
import { FakeClock, settlePromises } from "./fake-clock.ts";
import { createClientConnection, createServerConnection } from "./memory-connection.ts";
import { type MemoryHandshake, shakeHands } from "./memory-handshake.ts";
import { type LinkOptions, MemoryLink } from "./memory-transport.ts";
import { type RawFrame, RawFrameReader, type ReceivedFrame, serializeRawFrame } from "./raw-frame.ts";

/**
 * The other end of a connection, frame by frame. Made by {@link scriptedPeer}.
 *
 * The `send...` methods send at once. The `expect...` methods take the next frame that the connection has sent, wait for it if
 * need be, and throw an `AssertionError` if it is another one or if the connection has ended. They do not turn the clock.
 */
export class ScriptedPeer {
  readonly #role: Role;
  readonly #transport: Transport;
  readonly #link: MemoryLink;
  readonly #reader: RawFrameReader = new RawFrameReader();
  readonly #frames: ReceivedFrame[] = [];
  #waiters: (() => void)[] = [];
  /** The connection has ended its side, or is lost. */
  #hasEnded = false;

  /** @internal */
  constructor(role: Role, link: MemoryLink) {
    this.#role = role;
    this.#link = link;
    this.#transport = role === "client" ? link.client : link.server;
    this.#transport.attach(this.#sink());
  }

  // Sending

  sendText(text: string): void {
    this.sendFrame({ opcode: Opcode.TEXT, payload: text });
  }

  sendBinary(payload: Uint8Array): void {
    this.sendFrame({ opcode: Opcode.BINARY, payload });
  }

  sendPing(payload: string | Uint8Array = ""): void {
    this.sendFrame({ opcode: Opcode.PING, payload });
  }

  sendPong(payload: string | Uint8Array = ""): void {
    this.sendFrame({ opcode: Opcode.PONG, payload });
  }

  /** A Close frame; without `code`, an empty one. No code is refused. */
  sendClose(code = 1005, reason = ""): void {
    this.sendFrame({ opcode: Opcode.CLOSE, payload: serializeClose({ code, reason }, nodeTextCodec) });
  }

  /** Any frame, also one that must not be sent. */
  sendFrame(frame: RawFrame): void {
    this.sendBytes(serializeRawFrame({ masked: this.#role === "client", ...frame }));
  }

  /** Bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.#transport.append(new Uint8Array(bytes));
  }

  // Expecting

  /** The next frame, which must have what `expected` has. */
  async expectFrame(expected: Partial<ReceivedFrame> = {}): Promise<ReceivedFrame> {
    while (this.#frames.length === 0) {
      if (this.#hasEnded) assert.fail("Expected a frame, but the connection has ended");
      await this.#change();
    }
    const frame = this.#frames.shift()!;
    assert.deepEqual(frame, { ...frame, ...expected });
    return frame;
  }

  /** A text message, in one frame or in fragments. */
  async expectText(text?: string): Promise<string> {
    const received = Buffer.from(await this.#expectMessage(Opcode.TEXT)).toString();
    if (text !== undefined) assert.equal(received, text);
    return received;
  }

  /** A binary message, in one frame or in fragments. */
  async expectBinary(bytes?: Uint8Array): Promise<Uint8Array> {
    const received = await this.#expectMessage(Opcode.BINARY);
    if (bytes !== undefined) assert.deepEqual([...received], [...bytes]);
    return received;
  }

  /** A ping; its payload is what {@link sendPong} answers it with. */
  async expectPing(payload?: string): Promise<Uint8Array> {
    return this.#expectControl(Opcode.PING, payload);
  }

  async expectPong(payload?: string): Promise<Uint8Array> {
    return this.#expectControl(Opcode.PONG, payload);
  }

  /** A Close frame; 1005 stands for one without a code. */
  async expectClose(code?: number, reason?: string): Promise<CloseStatus> {
    const { payload } = await this.expectFrame({ opcode: Opcode.CLOSE, fin: true });
    const status = parseClose(payload, nodeTextCodec);
    if ("closeCode" in status) assert.fail(`Expected a valid Close frame, but ${status.reason}`);
    if (code !== undefined) assert.deepEqual(status, { code, reason: reason ?? status.reason });
    return status;
  }

  /** That the connection has sent nothing more, now that all promise jobs have run. */
  async expectNothing(): Promise<void> {
    await settlePromises();
    assert.deepEqual(this.#frames, [], "Expected nothing, but these frames were sent");
  }

  /** That the connection has ended its side, or was reset, after all the frames that were expected. */
  async expectEnd(): Promise<void> {
    while (!this.#hasEnded) await this.#change();
    assert.deepEqual(this.#frames, [], "Expected the end, but these frames were sent before");
  }

  // Behaviour of the transport

  /** Ends the peer's side; the connection may still send. */
  end(): void {
    this.#transport.finish();
  }

  /** Resets the connection: it is lost at once, and with it what was under way. */
  reset(): void {
    this.#transport.abort();
  }

  /** From now on nothing arrives, either way, and nobody is told: as if the peer's machine were gone. */
  silence(): void {
    this.#link.cut();
  }

  /** Takes no more bytes: what the connection sends piles up. */
  stopReading(): void {
    this.#transport.pause();
  }

  readOn(): void {
    this.#transport.resume();
  }

  // What arrives

  #sink(): TransportSink {
    return {
      received: (bytes) => {
        this.#frames.push(...this.#reader.read(bytes));
        this.#changed();
      },
      receivedEnd: () => this.#ended(),
      ended: () => this.#ended(),
      drained() {},
    };
  }

  #ended(): void {
    this.#hasEnded = true;
    this.#changed();
  }

  #changed(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  async #expectMessage(opcode: DataOpcode): Promise<Uint8Array> {
    let frame = await this.expectFrame({ opcode, rsv: 0 });
    const payloads = [frame.payload];
    while (!frame.fin) {
      frame = await this.expectFrame({ opcode: Opcode.CONTINUATION, rsv: 0 });
      payloads.push(frame.payload);
    }
    return new Uint8Array(Buffer.concat(payloads));
  }

  async #expectControl(opcode: Opcode, payload: string | undefined): Promise<Uint8Array> {
    const frame = await this.expectFrame({ opcode, fin: true, rsv: 0 });
    if (payload !== undefined) assert.equal(Buffer.from(frame.payload).toString(), payload);
    return frame.payload;
  }
}

export interface ScriptedPeerOptions {
  /** Options of the connection under test, as for `serve()` or `connect()`. */
  readonly connection?: ConnectionOptions;
  /** How bytes travel: at once, by default. */
  readonly link?: LinkOptions;
  /** A clock that is shared with others. */
  readonly clock?: FakeClock;
}

/** A connection under test, and its peer. */
export interface Scripted<C> {
  readonly connection: C;
  readonly peer: ScriptedPeer;
  readonly clock: FakeClock;
  readonly link: MemoryLink;
}

/**
 * Makes an open connection, joined in memory to a peer that follows a script. As a `"client"`, the peer stands before a
 * server's connection, and the other way round. No extensions are agreed on.
 *
 * @throws {TypeError | RangeError} for options that `serve()` or `connect()` would refuse.
 *
 * @example
 * ```ts
 * import { scriptedPeer } from "hawser/testing";
 *
 * const { connection, peer } = scriptedPeer("client");
 * peer.sendText("hello");
 * await connection.recv(); // "hello"
 *
 * peer.sendFrame({ opcode: 0x1, payload: "not masked", masked: false });
 * await peer.expectClose(1002);
 * ```
 */
export function scriptedPeer(role: "client", options?: ScriptedPeerOptions): Scripted<ServerConnection>;
export function scriptedPeer(role: "server", options?: ScriptedPeerOptions): Scripted<ClientConnection>;
export function scriptedPeer(
  role: Role,
  options: ScriptedPeerOptions = {},
): Scripted<ServerConnection | ClientConnection> {
  const { clock = new FakeClock() } = options;
  const link = new MemoryLink(clock, options.link);
  const agreements = shakeHands(PLAIN_HANDSHAKE);
  const parts = { wheel: new TimingWheel(clock), options: options.connection ?? {} };
  const connection =
    role === "client"
      ? createServerConnection({ ...parts, transport: link.server, agreement: agreements.server })
      : createClientConnection({ ...parts, transport: link.client, agreement: agreements.client });
  return { connection, peer: new ScriptedPeer(role, link), clock, link };
}

const PLAIN_HANDSHAKE: MemoryHandshake = {
  path: "/",
  headers: [],
  subprotocols: [],
  clientExtensions: [],
  serverExtensions: [],
};
