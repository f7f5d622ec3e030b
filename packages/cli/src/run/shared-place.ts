/**
 * A place where the supervisor listens for its workers: connections are accepted here, and handed on unread.
 *
 * The listening socket outlives every worker, so that nobody is refused while one takes another's place. Connections that no worker
 * can take yet wait, for a while and not in any number.
 */

import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { choose, type Order } from "./balance.ts";
import type { Address } from "./messages.ts";
import { removeStaleSocket, setMode } from "./unix-socket.ts";

/** A worker that can take connections. */
export interface Member {
  readonly id: number;
  readonly generation: number;
  readonly load: number;
  /** Whether it gets connections now. */
  readonly isAdmitted: boolean;
  hand(place: SharedPlace, socket: Socket): void;
}

/** Connections that wait for a worker; more are dropped. */
const MAX_WAITING = 1_024;

/** Milliseconds for which they wait: most clients do not wait longer. */
const PATIENCE = 10_000;

export type PlaceOptions = ListenOptions & { readonly mode?: number | undefined; readonly fd?: number };

export class SharedPlace {
  readonly #options: PlaceOptions;
  readonly #order: Order;
  readonly #oldest: () => number;
  readonly #server: Server;
  /** The workers that want connections of this place, and the number that each has given it. */
  readonly #members: Map<Member, number> = new Map();
  readonly #waiting: Map<Socket, NodeJS.Timeout> = new Map();
  #last = 0;
  #isClosed = false;

  /** `oldest`: the generation before which workers get connections only if there are no others. */
  constructor(options: PlaceOptions, order: Order, oldest: () => number) {
    this.#options = options;
    this.#order = order;
    this.#oldest = oldest;
    // Whoever gets the socket decides what happens at its end
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => this.#accepted(socket));
  }

  /** Rejects with what Node reports. */
  async listen(): Promise<void> {
    const { path, mode } = this.#options;
    try {
      await this.#tryListen();
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (path === undefined || !isTaken || !(await removeStaleSocket(path))) throw error;
      await this.#tryListen();
    }
    // What goes wrong later concerns one connection that could not be accepted
    this.#server.on("error", () => {});
    if (path !== undefined && mode !== undefined) await setMode(path, mode);
  }

  get address(): Address {
    return this.#server.address();
  }

  get isUsed(): boolean {
    return this.#members.size > 0;
  }

  /** By which number a member knows this place. */
  numberFor(member: Member): number | undefined {
    return this.#members.get(member);
  }

  join(member: Member, number: number): void {
    this.#members.set(member, number);
    this.flush();
  }

  leave(member: Member): void {
    this.#members.delete(member);
  }

  /** Hands on what waits, if somebody takes it now. */
  flush(): void {
    for (const socket of this.#waiting.keys()) {
      const member = this.#choose();
      if (member === undefined) return;
      this.#forget(socket);
      this.#hand(member, socket);
    }
  }

  /** A connection goes to whose turn it is, also one that came back from a worker. */
  distribute(socket: Socket): void {
    if (socket.destroyed) return;
    const member = this.#choose();
    if (member !== undefined) this.#hand(member, socket);
    else if (this.#waiting.size < MAX_WAITING && !this.#isClosed) this.#wait(socket);
    else socket.destroy();
  }

  close(): void {
    this.#isClosed = true;
    this.#server.close();
    for (const socket of this.#waiting.keys()) {
      this.#forget(socket);
      socket.destroy();
    }
  }

  #tryListen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#options, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  #accepted(socket: Socket): void {
    socket.on("error", () => {});
    this.distribute(socket);
  }

  #choose(): Member | undefined {
    const open = [...this.#members.keys()].filter(({ isAdmitted }) => isAdmitted);
    return choose(open, this.#order, this.#last, this.#oldest());
  }

  #hand(member: Member, socket: Socket): void {
    this.#last = member.id;
    member.hand(this, socket);
  }

  #wait(socket: Socket): void {
    const expire = () => {
      this.#forget(socket);
      socket.destroy();
    };
    this.#waiting.set(socket, setTimeout(expire, PATIENCE));
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#waiting.get(socket));
    this.#waiting.delete(socket);
  }
}
