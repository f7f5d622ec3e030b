/**
 * What the backplane needs of Redis, whichever client talks to it: one connection for commands and one for subscriptions, which
 * live and end together.
 *
 * Nothing here reconnects: a client that does so by itself may send commands again that Redis has already carried out.
 */

export type RedisArgument = string | Buffer;

/** Who is told what happens to a connection. */
export interface ConnectionEvents {
  message(channel: string, payload: Uint8Array): void;
  /** Either half of it is gone. May be called several times. */
  lost(cause: unknown): void;
}

export interface RedisConnection {
  /** One command; bulk strings of its answer are `Buffer`s. */
  run(args: readonly RedisArgument[]): Promise<unknown>;
  /** Resolves once Redis has said so for all of them. */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  /** At once; what is under way rejects. */
  close(): void;
}
