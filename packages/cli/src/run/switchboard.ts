/**
 * Which place of the supervisor's a worker's server gets: the same for the same wish of every worker, or one of its own.
 */

import type { Order } from "./balance.ts";
import type { Address, Place } from "./messages.ts";
import type { Balance } from "./run-settings.ts";
import { type Member, type PlaceOptions, SharedPlace } from "./shared-place.ts";

interface Entry {
  readonly place: SharedPlace;
  readonly listening: Promise<void>;
  /** It cannot be opened a second time: its number would be another descriptor's. */
  readonly isInherited: boolean;
}

export class Switchboard {
  readonly #balance: Balance;
  readonly #order: Order;
  /** Descriptors that were inherited: the n-th server of each worker listens on the n-th of them. */
  readonly #descriptors: readonly number[];
  readonly #onListening: (address: Address) => void;
  readonly #entries: Map<string, Entry> = new Map();
  #oldest = 1;

  constructor(balance: Balance, descriptors: readonly number[], onListening: (address: Address) => void) {
    this.#balance = balance;
    this.#order = balance.type === "least-connections" ? "fewest" : "in-turn";
    this.#descriptors = descriptors;
    this.#onListening = onListening;
  }

  /** A worker's `number`-th server wants to listen. Rejects with what Node reports. */
  async join(member: Member, number: number, at: Place): Promise<SharedPlace> {
    const [key, options] = this.#resolve(member, number, at);
    const { place, listening } = this.#entries.get(key) ?? this.#open(key, options);
    await listening;
    place.join(member, number);
    return place;
  }

  /** The worker closed that server. A place that nobody wants any more is given up, unless it is kept for who comes next. */
  leave(member: Member, number: number, { isKept }: { readonly isKept: boolean }): void {
    for (const [key, { place, isInherited }] of this.#entries) {
      if (place.numberFor(member) !== number) continue;
      place.leave(member);
      if (place.isUsed || isKept || isInherited) continue;
      this.#entries.delete(key);
      place.close();
    }
  }

  /** The worker has ended. Its places stay: it did not say that nobody shall listen there. */
  forget(member: Member): void {
    for (const { place } of this.#entries.values()) place.leave(member);
  }

  /** Workers before this generation get connections only if there are no others. */
  prefer(oldest: number): void {
    this.#oldest = oldest;
  }

  /** Somebody has been admitted. */
  flush(): void {
    for (const { place } of this.#entries.values()) place.flush();
  }

  /** Nothing is accepted any more. */
  close(): void {
    for (const { place } of this.#entries.values()) place.close();
    this.#entries.clear();
  }

  #open(key: string, options: PlaceOptions): Entry {
    const place = new SharedPlace(options, this.#order, () => this.#oldest);
    const listening = place.listen();
    const entry = { place, listening, isInherited: options.fd !== undefined };
    this.#entries.set(key, entry);
    listening.then(
      () => this.#onListening(place.address),
      () => this.#entries.delete(key),
    );
    return entry;
  }

  #resolve({ id }: Member, number: number, at: Place): readonly [key: string, options: PlaceOptions] {
    const { backlog, host, path, mode, fd, port = 0 } = at;
    const inherited = this.#descriptors[number - 1];
    const descriptor = fd ?? inherited;
    if (descriptor !== undefined) return [`fd ${descriptor}`, { fd: descriptor, backlog }];
    const own = number === 1 ? this.#ownPlace(id, at) : undefined;
    if (own !== undefined) return [`worker ${id}`, own];
    if (path !== undefined) return [`path ${path}`, { path, mode, backlog }];
    // Each server on a port of the system's choice has one of its own, the same in every worker
    const key = port === 0 ? `port 0 of ${number}` : `port ${port} ${host ?? ""}`;
    return [key, { port, backlog, ...(host === undefined ? {} : { host }) }];
  }

  #ownPlace(id: number, { backlog, host, mode = 0o600 }: Place): PlaceOptions | undefined {
    const balance = this.#balance;
    if (balance.type === "unix") {
      return { path: balance.pattern.replaceAll("%d", String(id)), mode: balance.mode ?? mode, backlog };
    }
    if (balance.type !== "ports") return undefined;
    return { port: balance.first + id - 1, backlog, ...(host === undefined ? {} : { host }) };
  }
}
