/**
 * The options that both sides of a connection have, with their defaults, and the settings they become.
 */

import type { MaskingKeys } from "../protocol/frame-writer.ts";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import type { ProtocolSettings, Role } from "../protocol/settings.ts";
import type { InboxLimits } from "./inbox.ts";
import { type Logger, resolveLogger } from "./logger.ts";
import { keepMessage } from "./message-memory.ts";
import { checkDuration, checkDurationOrNull, checkLimit, checkWord } from "./option-checks.ts";
import { nodeTextCodec } from "./text-codec.ts";

/** What happens to a receiver that does not keep up with broadcasts. */
export interface SlowConsumerOptions {
  /**
   * Bytes that wait for a receiver above which it is slow.
   *
   * @default 1_048_576
   */
  readonly maxBuffered?: number;
  /**
   * Milliseconds for which bytes wait without any being taken after which it is slow.
   *
   * @default 30_000
   */
  readonly stall?: number;
  /**
   * `"close"`: it is closed with 1013. `"skip"`: it does not get this message.
   *
   * @default "close"
   */
  readonly policy?: "close" | "skip";
}

export interface ConnectionOptions {
  /**
   * Milliseconds without anything received after which a ping is sent; `null`: never.
   *
   * Routers drop idle connections, the impatient ones after 55 seconds. Less notices a lost peer sooner, for more traffic.
   *
   * @default 20_000
   */
  readonly pingInterval?: number | null;
  /**
   * Milliseconds from a ping in which something must be received, or the connection is failed with 1011; `null`: no limit.
   *
   * @default 20_000
   */
  readonly pingTimeout?: number | null;
  /**
   * Milliseconds for the closing handshake and the end of the TCP connection together; then it is destroyed.
   *
   * @default 10_000
   */
  readonly closeTimeout?: number;
  /**
   * Bytes of a received message, after decompression; more fails the connection with 1009. `Infinity` gives a peer all the
   * memory it asks for.
   *
   * @default 1_048_576
   */
  readonly maxSize?: number;
  /**
   * Bytes of one received frame.
   *
   * @default maxSize
   */
  readonly maxFragmentSize?: number;
  /**
   * Frames of one received message, empty ones counted.
   *
   * @default 131_072
   */
  readonly maxFragments?: number;
  /**
   * Received frames not yet consumed at which reading stops; it resumes at a quarter, or at `low`.
   *
   * More absorbs bursts; it also delays back-pressure and multiplies `maxSize` in the worst case.
   *
   * @default 16
   */
  readonly maxQueue?: number | { readonly high: number; readonly low: number };
  /**
   * Received bytes not yet consumed at which reading stops; it resumes at a quarter. A larger message is still received whole
   * once it is waited for.
   *
   * @default 65_536
   */
  readonly readLimit?: number;
  /**
   * Bytes waiting for the peer above which `send()` waits; it resumes at a quarter.
   *
   * @default 32_768
   */
  readonly writeLimit?: number;
  /** What happens to a receiver that does not keep up with broadcasts. */
  readonly slowConsumer?: SlowConsumerOptions;
  /**
   * Where the library reports to: one line when a connection opens, one when it closes, and what goes wrong.
   *
   * @default silent
   */
  readonly logger?: Logger;
}

export const CONNECTION_OPTIONS = [
  "pingInterval",
  "pingTimeout",
  "closeTimeout",
  "maxSize",
  "maxFragmentSize",
  "maxFragments",
  "maxQueue",
  "readLimit",
  "writeLimit",
  "slowConsumer",
  "logger",
] as const satisfies readonly (keyof ConnectionOptions)[];

/** The defaults, and why they are what they are. */
export const ConnectionDefaults = {
  /** Below the shortest idle timeout of common routers (55 s), with a second chance. */
  PING_INTERVAL: 20_000,
  PING_TIMEOUT: 20_000,
  CLOSE_TIMEOUT: 10_000,
  /** Enough for messages that people write; what is larger is better streamed. */
  MAX_SIZE: 1_048_576,
  /** A message of `maxSize` in fragments of eight bytes. */
  MAX_FRAGMENTS: 131_072,
  MAX_QUEUE: 16,
  READ_LIMIT: 65_536,
  WRITE_LIMIT: 32_768,
  SLOW_MAX_BUFFERED: 1_048_576,
  /** Three pings: a receiver that is only slow has taken something by then. */
  SLOW_STALL: 30_000,
} as const;

