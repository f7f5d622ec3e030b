/**
 * The latest value for those who are behind: kept instead of all the ones before it, and sent when there is room.
 */

import type { BroadcastOptions } from "./broadcast.ts";
import { type Connection, SESSION } from "./connection.ts";
import { ignore } from "./ignore.ts";

/** What waits for a connection, and how it is to be sent. */
interface Kept {
  message: string | Uint8Array;
  compress: boolean | undefined;
}

export class Conflation {
  readonly #kept: Map<Connection, Kept> = new Map();

  /** Whether the next message is to be kept: one is already, or more than `writeLimit` waits for the connection. */
  isBehind(ws: Connection): boolean {
    return ws.state === "open" && (this.#kept.has(ws) || ws[SESSION].isOutputFull());
  }

  /** Keeps `message`, which nobody changes, in place of what is kept. */
  keep(ws: Connection, message: string | Uint8Array, { compress }: BroadcastOptions): void {
    const kept = this.#kept.get(ws);
    if (kept !== undefined) {
      kept.message = message;
      kept.compress = compress;
      return;
    }
    this.#kept.set(ws, { message, compress });
    // Whoever is closed was forgotten when its subscription ended
    ws[SESSION].outbox.untilRoom().then(() => this.#send(ws), ignore);
  }

  forget(ws: Connection): void {
    this.#kept.delete(ws);
  }

  #send(ws: Connection): void {
    const kept = this.#kept.get(ws);
    if (kept === undefined) return;
    this.#kept.delete(ws);
    const { message, compress } = kept;
    try {
      ws.sendNow(message, compress === undefined ? {} : { compress });
    } catch (error) {
      // An extension of the application's own may throw
      ws[SESSION].settings.logger.error({ err: error }, "a message that was kept could not be sent");
    }
  }
}
