/**
 * The connection to NATS, which reconnects and resubscribes by itself, watched; made again if it gives up.
 */

import { BackplaneError } from "../../pubsub/backplane.ts";
import { Attempts, type AttemptsHost } from "../attempts.ts";
import type { NatsConnection } from "./client.ts";

export interface LinkHost extends AttemptsHost {
  /** A connection that was not there before: subscribes to everything. May be called again. */
  opened(connection: NatsConnection): void;
}

export type Connect = () => Promise<NatsConnection>;

/** Milliseconds between two questions whether the server is there; one that is not answered by the next has failed. */
const PROBE_INTERVAL = 5_000;

/** What no further attempt mends. */
const FINAL = /authorization violation|user authentication|invalid argument/i;

export class NatsLink {
  readonly #connect: Connect;
  /** Whether connections are ours to close. */
  readonly #isOwner: boolean;
  readonly #host: LinkHost;
  readonly #attempts: Attempts;
  #connection: NatsConnection | undefined;
  #isUp = false;
  /** Whether the connection has answered: before, attempts go on. */
  #isReached = false;
  #timer: NodeJS.Timeout | undefined;
  /** Of what was asked and not answered: a connection that ends does not say so to those who wait. */
  readonly #waiting: Set<(error: BackplaneError) => void> = new Set();

  constructor(connection: NatsConnection | Connect, host: LinkHost) {
    this.#isOwner = typeof connection === "function";
    this.#connect = typeof connection === "function" ? connection : async () => connection;
    this.#host = host;
    this.#attempts = new Attempts(() => this.#attempt(), FINAL, host);
  }

  /** Resolves when it is open, or the first attempt has failed. */
  start(): Promise<void> {
    return this.#attempts.begin();
  }

  /** @throws {BackplaneError} `"DISCONNECTED"` at once if the link is down, `"FAILED"` if NATS refuses or does not answer. */
  async ask<Value>(work: (connection: NatsConnection) => Promise<Value>): Promise<Value> {
    if (!this.#isUp) throw new BackplaneError("DISCONNECTED", "Cannot ask NATS: it is away");
    const connection = this.#connection!;
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.add(reject);
      work(connection)
        .then(resolve, (cause: unknown) => {
          const text = (cause as Error)?.message ?? String(cause);
          reject(new BackplaneError("FAILED", `NATS did not do it: ${text}`, { cause }));
        })
        .finally(() => this.#waiting.delete(reject));
    });
  }

  /** Resolves once the server has everything that was said, or the link is down. */
  async settled(): Promise<void> {
    // Of a link that is down, whatever was said is said again when it is back
    if (this.#isUp) await this.ask((connection) => connection.flush()).catch(() => {});
  }

  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  async close(): Promise<void> {
    this.#attempts.close();
    this.#down();
    const connection = this.#connection;
    this.#connection = undefined;
    if (this.#isOwner) await connection?.close();
  }

  /** What went wrong, if anything did. */
  async #attempt(): Promise<unknown> {
    let connection: NatsConnection | undefined;
    try {
      connection = await this.#connect();
      if (connection.isClosed()) throw new Error("the connection to NATS is closed");
      if (this.#attempts.isClosed) throw new Error("the backplane was closed");
      // One that was handed in may have been tried before
      if (connection !== this.#connection) this.#use(connection);
      await answered(connection);
      if (this.#connection !== connection) throw new Error("the connection to NATS was lost again");
    } catch (error) {
      if (this.#isOwner) this.#discard(connection);
      return error;
    }
    this.#isReached = true;
    this.#up();
    return undefined;
  }

  #use(connection: NatsConnection): void {
    this.#connection = connection;
    this.#isReached = false;
    this.#host.opened(connection);
    void this.#listen(connection);
    const ended = (cause: unknown) => this.#ended(connection, cause);
    void connection.closed().then(ended, ended);
  }

  /** What is subscribed to would be heard twice, once the next one is there. */
  #discard(connection: NatsConnection | undefined): void {
    if (this.#connection === connection) this.#connection = undefined;
    connection?.close().catch(() => {});
  }

  async #listen(connection: NatsConnection): Promise<void> {
    try {
      for await (const { type } of connection.status()) {
        if (this.#connection !== connection) return;
        if (type === "disconnect") this.#lose(new Error("the connection to NATS is lost"));
        else if (type === "reconnect" && this.#isReached) void this.#regain(connection);
      }
    } catch (error) {
      this.#ended(connection, error);
    }
  }

  /** Waits for the answer however long it takes: nothing else would ask again, unless the connection breaks. */
  async #regain(connection: NatsConnection): Promise<void> {
    const isThere = await connection.flush().then(
      () => true,
      () => false,
    );
    if (!isThere || this.#connection !== connection || this.#isUp) return;
    this.#up();
    this.#host.regained();
  }

  #up(): void {
    this.#isUp = true;
    this.#watch();
  }

  #watch(): void {
    const connection = this.#connection!;
    this.#timer = setTimeout(async () => {
      try {
        await answered(connection);
        if (this.#isUp && this.#connection === connection) this.#watch();
      } catch (error) {
        this.#lose(error);
        // It may come back without having been away
        if (this.#connection === connection && !connection.isClosed()) void this.#regain(connection);
      }
    }, PROBE_INTERVAL);
    this.#timer.unref();
  }

  #lose(cause: unknown): void {
    if (!this.#isUp) return;
    this.#down();
    this.#host.lost(cause);
  }

  #down(): void {
    this.#isUp = false;
    clearTimeout(this.#timer);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const reject of waiting) reject(new BackplaneError("FAILED", "NATS went away before it answered"));
  }

  /** It has given up for good. */
  #ended(connection: NatsConnection, cause: unknown): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#lose(cause ?? new Error("the connection to NATS was closed"));
    if (this.#isOwner) this.#attempts.again();
  }
}

/** Rejects if the server is not there within the interval of two questions. */
async function answered(connection: NatsConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, PROBE_INTERVAL, new Error(`NATS did not answer within ${PROBE_INTERVAL} ms`));
  });
  try {
    await Promise.race([connection.flush(), late]);
  } finally {
    clearTimeout(timer);
  }
}
