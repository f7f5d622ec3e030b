/**
 * The options of `connect()`, with their defaults, and the settings they become.
 */

import type { LookupFunction } from "node:net";
import { createSecureContext, type ConnectionOptions as TlsOptions } from "node:tls";
import type { ClientExtensionFactory } from "../handshake/extension-negotiation.ts";
import { type HeadersLike, HttpHeaders } from "../handshake/http-headers.ts";
import { consistsOf, FIELD_VALUE } from "../handshake/octets.ts";
import { checkSubprotocols } from "../handshake/subprotocol.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { type CompressionOption, withCompression } from "./compression.ts";
import {
  CONNECTION_OPTIONS,
  type ConnectionOptions,
  type ConnectionSettings,
  resolveConnectionOptions,
} from "./connection-options.ts";
import { randomMaskingKey } from "./masking-keys.ts";
import { checkDuration, checkFunction, checkLimit } from "./option-checks.ts";
import { type ProxyAddress, parseProxyAddress } from "./proxy-address.ts";
import { VERSION } from "./version.ts";

export interface ConnectOptions extends ConnectionOptions {
  /**
   * Subprotocols to offer, the preferred first. A server that chooses none is accepted; see `connection.subprotocol`.
   *
   * @default []
   */
  readonly subprotocols?: readonly string[];
  /**
   * `"deflate"` offers `permessage-deflate; client_max_window_bits` and nothing else: there are servers that refuse an offer
   * with more. `false`: none; an object: permessage-deflate with these options.
   *
   * @default "deflate"
   */
  readonly compression?: CompressionOption;
  /**
   * Extensions to offer, the preferred first, before the one that `compression` stands for. A `permessage-deflate` here takes
   * the place of that default.
   *
   * @default []
   */
  readonly extensions?: readonly ClientExtensionFactory[];
  /** The header `Origin`, which browsers send and other clients need not. Default: none. */
  readonly origin?: string;
  /**
   * More headers for the request. They replace Host, Origin, User-Agent and Authorization; those that make the handshake are
   * refused.
   */
  readonly headers?: HeadersLike;
  /**
   * The header `User-Agent`; `null`: none.
   *
   * @default "hawser/" and the version
   */
  readonly userAgent?: string | null;
  /**
   * Options of `node:tls` for a `wss:` URL: `ca`, `cert`, `key`, `servername`, ... Where to connect to is not theirs to say.
   * `rejectUnauthorized: false` lets anybody on the way read and change everything.
   */
  readonly tls?: TlsOptions;
  /**
   * `true`: the proxy that the environment names (`wss_proxy`, `ws_proxy`, `socks_proxy`, `https_proxy`, `http_proxy`), unless
   * `no_proxy` excludes the host or it is this machine. A URL (`http:`, `https:`, `socks4:`, `socks4a:`, `socks5:`, `socks5h:`,
   * with user and password where needed): that one, always. `null`: none.
   *
   * The SOCKS ones need the package `socks`; `socks4a` and `socks5h` have the proxy look up the host's name.
   *
   * @default true
   */
  readonly proxy?: true | string | URL | null;
  /** Options of `node:tls` for the connection to an `https:` proxy. */
  readonly proxyTls?: TlsOptions;
  /**
   * Redirects to follow; 0: none. Never from `wss:` to `ws:`; to another origin, without credentials.
   *
   * @default 10
   */
  readonly maxRedirects?: number;
  /**
   * Milliseconds for everything until the connection is open: name look-up, proxy, TLS, handshake, redirects.
   *
   * @default 10_000
   */
  readonly openTimeout?: number;
  /**
   * Aborting it ends the opening at any stage; `connect()` rejects with its reason then. An open connection is not affected,
   * but in `connect.forever()`, where aborting ends everything.
   */
  readonly signal?: AbortSignal | undefined;
  /** A Unix socket to connect to, in place of the URL's host and port; without a proxy. */
  readonly path?: string;
  /**
   * Open the connection as a stream of HTTP/2 (RFC 8441). All such connections to the same server with the same options for the
   * way there share one TCP connection. A server that does not offer it is a {@link HandshakeError}; `ws:` needs one that speaks
   * HTTP/2 without TLS.
   *
   * @default false
   */
  readonly http2?: boolean;
  /**
   * How host names are looked up.
   *
   * @default dns.lookup
   */
  readonly lookup?: LookupFunction;
}

export const CONNECT_OPTIONS: readonly (keyof ConnectOptions)[] = [
  ...CONNECTION_OPTIONS,
  "subprotocols",
  "compression",
  "extensions",
  "origin",
  "headers",
  "userAgent",
  "tls",
  "proxy",
  "proxyTls",
  "maxRedirects",
  "openTimeout",
  "signal",
  "path",
  "http2",
  "lookup",
];

