/**
 * The options of permessage-deflate: their defaults, their rules, and what they come to for a server and for a client.
 *
 * Options are judged once, here; inner code receives whole settings. The file knows no offer and no response.
 */

import type { DeflateStrategy } from "../../deflate/engine.ts";
import { refuseUnknownOptions } from "../../protocol/option-names.ts";
import { MAX_WINDOW_BITS, MIN_WINDOW_BITS, type OfferParameters } from "./parameters.ts";
import type { ServerWishes } from "./server-negotiation.ts";
import type { CompressionEffort } from "./settings.ts";

/**
 * 4 KiB of plaintext each way. Against 15 bits the messages of usual applications grow by about 5 %, and a connection whose
 * windows are full holds 8 KiB instead of 64 KiB.
 */
export const DEFAULT_SERVER_WINDOW_BITS = 12;

/** Goes with windows of 12 bits: more buys next to nothing there. */
export const DEFAULT_MEM_LEVEL = 5;

/** zlib's own: above it, time grows much faster than size shrinks. */
export const DEFAULT_LEVEL = 6;

/** Bytes. Shorter messages hardly shrink: three bytes or so are lost to the block's frame, and the time is spent anyway. */
export const DEFAULT_THRESHOLD = 32;

/** Milliseconds. A connection that is used more often than once in a minute is not worth the time to compress its windows. */
export const DEFAULT_COLD_AFTER = 60_000;

/** Settings of permessage-deflate (RFC 7692). Defaults differ between servers and clients where noted. */
export interface PerMessageDeflateOptions {
  /**
   * The window a server compresses with, at most: base-2 logarithm of bytes, 8 to 15. On a client: what it demands of the
   * server. `null`: no wish, which comes to 15 unless the other side has one.
   *
   * A larger window finds more repetitions; it costs up to `1 << serverMaxWindowBits` bytes on both sides. A client that
   * demands a value fails the handshake with servers that cannot be limited, and some refuse offers with any demand.
   *
   * @default 12 on a server, null on a client
   */
  readonly serverMaxWindowBits?: number | null;

  /**
   * The window a client compresses with, at most: base-2 logarithm of bytes, 8 to 15. `null`: no wish on a server, and not
   * offered by a client. `true` (clients only): offered without a value, the server may pick.
   *
   * A server's wish reaches those clients only that offer the parameter; others use 15 bits, which costs the server up to
   * 32 KiB: see `requireClientMaxWindowBits`.
   *
   * @default 12 on a server, true on a client
   */
  readonly clientMaxWindowBits?: number | true | null;

  /**
   * Whether the server's messages are each compressed without the ones before. A server imposes it, a client demands it.
   *
   * Saves the window's memory; small messages shrink far less, often not at all.
   *
   * @default false
   */
  readonly serverNoContextTakeover?: boolean;

  /**
   * Whether the client's messages are each compressed without the ones before. A server imposes it, a client announces it.
   *
   * Saves the window's memory; small messages shrink far less, often not at all.
   *
   * @default false
   */
  readonly clientNoContextTakeover?: boolean;

  /**
   * Servers only: decline compression for clients that do not offer `client_max_window_bits`, as Firefox does not.
   *
   * Keeps the memory for each connection within `clientMaxWindowBits`, at the price of those clients' uncompressed traffic.
   *
   * @default false
   */
  readonly requireClientMaxWindowBits?: boolean;

  /**
   * Memory that compressing may use, 1 to 9. It is shared by all connections, so it is a matter of time and size.
   *
   * Little makes blocks short and messages larger.
   *
   * @default 5
   */
  readonly memLevel?: number;

  /**
   * Effort, 1 (fastest) to 9 (smallest).
   *
   * Above 6 time grows much faster than size shrinks, and compressing blocks the event loop.
   *
   * @default 6
   */
  readonly level?: number;

  /**
   * How repetitions are searched: `"default"`, `"filtered"`, `"huffmanOnly"`, `"rle"` or `"fixed"`, as in zlib.
   *
   * Every other than the default is for particular kinds of bytes and makes text larger.
   *
   * @default "default"
   */
  readonly strategy?: DeflateStrategy;

  /**
   * Bytes below which a message is sent as it is. Holds with and without context takeover; `compress: true` overrides it,
   * and messages sent in fragments are compressed whatever their length.
   *
   * Less spends time on messages that hardly shrink; more leaves alone many that would, above all under context takeover.
   *
   * @default 32
   */
  readonly threshold?: number;

  /**
   * Milliseconds without a compressed message after which a connection's windows are compressed in memory themselves; a
   * quarter more at most. `null`: never.
   *
   * They take about a sixth then. The next message waits until they are there again: some 40 microseconds with windows of 12 bits,
   * 150 with 15. Less saves more memory and spends more time.
   *
   * @default 60_000
   */
  readonly coldAfter?: number | null;

  /**
   * Bytes that the windows of all connections with these options may hold.
   *
   * When they would hold more, windows are compressed although they are not cold; then sending windows are given up, which
   * makes messages larger; and while that does not suffice, further connections open without compression. Receiving windows
   * must stay whole: those of connections that are open already may exceed the limit, by `1 << windowBits` bytes each.
   *
   * @default Infinity
   */
  readonly memoryBudget?: number;
}

const OPTION_NAMES = [
  "serverMaxWindowBits",
  "clientMaxWindowBits",
  "serverNoContextTakeover",
  "clientNoContextTakeover",
  "requireClientMaxWindowBits",
  "memLevel",
  "level",
  "strategy",
  "threshold",
  "coldAfter",
  "memoryBudget",
] as const satisfies readonly (keyof PerMessageDeflateOptions)[];

