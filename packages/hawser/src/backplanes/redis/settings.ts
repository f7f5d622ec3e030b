/**
 * The options of the Redis backplane, and what they become.
 */

import { refusal } from "../refusal.ts";

export interface RedisBackplaneOptions {
  /**
   * What the names of all channels and keys begin with: applications that share a Redis need one each. Without braces.
   *
   * @default "hawser:"
   */
  readonly prefix?: string;
  /**
   * Publishes with SPUBLISH and subscribes with SSUBSCRIBE (Redis 7): in a cluster, a publication then goes to one shard and not
   * to all nodes.
   *
   * @default false
   */
  readonly sharded?: boolean;
  /**
   * How many hash tags the topics are spread over: a power of two from 1 to 16,384, the same in all processes. A subscriber asks
   * once for each of them, so that many make many calls after a break.
   *
   * @default 128
   */
  readonly partitions?: number;
}

export interface RedisSettings {
  readonly prefix: string;
  readonly isSharded: boolean;
  readonly partitions: number;
}

const MOST_PARTITIONS = 16_384;

/** @throws {TypeError} */
export function resolveOptions({
  prefix = "hawser:",
  sharded = false,
  partitions = 128,
}: RedisBackplaneOptions): RedisSettings {
  if (typeof prefix !== "string" || /[{}]/.test(prefix))
    throw refusal("Redis", "prefix", "a string without braces", prefix);
  if (typeof sharded !== "boolean") throw refusal("Redis", "sharded", "a boolean", sharded);
  const isPowerOfTwo = Number.isInteger(Math.log2(partitions));
  if (!isPowerOfTwo || partitions < 1 || partitions > MOST_PARTITIONS) {
    throw refusal("Redis", "partitions", `a power of two from 1 to ${MOST_PARTITIONS}`, partitions);
  }
  return { prefix, isSharded: sharded, partitions };
}
