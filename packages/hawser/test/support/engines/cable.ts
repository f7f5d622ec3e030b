/**
 * What lies between a client and an engine, and can be cut: a server that passes bytes on.
 */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class Cable {
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #isCut = false;
  #port = 0;

  constructor(target: number) {
    this.#target = target;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  get port(): number {
    return this.#port;
  }

  async lay(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as { readonly port: number }).port;
  }

  /** All connections end, and new ones do at once. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Connections stay, and nothing comes through any more. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  mend(): void {
    this.#isCut = false;
  }

  async remove(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(near: Socket): void {
    if (this.#isCut) {
      near.on("error", () => {}).resetAndDestroy();
      return;
    }
    const far = connect({ port: this.#target, host: "127.0.0.1", noDelay: true });
    near.pipe(far).pipe(near);
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
