/**
 * `connect.forever()`: one connection after the other, for a loop.
 */

import { setTimeout as delay } from "node:timers/promises";
import { refuseUnknownOptions } from "../protocol/option-names.ts";
import { type BackoffSettings, backoffDelay } from "./backoff.ts";
import type { ClientConnection } from "./client-connection.ts";
import { CONNECT_OPTIONS, type ConnectOptions, type ConnectSettings, resolveConnectOptions } from "./client-options.ts";
import { SESSION } from "./connection.ts";
import { checkDuration, checkFunction, checkLimit } from "./option-checks.ts";
import { isTransient, retryAfter } from "./retry.ts";
import { MAX_TIMER_DELAY } from "./timer-limits.ts";

export interface BackoffOptions {
  /**
   * Milliseconds that the delay after the first failure, or after the loss of a connection, is at most.
   *
   * @default 1_000
   */
  readonly initial?: number;
  /**
   * By what the delay grows with every further failure; at least 1.
   *
   * @default 2
   */
  readonly factor?: number;
  /**
   * Milliseconds that any delay is at most.
   *
   * @default 90_000
   */
  readonly max?: number;
}

export interface ForeverOptions extends ConnectOptions {
  /** Before every attempt but the very first, a random time passes, from nothing to the delay that these say. */
  readonly backoff?: BackoffOptions;
  /**
   * Milliseconds that a connection must have lived for the delays to begin anew. One that ended sooner counts as an attempt
   * that failed.
   *
   * @default 5_000
   */
  readonly minUptime?: number;
  /**
   * Whether another attempt is made after this error of `connect()`; otherwise the iteration throws it.
   *
   * Default: after a failure of the network, a timeout, and the statuses 500, 502, 503 and 504.
   */
  readonly isRetryable?: (error: unknown) => boolean;
  /**
   * Attempts in a row that failed after which the iteration throws the last one's error; connections that lived less than
   * `minUptime` count.
   *
   * @default Infinity
   */
  readonly maxAttempts?: number;
  /** Aborting it ends the iteration without an error: an attempt at once, an open connection with 1000. */
  readonly signal?: AbortSignal | undefined;
}

/** The defaults, and why they are what they are. */
export const ForeverDefaults = {
  /** The clients of a server that restarts come back over a second. */
  BACKOFF_INITIAL: 1_000,
  BACKOFF_FACTOR: 2,
  /** Seven failures in a row: by then somebody is at work on the server. */
  BACKOFF_MAX: 90_000,
  /** Longer than a server takes that accepts connections and then falls over. */
  MIN_UPTIME: 5_000,
} as const;

export interface RetrySettings {
  readonly backoff: BackoffSettings;
  readonly minUptime: number;
  readonly isRetryable: (error: unknown) => boolean;
  readonly maxAttempts: number;
}

/** @throws {TypeError | RangeError} for an unknown option or a value that is not allowed. */
export function resolveForeverOptions(options: ForeverOptions): RetrySettings & { readonly connect: ConnectSettings } {
  const known = [...CONNECT_OPTIONS, "backoff", "minUptime", "isRetryable", "maxAttempts"];
  return {
    connect: resolveConnectOptions(options, known),
    backoff: resolveBackoff(options.backoff ?? {}),
    minUptime: checkDuration("connect", "minUptime", options.minUptime ?? ForeverDefaults.MIN_UPTIME),
    isRetryable: checkFunction("connect", "isRetryable", options.isRetryable) ?? isTransient,
    maxAttempts: checkLimit("connect", "maxAttempts", options.maxAttempts ?? Number.POSITIVE_INFINITY),
  };
}

function resolveBackoff(options: BackoffOptions): BackoffSettings {
  refuseUnknownOptions("Cannot connect", options, ["initial", "factor", "max"]);
  const { factor = ForeverDefaults.BACKOFF_FACTOR } = options;
  if (!Number.isFinite(factor) || factor < 1) {
    throw new RangeError(`Cannot connect: backoff.factor must be a number of at least 1, got ${String(factor)}`);
  }
  return {
    initial: checkDuration("connect", "backoff.initial", options.initial ?? ForeverDefaults.BACKOFF_INITIAL),
    factor,
    max: checkDuration("connect", "backoff.max", options.max ?? ForeverDefaults.BACKOFF_MAX),
  };
}

/** Time and chance, which tests make up. */
export interface RetryEnvironment {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** Milliseconds since 1970. */
  date(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Keeps the process alive meanwhile. Rejects once the signal is aborted. */
  wait(delay: number, signal: AbortSignal): Promise<void>;
}

const systemEnvironment: RetryEnvironment = {
  now: () => performance.now(),
  date: () => Date.now(),
  random: () => Math.random(),
  wait: (milliseconds, signal) => delay(Math.min(milliseconds, MAX_TIMER_DELAY), undefined, { signal }),
};

/** The connections that `open` opens, one after the other. */
export async function* iterateConnections<UserData>(
  open: (signal: AbortSignal) => Promise<ClientConnection<UserData>>,
  settings: RetrySettings,
  signal: AbortSignal = new AbortController().signal,
  environment: RetryEnvironment = systemEnvironment,
): AsyncGenerator<ClientConnection<UserData>, void, void> {
  const retries = new Retries(settings, environment);
  while (!signal.aborted) {
    const connection = await attempt(retries, open, signal);
    if (connection === undefined) continue;
    const openedAt = environment.now();
    const lived = connection.waitClosed().then(() => environment.now() - openedAt);
    const close = () => void connection.close();
    signal.addEventListener("abort", close);
    try {
      yield connection;
    } finally {
      signal.removeEventListener("abort", close);
      await connection.close();
    }
    if (!signal.aborted) retries.closed(await lived, connection[SESSION].closedError);
  }
}

/** Waits, then connects. `undefined`: neither came to anything, and going on is not ruled out. */
async function attempt<UserData>(
  retries: Retries,
  open: (signal: AbortSignal) => Promise<ClientConnection<UserData>>,
  signal: AbortSignal,
): Promise<ClientConnection<UserData> | undefined> {
  try {
    await retries.wait(signal);
    return await open(signal);
  } catch (error) {
    if (!signal.aborted) retries.failed(error);
    return undefined;
  }
}

/** Counts what came to nothing, and keeps the time until the next attempt. */
class Retries {
  readonly #settings: RetrySettings;
  readonly #environment: RetryEnvironment;
  #failures = 0;
  #isFirst = true;
  /** Milliseconds that the server asked for. */
  #leastDelay = 0;

  constructor(settings: RetrySettings, environment: RetryEnvironment) {
    this.#settings = settings;
    this.#environment = environment;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (isFirst) return;
    const jittered = backoffDelay(this.#settings.backoff, this.#failures, this.#environment.random());
    // Added, not compared: a server tells all clients the same, and they must not all come back at that very moment
    await this.#environment.wait(this.#leastDelay + jittered, signal);
  }

  /** Throws the error if it must not be followed by another attempt. */
  failed(error: unknown): void {
    if (!this.#settings.isRetryable(error)) throw error;
    this.#count(error);
    this.#leastDelay = retryAfter(error, this.#environment.date());
  }

  /** Throws the error if a connection this short was the last one allowed. */
  closed(lived: number, error: unknown): void {
    this.#leastDelay = 0;
    if (lived >= this.#settings.minUptime) this.#failures = 0;
    else this.#count(error);
  }

  #count(error: unknown): void {
    this.#failures++;
    if (this.#failures >= this.#settings.maxAttempts) throw error;
  }
}
