/**
 * The connections of both sides on any transport, as `connect()` and `serve()` make them once the handshake is done.
 */

import { ClientConnection } from "../node/client-connection.ts";
import { type ConnectionOptions, resolveConnectionOptions } from "../node/connection-options.ts";
import { silentLogger } from "../node/logger.ts";
import { randomMaskingKey } from "../node/masking-keys.ts";
import { PendingConnection } from "../node/pending-connection.ts";
import { ServerConnection } from "../node/server-connection.ts";
import { Session, type SessionOwner } from "../node/session.ts";
import type { TimingWheel } from "../node/timing-wheel.ts";
import { resolveTopics } from "../node/topic-options.ts";
import { ServerTopics } from "../node/topics.ts";
import type { Transport } from "../node/transport.ts";
import type { SideAgreement } from "./memory-handshake.ts";

/** What a connection of either side is made of. */
export interface ConnectionParts {
  readonly transport: Transport;
  readonly agreement: SideAgreement;
  readonly wheel: TimingWheel;
  readonly options: ConnectionOptions;
}

/** Messages wait in the connection's inbox, and nobody needs to be told of its end. */
const NO_OWNER: SessionOwner = { closed() {} };

/** Of a server that has this one connection. */
class OnlyOwner<UserData> implements SessionOwner {
  readonly topics: ServerTopics;
  connection: ServerConnection<UserData> | undefined;

  constructor(wheel: TimingWheel) {
    const settingsOf = resolveTopics(undefined, "close");
    this.topics = new ServerTopics({ settingsOf, backplane: undefined, wheel, logger: silentLogger });
  }

  closed(): void {
    this.topics.leave(this.connection!);
  }
}

export function createClientConnection<UserData>(parts: ConnectionParts): ClientConnection<UserData> {
  const settings = resolveConnectionOptions("connect", "client", randomMaskingKey, parts.options);
  const { transport, agreement, wheel } = parts;
  const session = new Session(settings, transport, agreement.extensions, wheel, NO_OWNER);
  const connection = new ClientConnection<UserData>(session, agreement, transport.endpoints);
  session.start();
  return connection;
}

export function createServerConnection<UserData>(parts: ConnectionParts): ServerConnection<UserData> {
  const settings = resolveConnectionOptions("serve", "server", undefined, parts.options);
  const { transport, agreement, wheel } = parts;
  const owner = new OnlyOwner<UserData>(wheel);
  const session = new Session(settings, transport, agreement.extensions, wheel, owner);
  const pending = new PendingConnection<UserData>(transport.endpoints);
  const connection = new ServerConnection<UserData>(session, agreement, transport.endpoints, pending, owner.topics);
  owner.connection = connection;
  session.start();
  return connection;
}
