/**
 * Who is connected to a server: openings, connections, running handlers, and how many come from each address.
 */

import { ignore } from "./ignore.ts";
import type { Opening } from "./opening.ts";
import { Roster } from "./roster.ts";
import type { ServerConnection } from "./server-connection.ts";

export class Registry<UserData> {
  /** Handshakes that are not decided. */
  readonly openings: Roster<Opening<UserData>> = new Roster();
  /** Those that were answered otherwise than with 101, and whose client has not taken it yet. */
  readonly #answered: Roster<Opening<UserData>> = new Roster();
  readonly connections: Roster<ServerConnection<UserData>> = new Roster();
  /** What runs of each connection's handler; it may outlast the connection. */
  readonly handlers: Map<ServerConnection<UserData>, Promise<void>> = new Map();
  readonly #perAddress: Map<string, number> = new Map();
  readonly #countsAddresses: boolean;
  #whenIdle: (() => void)[] = [];

  /** `countsAddresses`: whether {@link connectionsFrom} will be asked. */
  constructor({ countsAddresses }: { readonly countsAddresses: boolean }) {
    this.#countsAddresses = countsAddresses;
  }

  addConnection(ws: ServerConnection<UserData>): void {
    this.connections.add(ws);
    if (this.#countsAddresses) this.#count(ws.remoteAddress, 1);
  }

  removeConnection(ws: ServerConnection<UserData>): void {
    this.connections.delete(ws);
    if (this.#countsAddresses) this.#count(ws.remoteAddress, -1);
    this.#checkIdle();
  }

  /** Clients that are not connected yet, or whose refusal is under way. */
  get openingCount(): number {
    return this.openings.size + this.#answered.size;
  }

  /** It takes nobody's place from now on, and is still waited for. */
  openingAnswered(opening: Opening<UserData>): void {
    this.openings.delete(opening);
    this.#answered.add(opening);
  }

  removeOpening(opening: Opening<UserData>): void {
    this.openings.delete(opening);
    this.#answered.delete(opening);
    this.#checkIdle();
  }

  addHandler(ws: ServerConnection<UserData>, running: Promise<void>): void {
    const all = this.handlers.has(ws) ? Promise.all([this.handlers.get(ws), running]).then(ignore) : running;
    this.handlers.set(ws, all);
    all.then(() => {
      if (this.handlers.get(ws) === all) this.handlers.delete(ws);
    });
  }

  /** Connections from an address, openings not counted. */
  connectionsFrom(address: string | undefined): number {
    return this.#perAddress.get(address ?? "") ?? 0;
  }

  openingsFrom(address: string | undefined): number {
    let count = 0;
    for (const opening of this.openings) if (opening.remoteAddress === address) count++;
    return count;
  }

  /** Resolves when there is neither an opening nor a connection. */
  untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#checkIdle();
    });
  }

  #checkIdle(): void {
    if (this.openings.size > 0 || this.#answered.size > 0 || this.connections.size > 0) return;
    const resolvers = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of resolvers) resolve();
  }

  #count(address: string | undefined, change: 1 | -1): void {
    const count = this.connectionsFrom(address) + change;
    if (count === 0) this.#perAddress.delete(address ?? "");
    else this.#perAddress.set(address ?? "", count);
  }
}
