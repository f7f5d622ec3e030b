/**
 * The options of `serve()`, as its user gives them.
 */

import type { TlsOptions } from "node:tls";
import type { ServerExtensionFactory } from "../handshake/extension-negotiation.ts";
import type { Origins } from "../handshake/origin.ts";
import type { SubprotocolSelector } from "../handshake/server-handshake.ts";
import type { Backplane } from "../pubsub/backplane.ts";
import type { AttachableServer } from "./attached-handshake.ts";
import type { CompressionOption } from "./compression.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "./connection-options.ts";
import type { ProcessRequest, ProcessResponse } from "./request-hooks.ts";
import type { TopicsOption } from "./topic-options.ts";
import type { TrustProxyOption } from "./trusted-proxies.ts";

export interface ServeOptions<UserData = unknown> extends ConnectionOptions {
  /**
   * TCP port; 0 lets the system choose one, which `server.port` tells.
   *
   * @default 0
   */
  readonly port?: number;
  /**
   * Address or name of the interface to listen on.
   *
   * @default all interfaces
   */
  readonly host?: string;
  /** Listen on a Unix socket at this path instead. A socket that a dead process left there is replaced. */
  readonly path?: string;
  /**
   * The file mode of the Unix socket. A router that runs as another user needs `0o666`.
   *
   * @default 0o600
   */
  readonly mode?: number;
  /** Listen on an inherited descriptor instead: see `listenFds()`. */
  readonly fd?: number;
  /**
   * Attach to an existing server of `node:http`, `node:https` or `node:http2`, which goes on answering ordinary requests, instead
   * of listening. With HTTP/2, clients open connections as RFC 8441 says, many over one TCP connection; a server that allows
   * HTTP/1 as well takes both.
   */
  readonly server?: AttachableServer;
  /**
   * With `server`: accept handshakes of this path alone, and leave others to other listeners.
   *
   * @default every path
   */
  readonly pathname?: string;
  /**
   * Let several processes listen on the same port, and the kernel distribute connections. Needs Node 22.12 and a system that
   * has it.
   *
   * @default false
   */
  readonly reusePort?: boolean;
  /**
   * Connections that the kernel keeps until they are accepted.
   *
   * @default 511
   */
  readonly backlog?: number;
  /** Options of `node:tls`: the server speaks `wss`. */
  readonly tls?: TlsOptions;
  /**
   * From which web pages browsers may connect: `"same-origin"`, `"any"`, or a list of origins and regular expressions that
   * match whole origins; `null` in the list stands for requests without Origin.
   *
   * With `"any"`, every page that a user visits can use the user's cookies and network to talk to this server.
   *
   * @default "same-origin"
   */
  readonly origins?: Origins;
  /** Subprotocols in order of preference. A client that offers none of them is refused with 400. */
  readonly subprotocols?: readonly string[];
  /** Chooses among the subprotocols that a client offers, in place of the order of preference. */
  readonly selectSubprotocol?: SubprotocolSelector;
  /**
   * Compression of messages: `"deflate"` negotiates permessage-deflate with small windows; an object sets its options.
   *
   * @default "deflate"
   */
  readonly compression?: CompressionOption;
  /**
   * Extensions to negotiate, before the one that `compression` stands for. A `permessage-deflate` here takes the place of that
   * default.
   *
   * @default none
   */
  readonly extensions?: readonly ServerExtensionFactory[];
  /** Looks at every HTTP request first, and may answer it: health checks, authentication, redirects. */
  readonly processRequest?: ProcessRequest<UserData>;
  /** Looks at the response to every WebSocket handshake before it is sent. */
  readonly processResponse?: ProcessResponse<UserData>;
  /**
   * The `Server` header; `null`: none.
   *
   * @default "hawser"
   */
  readonly serverHeader?: string | null;
  /**
   * Milliseconds for the whole opening handshake, TLS included; then the connection is dropped.
   *
   * @default 10_000
   */
  readonly openTimeout?: number;
  /**
   * What topics are like: one set of options for all of them, or a function from a topic's name to its own.
   *
   * @default every topic as broadcasts are
   */
  readonly topics?: TopicsOption;
  /**
   * What carries publications to the subscribers of other processes. It serves this server alone, which closes it at its end.
   *
   * @default none: topics are of this process
   */
  readonly backplane?: Backplane;
  /**
   * Whether `isReady` stays true while the backplane's engine is away. Subscribers in this process get what is published in it
   * either way.
   *
   * @default true
   */
  readonly readyWithoutBackplane?: boolean;
  /**
   * Connections at the same time; more are refused with 503 and `Retry-After`.
   *
   * @default Infinity
   */
  readonly maxConnections?: number;
  /**
   * Connections from one address at the same time; more are refused with 503 and `Retry-After`. Behind a router, set
   * `trustProxy` or `proxyProtocol` too, or all clients share the router's address.
   *
   * @default Infinity
   */
  readonly maxConnectionsPerAddress?: number;
  /**
   * Milliseconds after which a connection is closed with 1012, 10 % more or less; `null`: never. Clients come back, and find
   * processes that were started meanwhile.
   *
   * @default null, or what `hawser run --max-connection-age` says
   */
  readonly maxConnectionAge?: number | null;
  /**
   * Which peers are believed when they say, in `Forwarded` or `X-Forwarded-*` headers, for whom they speak.
   *
   * Believing everybody (`true`) lets every client claim any address and origin.
   *
   * @default false
   */
  readonly trustProxy?: TrustProxyOption;
  /**
   * Whether connections begin with a PROXY protocol header (v1 or v2), as HAProxy and load balancers send it.
   *
   * `"optional"` lets every client claim any address; it is for moving from one to the other.
   *
   * @default "off"
   */
  readonly proxyProtocol?: "off" | "optional" | "required";
  /**
   * Bytes of the request line and of each header; more: 414, 431.
   *
   * @default 8_192
   */
  readonly maxLineLength?: number;
  /**
   * Headers of a request; more: 431.
   *
   * @default 128
   */
  readonly maxHeaders?: number;
  /**
   * Bytes of all headers together; more: 431.
   *
   * @default 65_536
   */
  readonly maxHeaderSize?: number;
  /**
   * How sockets are driven: `"stream"` by Node's public stream interface alone; `"auto"` lets accepted sockets read into one
   * buffer where a trial at the start finds that this works, which saves memory and time for each read.
   *
   * `"handle"` is experimental: without sockets, by undocumented parts of Node, on versions that it was tried on and where a trial
   * in a child process finds that it works. Otherwise, and with `tls`, `proxyProtocol` or `server`, it is `"auto"` and a warning.
   *
   * @default "auto"
   */
  readonly transport?: "auto" | "stream" | "handle";
  /** Aborting it closes the server: the same as `server.close()`. */
  readonly signal?: AbortSignal;
}

export const SERVE_OPTIONS = [
  ...CONNECTION_OPTIONS,
  "port",
  "host",
  "path",
  "mode",
  "fd",
  "server",
  "pathname",
  "reusePort",
  "backlog",
  "tls",
  "origins",
  "subprotocols",
  "selectSubprotocol",
  "compression",
  "extensions",
  "processRequest",
  "processResponse",
  "serverHeader",
  "openTimeout",
  "topics",
  "backplane",
  "readyWithoutBackplane",
  "maxConnections",
  "maxConnectionsPerAddress",
  "maxConnectionAge",
  "trustProxy",
  "proxyProtocol",
  "maxLineLength",
  "maxHeaders",
  "maxHeaderSize",
  "transport",
  "signal",
] as const satisfies readonly (keyof ServeOptions)[];
