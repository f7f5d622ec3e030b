/**
 * One client of the soak: a bare socket with a deadline on everything, which gives up as soon as its connection is gone.
 *
 * It knows how to shake hands and to compare bytes. What it is used for is `behaviours.ts`'s business.
 */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRequest, checkResponse } from "../generator/handshake.ts";

/**
 * How long a peer waits for an answer (ms). Longer than the kernel takes to reset a connection that found no room in the
 * listen queue of a busy server: the client holds it for open, and that is not the server's fault.
 */
const PATIENCE = 90_000;

/** That the connection ended, which in most behaviours is what is wanted. */
export class Gone extends Error {}

export class Peer {
  readonly socket: Socket;
  readonly #port: number;
  #received: Buffer[] = [];
  #length = 0;
  #changed: () => void = () => {};

  private constructor(socket: Socket, port: number) {
    this.socket = socket;
    this.#port = port;
    const changed = () => this.#changed();
    socket.on("error", changed).on("end", changed).on("close", changed);
    socket.on("data", (bytes) => {
      this.#received.push(bytes);
      this.#length += bytes.length;
      this.#changed();
    });
  }

  /** `localAddress`: one of 127.0.0.0/8, each of which has ports of its own. Rejects with what the system says. */
  static connect(port: number, localAddress: string): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", localAddress, allowHalfOpen: true, noDelay: true });
      const peer = new Peer(socket, port);
      socket.once("connect", () => resolve(peer)).once("error", reject);
    });
  }

  get #isGone(): boolean {
    return this.socket.destroyed || this.socket.readableEnded;
  }

  async shakeHands(compression = false): Promise<void> {
    this.write(buildRequest(this.#port, compression));
    let head = "";
    while (!head.endsWith("\r\n\r\n")) head += (await this.read(1)).toString("latin1");
    checkResponse(head, compression);
  }

  /** Whether the system took everything at once. */
  write(bytes: Uint8Array | string): boolean {
    if (!this.socket.writable) throw new Gone();
    return this.socket.write(bytes);
  }

  /** Exactly so many bytes. */
  async read(length: number): Promise<Buffer> {
    await this.#until(() => this.#length >= length);
    const all = Buffer.concat(this.#received);
    this.#received = [all.subarray(length)];
    this.#length = all.length - length;
    return all.subarray(0, length);
  }

  /** Until the server has ended its side. Throws if it does not. */
  async untilGone(): Promise<void> {
    try {
      await this.#until(() => this.#isGone);
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    }
  }

  /** Does nothing for a while, and drops what comes meanwhile. */
  async idle(milliseconds: number): Promise<void> {
    await sleep(milliseconds);
    this.#received = [];
    this.#length = 0;
  }

  async #until(isReached: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!isReached()) {
      if (this.#isGone) throw new Gone();
      if (Date.now() >= deadline) throw new Error(`the server did not answer within ${PATIENCE} ms`);
      await this.#change(deadline - Date.now());
    }
  }

  #change(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limit);
      this.#changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
