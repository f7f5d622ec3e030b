// index.d.ts
export type { IoredisClient } from "./ioredis.ts";
export type { NodeRedisClient } from "./node-redis.ts";
export { type RedisClient, redisBackplane } from "./redis-backplane.ts";
export type { RedisBackplaneOptions } from "./settings.ts";

// ioredis.d.ts
import type { ConnectionEvents, RedisArgument, RedisConnection } from "./connection.ts";
export interface IoredisClient {
    duplicate(overrides?: object): IoredisClient;
    connect(): Promise<void>;
    disconnect(reconnect?: boolean): void;
    on(event: any, listener: (...args: any[]) => void): unknown;
    callBuffer(command: string, ...args: RedisArgument[]): Promise<unknown>;
    subscribe(...channels: string[]): Promise<unknown>;
    unsubscribe(...channels: string[]): Promise<unknown>;
    ssubscribe(...channels: string[]): Promise<unknown>;
    sunsubscribe(...channels: string[]): Promise<unknown>;
}
export declare function openIoredis(client: IoredisClient, isSharded: boolean, events: ConnectionEvents, signal: AbortSignal): Promise<RedisConnection>;

// node-redis.d.ts
import type { ConnectionEvents, RedisArgument, RedisConnection } from "./connection.ts";
type Listener = (payload: Buffer, channel: Buffer) => void;
export interface NodeRedisClient {
    readonly options?: {
        readonly socket?: object | undefined;
    } | undefined;
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
export declare function openNodeRedis(client: NodeRedisClient, isSharded: boolean, events: ConnectionEvents, signal: AbortSignal): Promise<RedisConnection>;
export {};

// redis-backplane.d.ts
import type { Backplane } from "../../pubsub/backplane.ts";
import { type IoredisClient } from "./ioredis.ts";
import { type NodeRedisClient } from "./node-redis.ts";
import { type RedisBackplaneOptions } from "./settings.ts";
export type RedisClient = NodeRedisClient | IoredisClient;
export declare function redisBackplane(client: RedisClient, options?: RedisBackplaneOptions): Backplane;

// settings.d.ts
export interface RedisBackplaneOptions {
    readonly prefix?: string;
    readonly sharded?: boolean;
    readonly partitions?: number;
}
export interface RedisSettings {
    readonly prefix: string;
    readonly isSharded: boolean;
    readonly partitions: number;
}
export declare function resolveOptions({ prefix, sharded, partitions, }: RedisBackplaneOptions): RedisSettings;
