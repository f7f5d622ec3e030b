/**
 * The link to Redis: opened, watched, opened again, with everything subscribed to again.
 *
 * A link is good once a message to a channel of its own has come back: then commands and subscriptions both work. The same is
 * asked again and again, since a connection may be dead without saying so.
 */

import { BackplaneError } from "../../pubsub/backplane.ts";
import { Attempts, type AttemptsHost } from "../attempts.ts";
import type { ConnectionEvents, RedisArgument, RedisConnection } from "./connection.ts";

export interface LinkHost extends AttemptsHost {
  /** Must not throw. */
  message(channel: string, payload: Uint8Array): void;
}

export interface LinkSettings {
  /** Whoever aborts `signal` gives the attempt up: then it must reject. */
  readonly open: (events: ConnectionEvents, signal: AbortSignal) => Promise<RedisConnection>;
  /** A channel of this process alone, and the command to publish to it. */
  readonly probe: string;
  readonly publish: string;
  /** Channels that may stand in one command. */
  readonly batches: (channels: readonly string[]) => readonly (readonly string[])[];
}

/** Milliseconds between two probes; one that is not back by the next has failed. */
const PROBE_INTERVAL = 5_000;

/** Milliseconds for an attempt as a whole: a server may accept a connection, and say nothing. */
const ATTEMPT_TIMEOUT = 10_000;

/** What no further attempt mends. */
const FINAL = /^(?:NOAUTH|WRONGPASS|NOPERM|ERR unknown command|ERR invalid password)/;

export class RedisLink {
  readonly #settings: LinkSettings;
  readonly #host: LinkHost;
  readonly #channels: Set<string> = new Set();
  readonly #attempts: Attempts;
  #connection: RedisConnection | undefined;
  #isUp = false;
  #timer: NodeJS.Timeout | undefined;
  /** Called when the probe that is under way comes back. */
  #answered: (() => void) | undefined;
  /** Ends the attempt that is under way. */
  #giveUp: (reason: Error) => void = () => {};

  constructor(settings: LinkSettings, host: LinkHost) {
    this.#settings = settings;
    this.#host = host;
    this.#attempts = new Attempts(() => this.#attempt(), FINAL, host);
  }

  /** Resolves when it is open, or the first attempt has failed. */
  start(): Promise<void> {
    return this.#attempts.begin();
  }

  /** @throws {BackplaneError} `"DISCONNECTED"` at once if the link is down, `"FAILED"` if Redis refuses or does not answer. */
  async run(args: readonly RedisArgument[]): Promise<unknown> {
    if (!this.#isUp) throw new BackplaneError("DISCONNECTED", "Cannot ask Redis: it is away");
    try {
      return await this.#connection!.run(args);
    } catch (cause) {
      throw new BackplaneError("FAILED", `Redis did not do it: ${(cause as Error)?.message ?? cause}`, { cause });
    }
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#channels.add(channel);
    const connection = this.#connection;
    if (connection === undefined) return;
    await this.#subscribeTo(connection, channels).catch((error: unknown) => this.#unlessGone(connection, error));
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#channels.delete(channel);
    const connection = this.#connection;
    if (connection === undefined) return;
    const calls = this.#settings.batches(channels).map((batch) => connection.unsubscribe(batch));
    await Promise.all(calls).catch((error: unknown) => this.#unlessGone(connection, error));
  }

  close(): void {
    this.#attempts.close();
    this.#giveUp(new Error("the backplane was closed"));
    this.#drop();
  }

  /** What went wrong, if anything did. */
  async #attempt(): Promise<unknown> {
    let connection: RedisConnection | undefined;
    let told: unknown;
    const { signal, end } = this.#limitedAttempt();
    const events: ConnectionEvents = {
      message: (channel, payload) => this.#take(channel, payload),
      lost: (cause) => {
        told ??= cause;
        this.#lose(connection, cause);
      },
    };
    try {
      // Clients may take their time to notice that they were ended
      connection = await Promise.race([this.#settings.open(events, signal), rejectOnceAborted(signal)]);
      signal.throwIfAborted();
      this.#connection = connection;
      const { close } = connection;
      signal.addEventListener("abort", close);
      await connection.subscribe([this.#settings.probe]);
      await this.#subscribeTo(connection, [...this.#channels]);
      await this.#probe(connection);
      signal.removeEventListener("abort", close);
      signal.throwIfAborted();
      if (this.#connection !== connection) throw new Error("the connection to Redis was lost again");
    } catch (error) {
      // Some clients reject with no more than that it ended
      const cause = signal.reason ?? told ?? error;
      connection?.close();
      this.#connection = undefined;
      return cause;
    } finally {
      end();
    }
    this.#isUp = true;
    this.#watch(connection);
    return undefined;
  }

  /** What gives an attempt up: the end of its time, or that of the backplane. */
  #limitedAttempt(): { readonly signal: AbortSignal; readonly end: () => void } {
    const attempt = new AbortController();
    const late = new Error(`Redis could not be reached within ${ATTEMPT_TIMEOUT} ms`);
    const timer = setTimeout(() => attempt.abort(late), ATTEMPT_TIMEOUT);
    this.#giveUp = (reason) => attempt.abort(reason);
    return { signal: attempt.signal, end: () => clearTimeout(timer) };
  }

  async #subscribeTo(connection: RedisConnection, channels: readonly string[]): Promise<void> {
    await Promise.all(this.#settings.batches(channels).map((batch) => connection.subscribe(batch)));
  }

  /** What fails because the link broke is done again when it is back. */
  #unlessGone(connection: RedisConnection, error: unknown): void {
    if (this.#connection !== connection) return;
    if (error instanceof Error && FINAL.test(error.message)) throw error;
    this.#lose(connection, error);
  }

  /** Rejects if no answer comes in time. */
  async #probe({ run }: RedisConnection): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<void>((resolve, reject) => {
      this.#answered = resolve;
      const late = new Error(`Redis did not pass on a message to ourselves within ${PROBE_INTERVAL} ms`);
      timer = setTimeout(reject, PROBE_INTERVAL, late);
    });
    try {
      await Promise.all([run([this.#settings.publish, this.#settings.probe, ""]), answer]);
    } finally {
      clearTimeout(timer);
    }
  }

  #take(channel: string, payload: Uint8Array): void {
    if (channel === this.#settings.probe) this.#answered?.();
    else this.#host.message(channel, payload);
  }

  #watch(connection: RedisConnection): void {
    this.#timer = setTimeout(async () => {
      try {
        await this.#probe(connection);
      } catch (error) {
        this.#lose(connection, error);
        return;
      }
      if (this.#connection === connection) this.#watch(connection);
    }, PROBE_INTERVAL);
    this.#timer.unref();
  }

  /** Only of the connection that is in use: an attempt that fails is not a loss. */
  #lose(connection: RedisConnection | undefined, cause: unknown): void {
    if (connection === undefined || connection !== this.#connection || this.#attempts.isClosed) return;
    const wasUp = this.#isUp;
    this.#drop();
    if (!wasUp) return;
    this.#host.lost(cause);
    this.#attempts.again();
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#isUp = false;
    clearTimeout(this.#timer);
    connection?.close();
  }
}

function rejectOnceAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
