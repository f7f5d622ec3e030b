/**
 * The options of the NATS backplane, and what they become.
 */

import { refusal } from "../refusal.ts";
import type { JetStreamClient, NatsConnection } from "./client.ts";

export interface NatsBackplaneOptions<Connection extends NatsConnection = NatsConnection> {
  /**
   * What the names of all subjects and streams begin with: applications that share an account need one each. Letters, digits,
   * `-` and `_`.
   *
   * @default "hawser"
   */
  readonly prefix?: string;
  /**
   * The function `jetstream` of `@nats-io/jetstream`. Without it there are neither histories nor presence.
   */
  readonly jetstream?: (connection: Connection) => JetStreamClient;
  /**
   * Where histories are kept. `"memory"` is lost when the server ends.
   *
   * @default "file"
   */
  readonly storage?: "file" | "memory";
  /**
   * Servers of a cluster that keep each history and member: 1 to 5.
   *
   * @default 1
   */
  readonly replicas?: number;
}

export interface NatsSettings {
  readonly prefix: string;
  readonly jetstream: ((connection: NatsConnection) => JetStreamClient) | undefined;
  readonly storage: "file" | "memory";
  readonly replicas: number;
}

/** @throws {TypeError} */
export function resolveOptions<Connection extends NatsConnection>(
  options: NatsBackplaneOptions<Connection>,
): NatsSettings {
  const { prefix = "hawser", jetstream, storage = "file", replicas = 1 } = options;
  if (typeof prefix !== "string" || !/^[\w-]+$/.test(prefix)) {
    throw refusal("NATS", "prefix", "letters, digits, - and _", prefix);
  }
  if (jetstream !== undefined && typeof jetstream !== "function") {
    throw refusal("NATS", "jetstream", "the function jetstream of @nats-io/jetstream", jetstream);
  }
  if (storage !== "file" && storage !== "memory") throw refusal("NATS", "storage", '"file" or "memory"', storage);
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 5)
    throw refusal("NATS", "replicas", "from 1 to 5", replicas);
  return { prefix, jetstream: jetstream as NatsSettings["jetstream"], storage, replicas };
}
