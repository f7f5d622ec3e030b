/**
 * permessage-deflate with the engine of this platform, and what the option `compression` stands for.
 */

import type { WindowMetrics } from "../deflate/window-metrics.ts";
import {
  clientPerMessageDeflate as clientFactory,
  serverPerMessageDeflate as serverFactory,
} from "../extensions/permessage-deflate/factories.ts";
import { type PerMessageDeflateOptions, resolveWindowRules } from "../extensions/permessage-deflate/options.ts";
import { PERMESSAGE_DEFLATE } from "../extensions/permessage-deflate/parameters.ts";
import type { ClientExtensionFactory, ServerExtensionFactory } from "../handshake/extension-negotiation.ts";
import { PlatformEngine, platformEngine } from "./platform-engine.ts";

/** The option `compression` of a server or a client: off, permessage-deflate with its defaults, or with these options. */
export type CompressionOption = false | "deflate" | PerMessageDeflateOptions;

/** What the windows of compression hold, and what has happened to them. */
export type CompressionMetrics = WindowMetrics;

/** permessage-deflate for connections that share the memory for their windows. */
export interface PerMessageDeflateFactory {
  /** As it is now; `undefined` where Node's zlib compresses, since WebAssembly or its vectors are missing. */
  compressionMetrics(): CompressionMetrics | undefined;
}

/**
 * permessage-deflate (RFC 7692) for the option `extensions` of a server. The connections of all servers that are given the
 * result share `memoryBudget`.
 *
 * @throws {TypeError | RangeError} if an option is unknown or its value is not allowed
 */
export function serverPerMessageDeflate(
  options: PerMessageDeflateOptions = {},
): ServerExtensionFactory & PerMessageDeflateFactory {
  const engine = new PlatformEngine(resolveWindowRules(options));
  return withMetrics(serverFactory(options, engine), engine);
}

/**
 * permessage-deflate (RFC 7692) for the option `extensions` of a client. All clients that are given the result share
 * `memoryBudget`. Without `coldAfter` and `memoryBudget` their windows are with those of all such clients.
 *
 * @throws {TypeError | RangeError} if an option is unknown or its value is not allowed
 */
export function clientPerMessageDeflate(
  options: PerMessageDeflateOptions = {},
): ClientExtensionFactory & PerMessageDeflateFactory {
  const rules = resolveWindowRules(options);
  // A client is often one of many that each have options of their own: memory comes in steps too large for one connection
  const isUsual = options.coldAfter === undefined && options.memoryBudget === undefined;
  const engine = isUsual ? platformEngine : new PlatformEngine(rules);
  return withMetrics(clientFactory(options, engine), engine);
}

function withMetrics<Factory extends object>(
  factory: Factory,
  engine: PlatformEngine,
): Factory & PerMessageDeflateFactory {
  return Object.assign(factory, { compressionMetrics: () => engine.metrics() });
}

/** The metrics of permessage-deflate, if it is among the factories and one of this library's. */
export function compressionMetrics(
  factories: readonly (ServerExtensionFactory & Partial<PerMessageDeflateFactory>)[],
): CompressionMetrics | undefined {
  return factories.find(({ name }) => name === PERMESSAGE_DEFLATE)?.compressionMetrics?.();
}

/**
 * The extension factories that the option `compression` stands for: none or one.
 *
 * @throws {TypeError | RangeError} if it is none of the values allowed
 */
export function resolveCompression(role: "server", compression: CompressionOption): ServerExtensionFactory[];
export function resolveCompression(role: "client", compression: CompressionOption): ClientExtensionFactory[];
export function resolveCompression(
  role: "server" | "client",
  compression: CompressionOption,
): ServerExtensionFactory[] | ClientExtensionFactory[] {
  if (compression === false) return [];
  const options = optionsOf(role, compression);
  return role === "server" ? [serverPerMessageDeflate(options)] : [clientPerMessageDeflate(options)];
}

/**
 * The application's own `extensions`, and behind them what `compression` stands for, `"deflate"` by default. An explicit
 * permessage-deflate takes its place: what that declines must not be accepted by the default one behind it.
 *
 * @throws {TypeError | RangeError} if permessage-deflate is in both, or `compression` is none of the values allowed
 */
export function withCompression(
  role: "server",
  extensions: readonly ServerExtensionFactory[],
  compression: CompressionOption | undefined,
): readonly ServerExtensionFactory[];
export function withCompression(
  role: "client",
  extensions: readonly ClientExtensionFactory[],
  compression: CompressionOption | undefined,
): readonly ClientExtensionFactory[];
export function withCompression(
  role: "server" | "client",
  extensions: readonly (ServerExtensionFactory | ClientExtensionFactory)[],
  compression: CompressionOption | undefined,
): readonly (ServerExtensionFactory | ClientExtensionFactory)[] {
  if (!extensions.some(({ name }) => name === PERMESSAGE_DEFLATE)) {
    return [
      ...extensions,
      ...resolveCompression(role as "server", compression === undefined ? "deflate" : compression),
    ];
  }
  if (compression === undefined || compression === false) return [...extensions];
  const action = role === "server" ? "serve" : "connect";
  throw new TypeError(
    `Cannot ${action}: ${PERMESSAGE_DEFLATE} must be either in extensions or in compression, got it in both`,
  );
}

function optionsOf(
  role: "server" | "client",
  compression: "deflate" | PerMessageDeflateOptions,
): PerMessageDeflateOptions {
  if (compression === "deflate") return {};
  if (typeof compression === "object" && compression !== null && !Array.isArray(compression)) return compression;
  const action = role === "server" ? "Cannot serve" : "Cannot connect";
  const value = typeof compression === "string" ? JSON.stringify(compression) : String(compression);
  throw new TypeError(`${action}: compression must be false, "deflate" or permessage-deflate options, got ${value}`);
}