/** The defaults, and why they are what they are. */
export const ConnectDefaults = {
  USER_AGENT: `hawser/${VERSION}` as string,
  /** As many as Python's `websockets` and curl's users meet at most; more is a loop. */
  MAX_REDIRECTS: 10,
  /** Several round trips on a bad line, and less than a person waits. */
  OPEN_TIMEOUT: 10_000,
} as const;

/** Everything that `connect()` needs to know, resolved. */
export interface ConnectSettings {
  readonly connection: ConnectionSettings;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ClientExtensionFactory[];
  readonly origin: string | null;
  readonly headers: HttpHeaders;
  readonly userAgent: string | null;
  readonly tls: TlsOptions;
  /** As they were given: the same object means the same options. */
  readonly givenTls: TlsOptions | undefined;
  readonly proxy: "environment" | ProxyAddress | null;
  readonly proxyTls: TlsOptions;
  readonly maxRedirects: number;
  readonly openTimeout: number;
  readonly signal: AbortSignal | undefined;
  readonly path: string | undefined;
  readonly http2: boolean;
  readonly lookup: LookupFunction | undefined;
}

/** @throws {TypeError | RangeError} for an unknown option or a value that is not allowed. */
export function resolveConnectOptions(
  options: ConnectOptions,
  known: readonly string[] = CONNECT_OPTIONS,
): ConnectSettings {
  if (typeof options !== "object" || options === null) throw notAllowed("the options", "must be an object", options);
  refuseUnknownOptions("Cannot connect", options, known);
  const { userAgent = ConnectDefaults.USER_AGENT } = options;
  return {
    connection: resolveConnectionOptions("connect", "client", randomMaskingKey, options),
    subprotocols: checkSubprotocols("connect", options.subprotocols ?? []),
    extensions: resolveExtensions(options),
    origin: checkHeader("origin", options.origin ?? null),
    headers: new HttpHeaders(options.headers ?? []),
    userAgent: checkHeader("userAgent", userAgent),
    tls: resolveTls("tls", options.tls),
    givenTls: options.tls,
    proxy: resolveProxy(options),
    proxyTls: resolveTls("proxyTls", options.proxyTls),
    maxRedirects: checkLimit("connect", "maxRedirects", options.maxRedirects ?? ConnectDefaults.MAX_REDIRECTS, 0),
    openTimeout: checkDuration("connect", "openTimeout", options.openTimeout ?? ConnectDefaults.OPEN_TIMEOUT),
    signal: checkSignal(options.signal),
    path: checkPath(options.path),
    http2: checkBoolean(options.http2 ?? false),
    lookup: checkFunction("connect", "lookup", options.lookup),
  };
}

function checkBoolean(http2: boolean): boolean {
  if (typeof http2 === "boolean") return http2;
  throw notAllowed("http2", "must be a boolean", http2);
}

function resolveExtensions({ extensions = [], compression }: ConnectOptions): readonly ClientExtensionFactory[] {
  if (!Array.isArray(extensions)) throw notAllowed("extensions", "must be a list of factories", extensions);
  for (const factory of extensions as readonly Partial<ClientExtensionFactory>[]) {
    if (typeof factory?.agree === "function" && Array.isArray(factory.offers)) continue;
    throw notAllowed("extensions", "must be made by client extension factories", factory);
  }
  return withCompression("client", extensions, compression);
}

function checkHeader(name: string, value: string | null): string | null {
  if (value === null || (typeof value === "string" && consistsOf(value, FIELD_VALUE))) return value;
  throw notAllowed(name, "must be a string of ISO-8859-1 without control characters", value);
}

/** Certificates and keys are read once, so that what is wrong with them shows now. */
function resolveTls(name: string, options: TlsOptions | undefined): TlsOptions {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null) throw notAllowed(name, "must be options of node:tls", options);
  try {
    return { ...options, secureContext: options.secureContext ?? createSecureContext(options) };
  } catch (error) {
    throw new TypeError(`Cannot connect: ${name} must be options of node:tls: ${String(error)}`, { cause: error });
  }
}

function resolveProxy({ proxy = true, path }: ConnectOptions): ConnectSettings["proxy"] {
  if (proxy === null) return null;
  if (proxy === true) return path === undefined ? "environment" : null;
  if (typeof proxy !== "string" && !(proxy instanceof URL)) {
    throw notAllowed("proxy", "must be true, a URL or null", proxy);
  }
  if (path === undefined) return parseProxyAddress("proxy", proxy);
  throw new TypeError("Cannot connect: a Unix socket must be reached without a proxy, got both path and proxy");
}

function checkSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw notAllowed("signal", "must be an AbortSignal", signal);
}

function checkPath(path: string | undefined): string | undefined {
  if (path === undefined || (typeof path === "string" && path !== "" && !path.includes("\0"))) return path;
  throw notAllowed("path", "must be the path of a Unix socket", path);
}

function notAllowed(name: string, rule: string, value: unknown): TypeError {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new TypeError(`Cannot connect: ${name} ${rule}, got ${shown}`);
}
