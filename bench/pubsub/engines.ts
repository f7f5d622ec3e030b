/**
 * Each engine twice: as a backplane, and as its bare client, which publishes and subscribes with nothing in between.
 */

import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { ipcBackplane } from "hawser/backplanes/ipc";
import { natsBackplane } from "hawser/backplanes/nats";
import { redisBackplane } from "hawser/backplanes/redis";
import type { Backplane } from "hawser/pubsub";
import { Redis } from "ioredis";
import { createClient } from "redis";

export const ENGINES = ["node-redis", "ioredis", "nats", "ipc"] as const;

export type EngineName = (typeof ENGINES)[number];

export interface BareClient {
  publish(text: string): void;
  subscribe(listener: (text: string) => void): Promise<void>;
  close(): Promise<void>;
}

const CHANNEL = "bare";

export function backplaneOf(engine: EngineName, url: string): Backplane {
  switch (engine) {
    case "node-redis":
      return redisBackplane(createClient({ url }));
    case "ioredis":
      return redisBackplane(new Redis(url, { lazyConnect: true }));
    case "nats":
      return natsBackplane(() => connect({ servers: url }), { jetstream });
    case "ipc":
      return ipcBackplane();
  }
}

export async function bareClientOf(engine: EngineName, url: string): Promise<BareClient> {
  switch (engine) {
    case "node-redis":
      return bareNodeRedis(url);
    case "ioredis":
      return bareIoredis(url);
    case "nats":
      return bareNats(url);
    case "ipc":
      return bareIpc();
  }
}

async function bareNodeRedis(url: string): Promise<BareClient> {
  const client = createClient({ url });
  const subscriber = client.duplicate();
  await Promise.all([client.connect(), subscriber.connect()]);
  return {
    publish: (text) => void client.publish(CHANNEL, text),
    subscribe: async (listener) => void (await subscriber.subscribe(CHANNEL, listener)),
    async close() {
      for (const one of [client, subscriber]) one.destroy();
    },
  };
}

async function bareIoredis(url: string): Promise<BareClient> {
  const [client, subscriber] = [new Redis(url), new Redis(url)];
  return {
    publish: (text) => void client.publish(CHANNEL, text),
    async subscribe(listener) {
      subscriber.on("message", (_channel, text) => listener(text));
      await subscriber.subscribe(CHANNEL);
    },
    async close() {
      for (const one of [client, subscriber]) one.disconnect();
    },
  };
}

async function bareNats(url: string): Promise<BareClient> {
  const connection = await connect({ servers: url });
  return {
    publish: (text) => connection.publish(CHANNEL, text),
    async subscribe(listener) {
      connection.subscribe(CHANNEL, { callback: (_error, message) => listener(message.string()) });
      await connection.flush();
    },
    close: () => connection.close(),
  };
}

/** The primary passes on what it is sent. */
async function bareIpc(): Promise<BareClient> {
  const listeners: ((text: string) => void)[] = [];
  const heard = ({ bare }: { readonly bare?: string }) => {
    if (bare !== undefined) for (const listener of listeners) listener(bare);
  };
  process.on("message", heard);
  return {
    publish: (text) => void process.send?.({ bare: text }),
    subscribe: async (listener) => void listeners.push(listener),
    close: async () => void process.off("message", heard),
  };
}
