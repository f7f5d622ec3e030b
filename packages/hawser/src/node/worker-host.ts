/**
 * What a supervisor, such as `hawser run`, offers to the servers of the processes that it starts.
 *
 * It is looked up under a name of the whole process, because the supervisor's part of a process and the program may each have
 * a copy of this package of their own. Knows no supervisor.
 */

import type { Server as NetServer, Socket } from "node:net";

/** Where a server wants to listen: the options of `serve()`. */
export interface WorkerPlace {
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  readonly mode?: number;
  readonly fd?: number;
  readonly backlog: number;
}

/** A place where the supervisor listens for this process. */
export interface HostedPlace {
  /** As `net.Server.address()` gives it. */
  readonly address: ReturnType<NetServer["address"]>;
  /** No more sockets come. */
  close(): Promise<void>;
}

export interface WorkerHost {
  readonly version: 1;
  /** Whether servers listen by themselves, on a port that they share by `reusePort`. */
  readonly reusesPort: boolean;
  /** What `maxConnectionAge` is where `serve()` does not say. */
  readonly maxConnectionAge: number;
  /**
   * The supervisor listens, and hands on connections: paused sockets that nobody has read from.
   *
   * Rejects with what Node reports when it cannot listen.
   */
  listen(place: WorkerPlace, connected: (socket: Socket) => void): Promise<HostedPlace>;
}

const KEY = Symbol.for("hawser.workerHost");

/** The supervisor of this process; `undefined` if there is none, or one that this version does not understand. */
export function workerHost(): WorkerHost | undefined {
  const { [KEY]: host } = globalThis as { [KEY]?: WorkerHost };
  return host?.version === 1 ? host : undefined;
}
