/**
 * The options of `serve()` resolved: their defaults, and the settings they become.
 */

import { hash } from "node:crypto";
import { quote } from "../handshake/errors.ts";
import type { ServerExtensionFactory } from "../handshake/extension-negotiation.ts";
import type { HeadLimits } from "../handshake/http-head.ts";
import { consistsOf, FIELD_VALUE } from "../handshake/octets.ts";
import { resolveOrigins } from "../handshake/origin.ts";
import type { ServerHandshakeSettings } from "../handshake/server-handshake.ts";
import { checkSubprotocols } from "../handshake/subprotocol.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { Backplane } from "../pubsub/backplane.ts";
import { checkBackplane } from "./backplane-link.ts";
import { withCompression } from "./compression.ts";
import { type ConnectionSettings, resolveConnectionOptions } from "./connection-options.ts";
import { checkDuration, checkDurationOrNull, checkFunction, checkLimit, checkWord } from "./option-checks.ts";
import { checkPlace } from "./place-options.ts";
import type { ProcessRequest, ProcessResponse } from "./request-hooks.ts";
import { SERVE_OPTIONS, type ServeOptions } from "./serve-options.ts";
import { resolveTopics, type TopicSettings } from "./topic-options.ts";
import { type ProxyTrust, resolveTrust } from "./trusted-proxies.ts";
import { workerHost } from "./worker-host.ts";

/** The defaults that are the server's own. */
export const ServerDefaults = {
  /** Time for a slow phone on a slow network, and short enough that silent connections do not pile up. */
  OPEN_TIMEOUT: 10_000,
  /** Node's own; the kernel caps it at `net.core.somaxconn`. */
  BACKLOG: 511,
  /** What common servers allow, cookies and all. */
  MAX_LINE_LENGTH: 8_192,
  MAX_HEADERS: 128,
  MAX_HEADER_SIZE: 65_536,
  /** Only the user that runs the server may connect. */
  MODE: 0o600,
} as const;

/** What a server's parts share, resolved. */
export interface ServerSettings<UserData = unknown> extends HeadLimits {
  readonly connection: ConnectionSettings;
  readonly handshake: ServerHandshakeSettings;
  readonly processRequest: ProcessRequest<UserData> | undefined;
  readonly processResponse: ProcessResponse<UserData> | undefined;
  readonly serverHeader: string | null;
  readonly openTimeout: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** `Infinity`: no limit. */
  readonly maxConnectionAge: number;
  readonly trust: ProxyTrust;
  readonly topics: (topic: string) => TopicSettings;
  readonly backplane: Backplane | undefined;
  readonly readyWithoutBackplane: boolean;
}

const ACTION = "serve";

/** @throws {TypeError | RangeError} for an unknown option, a value that is not allowed, or options that exclude each other. */
export function resolveServeOptions<UserData>(options: ServeOptions<UserData>): ServerSettings<UserData> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${ACTION}: the options must be an object, got ${String(options)}`);
  }
  refuseUnknownOptions(`Cannot ${ACTION}`, options, SERVE_OPTIONS);
  checkPlace(options);
  checkSignal(options.signal);
  checkWord(ACTION, "transport", options.transport ?? "auto", ["auto", "stream", "handle"]);
  const connection = resolveConnectionOptions(ACTION, "server", undefined, options);
  const limit = (name: "maxLineLength" | "maxHeaders" | "maxHeaderSize", fallback: number) =>
    checkLimit(ACTION, name, options[name] ?? fallback);
  return {
    connection,
    handshake: resolveHandshake(options),
    processRequest: checkFunction(ACTION, "processRequest", options.processRequest),
    processResponse: checkFunction(ACTION, "processResponse", options.processResponse),
    serverHeader: resolveServerHeader(options.serverHeader),
    openTimeout: checkDuration(ACTION, "openTimeout", options.openTimeout ?? ServerDefaults.OPEN_TIMEOUT),
    maxConnections: checkLimit(ACTION, "maxConnections", options.maxConnections ?? Number.POSITIVE_INFINITY),
    maxConnectionsPerAddress: checkLimit(
      ACTION,
      "maxConnectionsPerAddress",
      options.maxConnectionsPerAddress ?? Number.POSITIVE_INFINITY,
    ),
    maxConnectionAge: resolveMaxAge(options.maxConnectionAge),
    trust: resolveTrust(ACTION, options.trustProxy ?? false),
    topics: resolveTopics(options.topics, connection.slowConsumer.policy),
    backplane: checkBackplane(ACTION, options.backplane),
    readyWithoutBackplane: options.readyWithoutBackplane ?? true,
    maxLineLength: limit("maxLineLength", ServerDefaults.MAX_LINE_LENGTH),
    maxHeaders: limit("maxHeaders", ServerDefaults.MAX_HEADERS),
    maxHeaderSize: limit("maxHeaderSize", ServerDefaults.MAX_HEADER_SIZE),
  };
}

/** A supervisor's word counts where the program says nothing. */
function resolveMaxAge(value: number | null | undefined): number {
  if (value !== undefined) return checkDurationOrNull(ACTION, "maxConnectionAge", value);
  return workerHost()?.maxConnectionAge ?? Number.POSITIVE_INFINITY;
}

function resolveHandshake<UserData>(options: ServeOptions<UserData>): ServerHandshakeSettings {
  return {
    origins: resolveOrigins(ACTION, options.origins ?? "same-origin"),
    subprotocols: checkSubprotocols(ACTION, options.subprotocols ?? []),
    selectSubprotocol: checkFunction(ACTION, "selectSubprotocol", options.selectSubprotocol) ?? null,
    extensions: withCompression(
      "server",
      checkExtensions(options.extensions === undefined ? [] : options.extensions),
      options.compression,
    ),
    sha1Base64: (text) => hash("sha1", text, "base64"),
  };
}

function resolveServerHeader(value: string | null | undefined): string | null {
  if (value === undefined) return "hawser";
  if (value === null || (typeof value === "string" && isFieldValue(value))) return value;
  throw new TypeError(
    `Cannot ${ACTION}: serverHeader must be a string of ISO-8859-1 without control characters, or null, got ${quote(String(value))}`,
  );
}

function isFieldValue(value: string): boolean {
  return value !== "" && value.trim() === value && consistsOf(value, FIELD_VALUE);
}

function checkExtensions(extensions: unknown): readonly ServerExtensionFactory[] {
  const isFactory = (value: Partial<ServerExtensionFactory> | null) =>
    typeof value?.name === "string" && typeof value.accept === "function";
  if (Array.isArray(extensions) && extensions.every(isFactory)) return extensions;
  throw new TypeError(
    `Cannot ${ACTION}: extensions must be a list of factories such as serverPerMessageDeflate(), got ${String(extensions)}`,
  );
}

function checkSignal(signal: unknown): void {
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (signal === undefined || (typeof aborted === "boolean" && typeof addEventListener === "function")) return;
  throw new TypeError(`Cannot ${ACTION}: signal must be an AbortSignal, got ${String(signal)}`);
}
