/**
 * The clients of the engines, which are not ours: they are loaded if they are installed.
 */

import { natsBackplane } from "hawser/backplanes/nats";
import { redisBackplane } from "hawser/backplanes/redis";
import type { Backplane } from "hawser/pubsub";
import { CommandError } from "../command.ts";
import type { PublishCommandOptions } from "./options.ts";

/** Loads a package; replaced by tests. */
export type Load = (name: string) => Promise<unknown>;

export const loadInstalled: Load = (name) => import(name);

/** Milliseconds: whoever waits at a terminal would rather know. */
const CONNECT_TIMEOUT = 5_000;

/** @throws {CommandError} if no client is installed. */
export async function backplaneOf(options: PublishCommandOptions, load: Load): Promise<Backplane> {
  return options.engine === "redis" ? openRedis(options, load) : openNats(options, load);
}

async function openRedis({ url, prefix, isSharded }: PublishCommandOptions, load: Load): Promise<Backplane> {
  const options = { sharded: isSharded, ...(prefix === undefined ? {} : { prefix }) };
  const address = url.href.replace(/^valkey/, "redis");
  const redis = await loadFirst<typeof import("redis")>("redis", load);
  if (redis !== undefined) {
    const client = redis.createClient({ url: address, socket: { connectTimeout: CONNECT_TIMEOUT } });
    return redisBackplane(client, options);
  }
  const ioredis = await loadFirst<typeof import("ioredis")>("ioredis", load);
  if (ioredis === undefined) throw missing("Redis", "redis or ioredis", "redis");
  return redisBackplane(new ioredis.Redis(address, { lazyConnect: true, connectTimeout: CONNECT_TIMEOUT }), options);
}

async function openNats({ url, prefix, history }: PublishCommandOptions, load: Load): Promise<Backplane> {
  const nats = await loadFirst<typeof import("@nats-io/transport-node")>("@nats-io/transport-node", load);
  if (nats === undefined) throw missing("NATS", "@nats-io/transport-node", "@nats-io/transport-node");
  const jetstream = await loadFirst<typeof import("@nats-io/jetstream")>("@nats-io/jetstream", load);
  if (history !== undefined && jetstream === undefined) {
    throw missing("a history of NATS", "@nats-io/jetstream", "@nats-io/jetstream");
  }
  const { username, password } = url;
  const credentials = username === "" ? {} : password === "" ? { token: decodeURIComponent(username) } : userOf(url);
  const tls = url.protocol === "tls:" ? { tls: {} } : {};
  const open = () => nats.connect({ servers: url.host, timeout: CONNECT_TIMEOUT, ...credentials, ...tls });
  return natsBackplane(open, {
    ...(prefix === undefined ? {} : { prefix }),
    ...(jetstream === undefined ? {} : { jetstream: jetstream.jetstream }),
  });
}

function userOf({ username, password }: URL): { readonly user: string; readonly pass: string } {
  return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}

async function loadFirst<Module>(name: string, load: Load): Promise<Module | undefined> {
  try {
    return (await load(name)) as Module;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function missing(purpose: string, names: string, name: string): CommandError {
  return new CommandError(
    `publishing to ${purpose} needs the package ${names}, which is not installed: npm install ${name}`,
  );
}
