/**
 * A connection that a server accepted.
 */

import { type Agreement, Connection } from "./connection.ts";
import type { PendingConnection } from "./pending-connection.ts";
import type { Session } from "./session.ts";
import type { Endpoints } from "./transport.ts";

export class ServerConnection<UserData = unknown> extends Connection<UserData> {
  readonly #pending: PendingConnection<UserData>;

  /** @internal */
  constructor(session: Session, agreement: Agreement, endpoints: Endpoints, pending: PendingConnection<UserData>) {
    super(session, agreement, endpoints);
    this.#pending = pending;
    this.data = pending.data;
  }

  override get id(): string {
    return this.#pending.id;
  }

  /** Who the client is, as `basicAuth` or `processRequest` found out. */
  get username(): string | undefined {
    return this.#pending.username;
  }

  /** Whether the client used TLS, as far as we or trusted proxies know. */
  get isSecure(): boolean {
    return this.#pending.isSecure;
  }
}
