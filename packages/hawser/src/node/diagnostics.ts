/**
 * What happens, told on channels of `node:diagnostics_channel`. Nothing is made to be told as long as nobody listens.
 */

import { channel } from "node:diagnostics_channel";
import type { HttpRequestHead } from "../handshake/http-request.ts";
import type { CloseInitiator } from "./ending.ts";

/**
 * The channels, and the shapes of their messages; what kind of objects they are about, `diagnostics-messages.ts` says. Durations
 * are in milliseconds.
 */
export interface ChannelMessages {
  /** A server listens, or is attached to an HTTP server. */
  readonly "hawser:server:listening": {
    readonly server: object;
    /** The HTTP server that it is attached to, if it does not listen by itself. */
    readonly attachedTo: object | undefined;
  };
  /** A server has closed, and all its connections and handlers have ended. */
  readonly "hawser:server:closed": { readonly server: object };
  /** An opening handshake succeeded. */
  readonly "hawser:connection:open": {
    readonly connection: object;
    /** Since the client had connected. */
    readonly duration: number;
  };
  /** A server's connection has ended. */
  readonly "hawser:connection:close": ConnectionEnd & { readonly connection: object };
  /** A handshake was refused. */
  readonly "hawser:connection:refused": {
    readonly remoteAddress: string | undefined;
    /** `undefined` if there was none that could be read. */
    readonly request: HttpRequestHead | undefined;
    readonly status: number;
    /** As in the metrics' label: `"origin_not_allowed"`. */
    readonly reason: string;
  };
  /** A client has not answered a ping in time, and is given up. */
  readonly "hawser:connection:ping-timeout": { readonly connection: object };
  /** A broadcast found a receiver too slow. */
  readonly "hawser:connection:slow": {
    readonly connection: object;
    readonly action: SlowAction;
    readonly bufferedAmount: number;
  };
  /** A message was sent to many: by `broadcast()`, or to the subscribers of a topic. */
  readonly "hawser:broadcast": DeliveryCounts & {
    /** Of the message, before it is encoded. */
    readonly bytes: number;
    /** For which the call kept the event loop. */
    readonly duration: number;
  };
  /** `publish()` was called. */
  readonly "hawser:publish": DeliveryCounts & { readonly topic: string };
  readonly "hawser:backplane:up": { readonly name: string };
  readonly "hawser:backplane:down": { readonly name: string; readonly cause: unknown };
  /** `connect()` has opened a connection. */
  readonly "hawser:client:open": { readonly connection: object };
  /** It has ended. */
  readonly "hawser:client:close": Omit<ConnectionEnd, "duration"> & { readonly connection: object };
}

/** What became of a message to many: how many connections got it, did not, and were lost by it. */
export interface DeliveryCounts {
  readonly sent: number;
  readonly skipped: number;
  readonly failed: number;
}

/** What became of a slow consumer. */
export type SlowAction = "close" | "skip" | "conflate";

export interface ConnectionEnd {
  /** As the connection's `closeCode` and `closeReason`. */
  readonly code: number;
  readonly reason: string;
  /** Whose Close frame came first; `"none"`: the TCP connection ended without any. */
  readonly initiator: CloseInitiator;
  /** Since it had opened. */
  readonly duration: number;
}

/** A channel for one kind of message. Ask {@link hasSubscribers} before making a message. */
interface TypedChannel<Message> {
  readonly hasSubscribers: boolean;
  publish(message: Message): void;
}

export type DiagnosticsChannel = keyof ChannelMessages;

function typed<Name extends DiagnosticsChannel>(name: Name): TypedChannel<ChannelMessages[Name]> {
  return channel(name);
}

/** To publish on. */
export const diagnostics = {
  serverListening: typed("hawser:server:listening"),
  serverClosed: typed("hawser:server:closed"),
  connectionOpen: typed("hawser:connection:open"),
  connectionClose: typed("hawser:connection:close"),
  connectionRefused: typed("hawser:connection:refused"),
  pingTimeout: typed("hawser:connection:ping-timeout"),
  slowConsumer: typed("hawser:connection:slow"),
  broadcast: typed("hawser:broadcast"),
  publish: typed("hawser:publish"),
  backplaneUp: typed("hawser:backplane:up"),
  backplaneDown: typed("hawser:backplane:down"),
  clientOpen: typed("hawser:client:open"),
  clientClose: typed("hawser:client:close"),
} as const;
