// index.d.ts
export type { JetStreamClient, NatsConnection, NatsMessage, NatsSubscription } from "./client.ts";
export { natsBackplane } from "./nats-backplane.ts";
export type { NatsBackplaneOptions } from "./settings.ts";

// client.d.ts
export interface NatsMessage {
    readonly subject: string;
    readonly reply?: string | undefined;
    readonly data: Uint8Array;
}
export interface NatsSubscription {
    unsubscribe(): void;
}
export interface NatsConnection {
    publish(subject: string, payload?: Uint8Array): void;
    subscribe(subject: string, options: {
        readonly callback: (error: Error | null, message: NatsMessage) => void;
    }): NatsSubscription;
    request(subject: string, payload: string, options: {
        readonly timeout: number;
    }): Promise<NatsMessage>;
    flush(): Promise<void>;
    status(): AsyncIterable<{
        readonly type: string;
    }>;
    closed(): Promise<unknown>;
    isClosed(): boolean;
    close(): Promise<void>;
}
export interface JetStreamClient {
    publish(subject: string, payload: Uint8Array, options: {
        readonly msgID?: string;
        readonly expect?: {
            readonly lastSubjectSequence: number;
        };
        readonly timeout: number;
    }): Promise<{
        readonly seq: number;
        readonly duplicate?: boolean;
    }>;
}
export declare const ANSWER_TIMEOUT = 4000;

// nats-backplane.d.ts
import { type Backplane } from "../../pubsub/backplane.ts";
import type { NatsConnection } from "./client.ts";
import { type NatsBackplaneOptions } from "./settings.ts";
export declare function natsBackplane<Connection extends NatsConnection>(connection: Connection | (() => Promise<Connection>), options?: NatsBackplaneOptions<Connection>): Backplane;

// settings.d.ts
import type { JetStreamClient, NatsConnection } from "./client.ts";
export interface NatsBackplaneOptions<Connection extends NatsConnection = NatsConnection> {
    readonly prefix?: string;
    readonly jetstream?: (connection: Connection) => JetStreamClient;
    readonly storage?: "file" | "memory";
    readonly replicas?: number;
}
export interface NatsSettings {
    readonly prefix: string;
    readonly jetstream: ((connection: NatsConnection) => JetStreamClient) | undefined;
    readonly storage: "file" | "memory";
    readonly replicas: number;
}
export declare function resolveOptions<Connection extends NatsConnection>(options: NatsBackplaneOptions<Connection>): NatsSettings;
