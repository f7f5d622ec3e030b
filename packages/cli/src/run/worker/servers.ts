/**
 * The servers of a supervised process, whichever copy of the library they are of: it tells of them by `node:diagnostics_channel`.
 */

import { subscribe } from "node:diagnostics_channel";
import type { Server as HttpServer } from "node:http";
import type { Server } from "hawser";

export interface ServerMessage {
  readonly server: Server;
  readonly attachedTo: HttpServer | undefined;
}

export class Servers {
  readonly #open: Map<Server, HttpServer | undefined> = new Map();

  /** `changed`: called when there is one more or one less. */
  constructor(changed: () => void) {
    subscribe("hawser:server:listening", (message) => {
      const { server, attachedTo } = message as ServerMessage;
      this.#open.set(server, attachedTo);
      if (attachedTo?.listening === false) attachedTo.once("listening", changed);
      changed();
    });
    subscribe("hawser:server:closed", (message) => {
      this.#open.delete((message as ServerMessage).server);
      changed();
    });
  }

  get all(): readonly Server[] {
    return [...this.#open.keys()];
  }

  /** Whether there is one, and all of them can have connections, and want them. */
  get areReady(): boolean {
    const all = [...this.#open];
    return all.length > 0 && all.every(([server, attachedTo]) => server.isReady && attachedTo?.listening !== false);
  }

  /** Connections, those included whose handshake is not done. */
  get connections(): number {
    return this.all.map((server) => server.metrics()).reduce((sum, one) => sum + one.connections + one.openings, 0);
  }

  get openings(): number {
    return this.all.reduce((sum, server) => sum + server.metrics().openings, 0);
  }

  /** HTTP servers that ours are attached to take no more connections; those that they have go on. Whether there are any. */
  closeAttached(): boolean {
    const attached = [...new Set(this.#open.values())].filter((http) => http?.listening === true);
    // The library has replaced the method of these objects by one that closes our server, too
    for (const http of attached) Object.getPrototypeOf(http).close.call(http);
    return attached.length > 0;
  }
}
