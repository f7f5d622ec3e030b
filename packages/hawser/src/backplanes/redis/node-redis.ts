/**
 * The client `redis` (node-redis), by its shape.
 */

import type { ConnectionEvents, RedisArgument, RedisConnection } from "./connection.ts";
import { openPair } from "./open-pair.ts";

type Listener = (payload: Buffer, channel: Buffer) => void;

/** A client made with `createClient()` of the package `redis`. It need not be connected. */
export interface NodeRedisClient {
  readonly options?: { readonly socket?: object | undefined } | undefined;
  duplicate(overrides?: object): NodeRedisClient;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: string, listener: (cause: unknown) => void): unknown;
  sendCommand(args: readonly RedisArgument[], options?: object): Promise<unknown>;
  subscribe(channels: string[], listener: Listener, bufferMode: true): Promise<unknown>;
  unsubscribe(channels: string[], listener: Listener, bufferMode: true): Promise<unknown>;
  sSubscribe(channels: string[], listener: Listener, bufferMode: true): Promise<unknown>;
  sUnsubscribe(channels: string[], listener: Listener, bufferMode: true): Promise<unknown>;
}

/** RESP's sign of a bulk string, `$`, is to come as a `Buffer`. */
const BUFFERS = { typeMapping: { 36: Buffer } };

export async function openNodeRedis(
  client: NodeRedisClient,
  isSharded: boolean,
  events: ConnectionEvents,
  signal: AbortSignal,
): Promise<RedisConnection> {
  const pair = openPair(
    () => duplicate(client),
    (one) => one.destroy(),
    events,
    signal,
  );
  const { commands, subscriber, close } = await pair;
  const listener: Listener = (payload, channel) => events.message(channel.toString(), payload);
  return {
    run: (args) => commands.sendCommand(args, BUFFERS),
    async subscribe(channels) {
      if (isSharded) await subscriber.sSubscribe([...channels], listener, true);
      else await subscriber.subscribe([...channels], listener, true);
    },
    async unsubscribe(channels) {
      if (isSharded) await subscriber.sUnsubscribe([...channels], listener, true);
      else await subscriber.unsubscribe([...channels], listener, true);
    },
    close,
  };
}

function duplicate(client: NodeRedisClient): NodeRedisClient {
  const socket = { ...client.options?.socket, reconnectStrategy: false };
  return client.duplicate({ socket, disableOfflineQueue: true });
}
