/**
 * The client `ioredis`, by its shape.
 */

import type { ConnectionEvents, RedisArgument, RedisConnection } from "./connection.ts";
import { openPair } from "./open-pair.ts";

/** A client made with `new Redis()` of the package `ioredis`. It need not be connected. */
export interface IoredisClient {
  duplicate(overrides?: object): IoredisClient;
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  // biome-ignore lint/suspicious/noExplicitAny: the client overloads it for each event
  on(event: any, listener: (...args: any[]) => void): unknown;
  callBuffer(command: string, ...args: RedisArgument[]): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  ssubscribe(...channels: string[]): Promise<unknown>;
  sunsubscribe(...channels: string[]): Promise<unknown>;
}

/** No connection is made again, and no command sent again; names are the backplane's own, whatever the client adds to others. */
const ONCE = {
  keyPrefix: "",
  lazyConnect: true,
  retryStrategy: () => null,
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
};

export async function openIoredis(
  client: IoredisClient,
  isSharded: boolean,
  events: ConnectionEvents,
  signal: AbortSignal,
): Promise<RedisConnection> {
  const pair = openPair(
    () => client.duplicate(ONCE),
    (one) => one.disconnect(),
    events,
    signal,
  );
  const { commands, subscriber, close } = await pair;
  const event = isSharded ? "smessageBuffer" : "messageBuffer";
  subscriber.on(event, (channel: Buffer, payload: Buffer) => events.message(channel.toString(), payload));
  return {
    run: ([command, ...args]) => commands.callBuffer(String(command), ...args),
    async subscribe(channels) {
      await (isSharded ? subscriber.ssubscribe(...channels) : subscriber.subscribe(...channels));
    },
    async unsubscribe(channels) {
      await (isSharded ? subscriber.sunsubscribe(...channels) : subscriber.unsubscribe(...channels));
    },
    close,
  };
}
