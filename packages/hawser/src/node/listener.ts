/**
 * Where a server's connections come from: a listening socket of its own.
 */

import { createServer, type ListenOptions, type Server as NetServer } from "node:net";
import { type ArrivalSettings, Arrivals, type TransportHandler } from "./arrivals.ts";
import { HandleTransport } from "./handle-transport.ts";
import { ignore } from "./ignore.ts";
import { shareReadsOfAll } from "./shared-reads.ts";
import type { HandleDrive } from "./socket-drive.ts";
import { type StreamHandle, takeConnections } from "./tcp-handles.ts";

/** A place where connections come from. */
export interface Listener {
  /** As `net.Server.address()` gives it. */
  readonly address: ReturnType<NetServer["address"]>;
  /** Takes no more connections; resolves when the place is given up. */
  close(): Promise<void>;
}

export interface SocketListenerSettings extends ArrivalSettings {
  readonly listen: ListenOptions;
  /** What takes the place of sockets. */
  readonly handles: HandleDrive | undefined;
}

export class SocketListener implements Listener {
  readonly #settings: SocketListenerSettings;
  readonly #onTransport: TransportHandler;
  readonly #arrivals: Arrivals;
  readonly #server: NetServer;
  #drivesHandles = false;

  constructor(settings: SocketListenerSettings, onTransport: TransportHandler) {
    this.#settings = settings;
    this.#onTransport = onTransport;
    this.#arrivals = new Arrivals(settings, onTransport);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true });
    this.#server.on("connection", (socket) => this.#arrivals.connected(socket));
  }

  /** Resolves once listening. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#settings.listen, () => {
        this.#server.off("error", reject);
        // What goes wrong later concerns one connection that could not be accepted: the others go on
        this.#server.on("error", ignore);
        this.#takeConnections();
        resolve();
      });
    });
  }

  /** Whether connections come as handles, as `drive` may ask; else as sockets. */
  get drivesHandles(): boolean {
    return this.#drivesHandles;
  }

  get address(): ReturnType<NetServer["address"]> {
    return this.#server.address();
  }

  close(): Promise<void> {
    this.#arrivals.close();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Takes what is accepted before the server makes a socket of it, if there is a better way to drive it. */
  #takeConnections(): void {
    const { handles, sharesReads } = this.#settings;
    const arrivals = this.#arrivals;
    if (handles !== undefined) this.#takeHandles(handles);
    else if (sharesReads) shareReadsOfAll(this.#server, arrivals.onread, (socket) => arrivals.accepted(socket, true));
  }

  #takeHandles({ driver, kind }: HandleDrive): void {
    this.#drivesHandles = takeConnections(this.#server, kind, (handle: StreamHandle) => {
      const since = performance.now();
      handle.setNoDelay?.(true);
      const transport = new HandleTransport(handle, driver);
      this.#onTransport(transport, transport.endpoints, since);
    });
  }
}
