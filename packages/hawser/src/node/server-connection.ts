/**
 * A connection that a server accepted.
 */

import { type Agreement, Connection } from "./connection.ts";
import type { PendingConnection } from "./pending-connection.ts";
import type { RosterMember } from "./roster.ts";
import type { Session } from "./session.ts";
import type { Endpoints } from "./transport.ts";

export class ServerConnection<UserData = unknown> extends Connection<UserData> implements RosterMember {
  /** Who the client is, as `basicAuth` or `processRequest` found out. */
  readonly username: string | undefined;
  /** Whether the client used TLS, as far as we or trusted proxies know. */
  readonly isSecure: boolean;
  /** @internal */
  place = 0;

  /** @internal */
  constructor(session: Session, agreement: Agreement, endpoints: Endpoints, pending: PendingConnection<UserData>) {
    super(session, agreement, endpoints, pending.assignedId);
    this.username = pending.username;
    this.isSecure = pending.isSecure;
    this.data = pending.data;
  }
}
