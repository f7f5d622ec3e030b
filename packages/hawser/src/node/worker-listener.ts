/**
 * Where the connections of a supervised process come from: its supervisor listens, and hands them on.
 */

import type { Socket } from "node:net";
import { type ArrivalSettings, Arrivals, type TransportHandler } from "./arrivals.ts";
import type { Listener } from "./listener.ts";
import type { HostedPlace, WorkerHost, WorkerPlace } from "./worker-host.ts";

export class WorkerListener implements Listener {
  readonly #arrivals: Arrivals;
  #place: HostedPlace | undefined;
  #isClosed = false;

  private constructor(settings: ArrivalSettings, onTransport: TransportHandler) {
    this.#arrivals = new Arrivals(settings, onTransport);
  }

  /** Resolves once the supervisor listens. */
  static async open(
    host: WorkerHost,
    place: WorkerPlace,
    settings: ArrivalSettings,
    onTransport: TransportHandler,
  ): Promise<WorkerListener> {
    const listener = new WorkerListener(settings, onTransport);
    listener.#place = await host.listen(place, (socket) => listener.#connected(socket));
    return listener;
  }

  get address(): Listener["address"] {
    return this.#place?.address ?? null;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#arrivals.close();
    await this.#place?.close();
  }

  #connected(socket: Socket): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    // What the server's own listening socket would have given it
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.#arrivals.connected(socket);
  }
}
