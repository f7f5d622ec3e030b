/**
 * A connection during its opening handshake, as the hooks that decide on it see it.
 */

import { randomUUID } from "node:crypto";
import type { Endpoints } from "./transport.ts";

/** What `processRequest` and `processResponse` get; the connection that comes of it has the same `id`, `data` and `username`. */
export class PendingConnection<UserData = unknown> {
  readonly #endpoints: Endpoints;
  #id: string | undefined;

  /** Whatever the application keeps with the connection. */
  data: UserData = undefined as UserData;
  /** Who the client is, once `basicAuth` or a hook of the application's own has found out. */
  username: string | undefined;

  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
  }

  get id(): string {
    this.#id ??= randomUUID();
    return this.#id;
  }

  /**
   * The id, if somebody has asked for it.
   *
   * @internal
   */
  get assignedId(): string | undefined {
    return this.#id;
  }

  get localAddress(): string | undefined {
    return this.#endpoints.localAddress;
  }

  get localPort(): number | undefined {
    return this.#endpoints.localPort;
  }

  /** The client's address; behind trusted proxies, the one that they report. */
  get remoteAddress(): string | undefined {
    return this.#endpoints.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#endpoints.remotePort;
  }

  /** Whether the client used TLS, as far as we or trusted proxies know. */
  get isSecure(): boolean {
    return this.#endpoints.isSecure;
  }
}