/** What all connections of an endpoint share, resolved. */
export interface ConnectionSettings extends ProtocolSettings, InboxLimits {
  /** Bytes that wait for the peer above which `send()` waits; it goes on at a quarter. */
  readonly writeLimit: number;
  readonly slowConsumer: Required<SlowConsumerOptions>;
  readonly logger: Logger;
}

/** @throws {TypeError | RangeError} for a value that is not allowed; `action` begins the message. */
export function resolveConnectionOptions(
  action: string,
  role: Role,
  maskingKeys: MaskingKeys,
  options: ConnectionOptions,
): ConnectionSettings {
  const {
    maxSize = ConnectionDefaults.MAX_SIZE,
    maxQueue = ConnectionDefaults.MAX_QUEUE,
    closeTimeout = ConnectionDefaults.CLOSE_TIMEOUT,
  } = options;
  const limit = (name: "maxFragmentSize" | "maxFragments" | "readLimit" | "writeLimit", fallback: number) => {
    const { [name]: value = fallback } = options;
    return checkLimit(action, name, value);
  };
  const duration = (name: "pingInterval" | "pingTimeout", fallback: number) => {
    const { [name]: value = fallback } = options;
    return checkDurationOrNull(action, name, value);
  };
  return {
    role,
    maskingKeys,
    text: nodeTextCodec,
    keepBytes: keepMessage,
    pingInterval: duration("pingInterval", ConnectionDefaults.PING_INTERVAL),
    pingTimeout: duration("pingTimeout", ConnectionDefaults.PING_TIMEOUT),
    closeTimeout: checkDuration(action, "closeTimeout", closeTimeout),
    maxSize: checkLimit(action, "maxSize", maxSize),
    maxFragmentSize: limit("maxFragmentSize", maxSize),
    maxFragments: limit("maxFragments", ConnectionDefaults.MAX_FRAGMENTS),
    readLimit: limit("readLimit", ConnectionDefaults.READ_LIMIT),
    writeLimit: limit("writeLimit", ConnectionDefaults.WRITE_LIMIT),
    maxQueue: resolveMaxQueue(action, maxQueue),
    slowConsumer: resolveSlowConsumer(action, options.slowConsumer === undefined ? {} : options.slowConsumer),
    logger: resolveLogger(action, options.logger),
  };
}

function resolveMaxQueue(
  action: string,
  maxQueue: NonNullable<ConnectionOptions["maxQueue"]>,
): InboxLimits["maxQueue"] {
  if (typeof maxQueue !== "object" || maxQueue === null) {
    const high = checkLimit(action, "maxQueue", maxQueue);
    return { high, low: Math.floor(high / 4) };
  }
  refuseUnknownOptions(`Cannot ${action}: in maxQueue`, maxQueue, ["high", "low"]);
  const high = checkLimit(action, "maxQueue.high", maxQueue.high);
  const low = checkLimit(action, "maxQueue.low", maxQueue.low, 0);
  if (low < high) return { high, low };
  throw new RangeError(`Cannot ${action}: maxQueue.low must be less than maxQueue.high, got ${low} and ${high}`);
}

const SLOW_CONSUMER_OPTIONS = [
  "maxBuffered",
  "stall",
  "policy",
] as const satisfies readonly (keyof SlowConsumerOptions)[];

function resolveSlowConsumer(action: string, options: SlowConsumerOptions): Required<SlowConsumerOptions> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${action}: slowConsumer must be an object of options, got ${String(options)}`);
  }
  refuseUnknownOptions(`Cannot ${action}: in slowConsumer`, options, SLOW_CONSUMER_OPTIONS);
  const { maxBuffered = ConnectionDefaults.SLOW_MAX_BUFFERED, stall = ConnectionDefaults.SLOW_STALL } = options;
  return {
    maxBuffered: checkLimit(action, "slowConsumer.maxBuffered", maxBuffered),
    stall: checkDuration(action, "slowConsumer.stall", stall),
    policy: checkWord(action, "slowConsumer.policy", options.policy ?? "close", ["close", "skip"]),
  };
}
