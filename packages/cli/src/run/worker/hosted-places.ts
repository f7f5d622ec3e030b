/**
 * What the library finds in a supervised process: places where the supervisor listens, and the connections that come from them.
 *
 * The interface is the library's (`worker-host.ts` there); it is written down again, because the program may have another copy of it.
 */

import type { Socket } from "node:net";
import type { Address, FromSupervisor, Place } from "../messages.ts";
import type { Channel } from "./channel.ts";

export interface HostedPlace {
  readonly address: Address;
  close(): Promise<void>;
}

export interface WorkerHost {
  readonly version: 1;
  readonly reusesPort: boolean;
  readonly maxConnectionAge: number;
  listen(place: Place, connected: (socket: Socket) => void): Promise<HostedPlace>;
}

/** Where the library looks. */
const KEY = Symbol.for("hawser.workerHost");

export function offer(host: WorkerHost): void {
  Object.defineProperty(globalThis, KEY, { value: host });
}

interface Hosted {
  readonly connected: (socket: Socket) => void;
  readonly resolve: (address: Address) => void;
  readonly reject: (error: Error) => void;
}

export class HostedPlaces {
  readonly #channel: Channel;
  /** How many connections there are, to be told with each that is taken. */
  readonly #count: () => number;
  readonly #places: Map<number, Hosted> = new Map();
  /** Whether places that are closed from now on are wanted again by the worker that comes after this one. */
  isFollowed = false;
  #last = 0;

  constructor(channel: Channel, count: () => number) {
    this.#channel = channel;
    this.#count = count;
  }

  listen(at: Place, connected: (socket: Socket) => void): Promise<HostedPlace> {
    const place = ++this.#last;
    const listening = new Promise<Address>((resolve, reject) => {
      this.#places.set(place, { connected, resolve, reject });
    });
    this.#channel.hold(true);
    this.#channel.say({ type: "listen", place, at });
    return listening.then((address) => ({ address, close: () => this.#close(place) }));
  }

  heard(message: FromSupervisor, socket: Socket | undefined): void {
    if (message.type === "connection") this.#connected(message.place, message.socket, socket);
    else if (message.type === "listening") this.#listening(message.place, message.address);
    else if (message.type === "refused") this.#refused(message);
  }

  #connected(place: number, id: number, socket: Socket | undefined): void {
    const hosted = this.#places.get(place);
    if (hosted === undefined || socket === undefined) {
      this.#channel.say({ type: "declined", socket: id });
      socket?.destroy();
      return;
    }
    // Said before anything is read: until then the supervisor may give it to another
    this.#channel.say({ type: "taken", socket: id, connections: this.#count() + 1 });
    hosted.connected(socket);
  }

  #listening(place: number, address: Address): void {
    this.#places.get(place)?.resolve(address);
  }

  #refused({ place, code, message }: FromSupervisor & { readonly type: "refused" }): void {
    const hosted = this.#places.get(place);
    this.#forget(place);
    hosted?.reject(Object.assign(new Error(message), code === null ? {} : { code }));
  }

  async #close(place: number): Promise<void> {
    if (!this.#places.has(place)) return;
    this.#forget(place);
    this.#channel.say({ type: "unlisten", place, returns: this.isFollowed });
  }

  #forget(place: number): void {
    this.#places.delete(place);
    if (this.#places.size === 0) this.#channel.hold(false);
  }
}