const STRATEGIES: readonly DeflateStrategy[] = ["default", "filtered", "huffmanOnly", "rle", "fixed"];

const ACTION = "Cannot set up permessage-deflate";

/**
 * What the options come to on a server.
 *
 * @throws {TypeError} for an unknown name or a value of the wrong type
 * @throws {RangeError} for a number out of its range
 */
export function resolveServerOptions(options: PerMessageDeflateOptions): {
  readonly wishes: ServerWishes;
  readonly effort: CompressionEffort;
} {
  refuseUnknownOptions(ACTION, options, OPTION_NAMES);
  const { serverMaxWindowBits = DEFAULT_SERVER_WINDOW_BITS, clientMaxWindowBits = DEFAULT_SERVER_WINDOW_BITS } =
    options;
  const wishes = {
    ...takeoverFlags(options),
    serverMaxWindowBits: windowBits("serverMaxWindowBits", serverMaxWindowBits),
    clientMaxWindowBits: windowBits("clientMaxWindowBits", clientMaxWindowBits),
    requireClientMaxWindowBits: flag("requireClientMaxWindowBits", options.requireClientMaxWindowBits),
  };
  if (wishes.requireClientMaxWindowBits && wishes.clientMaxWindowBits === undefined) {
    throw new TypeError(`${ACTION}: requireClientMaxWindowBits needs clientMaxWindowBits to be a number, got null`);
  }
  return { wishes, effort: resolveEffort(options) };
}

/**
 * What the options come to on a client. By default the offer is `permessage-deflate; client_max_window_bits` and nothing
 * else: it leaves the choice to the server, and some gateways refuse offers with any other parameter.
 *
 * @throws {TypeError} for an unknown name or a value of the wrong type
 * @throws {RangeError} for a number out of its range
 */
export function resolveClientOptions(options: PerMessageDeflateOptions): {
  readonly offer: OfferParameters;
  readonly effort: CompressionEffort;
} {
  refuseUnknownOptions(ACTION, options, OPTION_NAMES);
  if (flag("requireClientMaxWindowBits", options.requireClientMaxWindowBits)) {
    throw new TypeError(`${ACTION}: requireClientMaxWindowBits is for servers, a client cannot use it, got true`);
  }
  const { serverMaxWindowBits = null, clientMaxWindowBits = true } = options;
  const offer = {
    ...takeoverFlags(options),
    serverMaxWindowBits: windowBits("serverMaxWindowBits", serverMaxWindowBits),
    clientMaxWindowBits: clientMaxWindowBits === true || windowBits("clientMaxWindowBits", clientMaxWindowBits),
  };
  return { offer, effort: resolveEffort(options) };
}

/** How the windows of all connections with the same options share memory. */
export interface WindowRules {
  /** Milliseconds; `Infinity`: never. */
  readonly coldAfter: number;
  /** Bytes. */
  readonly memoryBudget: number;
}

/**
 * What the options come to for the memory of windows, on a server or a client.
 *
 * @throws {TypeError} for a value of the wrong type
 * @throws {RangeError} for a number out of its range
 */
export function resolveWindowRules({
  coldAfter = DEFAULT_COLD_AFTER,
  memoryBudget = Number.POSITIVE_INFINITY,
}: PerMessageDeflateOptions): WindowRules {
  const isDuration = typeof coldAfter === "number" && coldAfter > 0 && coldAfter < Number.POSITIVE_INFINITY;
  if (coldAfter !== null && !isDuration) {
    refuse("coldAfter", "must be a positive number of milliseconds or null", coldAfter);
  }
  const isLimit = memoryBudget === Number.POSITIVE_INFINITY || Number.isInteger(memoryBudget);
  if (!isLimit || memoryBudget < 0)
    refuse("memoryBudget", "must be an integer of at least 0, or Infinity", memoryBudget);
  return { coldAfter: coldAfter ?? Number.POSITIVE_INFINITY, memoryBudget };
}

function refuse(name: string, rule: string, value: unknown): never {
  const message = `${ACTION}: ${name} ${rule}, got ${shown(value)}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

function resolveEffort(options: PerMessageDeflateOptions): CompressionEffort {
  const { level = DEFAULT_LEVEL, memLevel = DEFAULT_MEM_LEVEL, strategy = "default" } = options;
  const { threshold = DEFAULT_THRESHOLD } = options;
  if (!STRATEGIES.includes(strategy)) {
    throw new TypeError(`${ACTION}: strategy must be one of ${STRATEGIES.join(", ")}, got ${shown(strategy)}`);
  }
  return {
    level: integer("level", level, 1, 9),
    memLevel: integer("memLevel", memLevel, 1, 9),
    strategy,
    threshold: integer("threshold", threshold, 0, Number.MAX_SAFE_INTEGER),
  };
}

function takeoverFlags(options: PerMessageDeflateOptions): {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
} {
  return {
    serverNoContextTakeover: flag("serverNoContextTakeover", options.serverNoContextTakeover),
    clientNoContextTakeover: flag("clientNoContextTakeover", options.clientNoContextTakeover),
  };
}

function flag(name: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw new TypeError(`${ACTION}: ${name} must be true or false, got ${shown(value)}`);
}

function windowBits(name: string, value: unknown): number | undefined {
  return value === null ? undefined : integer(name, value, MIN_WINDOW_BITS, MAX_WINDOW_BITS);
}

function integer(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return refuse(name, `must be an integer from ${least} to ${most}`, value);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
