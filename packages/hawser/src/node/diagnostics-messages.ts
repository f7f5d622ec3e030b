/**
 * What applications get on the channels of `node:diagnostics_channel`: see `diagnostics.ts`.
 */

import type { ClientConnection } from "./client-connection.ts";
import type { ChannelMessages } from "./diagnostics.ts";
import type { Server } from "./server.ts";
import type { ServerConnection } from "./server-connection.ts";

/** Channels that tell of one of a server's connections. */
type ConnectionChannel = `hawser:connection:${"open" | "close" | "ping-timeout" | "slow"}`;

/**
 * The channels by name, and their messages.
 *
 * ```ts
 * import { subscribe } from "node:diagnostics_channel";
 * import type { DiagnosticsMessages } from "hawser";
 *
 * subscribe("hawser:connection:slow", (message) => {
 *   const { connection, action } = message as DiagnosticsMessages["hawser:connection:slow"];
 *   console.log(connection.id, action);
 * });
 * ```
 */
export type DiagnosticsMessages = {
  readonly [Name in keyof ChannelMessages]: Omit<ChannelMessages[Name], "connection" | "server"> & Subject<Name>;
};

type Subject<Name> = Name extends ConnectionChannel
  ? { readonly connection: ServerConnection }
  : Name extends `hawser:client:${string}`
    ? { readonly connection: ClientConnection }
    : Name extends `hawser:server:${string}`
      ? { readonly server: Server }
      : unknown;
