/**
 * The entry point `hawser/backplanes/redis`.
 */

export type { IoredisClient } from "./ioredis.ts";
export type { NodeRedisClient } from "./node-redis.ts";
export { type RedisClient, redisBackplane } from "./redis-backplane.ts";
export type { RedisBackplaneOptions } from "./settings.ts";
