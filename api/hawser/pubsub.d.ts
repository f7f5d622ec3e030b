// pubsub.d.ts
import { MemoryEngine } from "../pubsub/index.ts";
import { type Clock } from "./clock.ts";
export * from "../pubsub/index.ts";
export declare function memoryEngine({ clock }?: {
    readonly clock?: Pick<Clock, "now">;
}): MemoryEngine;

// packages/hawser/dist/pubsub/index.d.ts
export type { Answer } from "./answer.ts";
export { type Backplane, BackplaneError, type BackplanePresence, type BackplaneReceiver, type HistoryLimits, type HistoryPage, type HistoryRequest, type PresenceRecord, type Receipt, type TopicInterest, } from "./backplane.ts";
export { isPresenceRecord, MAX_MEMBER_DATA_LENGTH } from "./checks.ts";
export { MemoryEngine, type MemoryPlatform } from "./memory-engine.ts";
export { type Payload, type Position, type Publication, type PublicationKind, type StoredPublication, stored, } from "./publication.ts";
export { KeyWindow, MAX_KEY_LENGTH, RecentKeys } from "./recent-keys.ts";
export { isTopic, MAX_TOPIC_LENGTH } from "./topic-name.ts";
export { decodeWire, encodeWire, WIRE_VERSION, type WireFault, WireLimits, type WireMessage } from "./wire-form.ts";

// packages/hawser/dist/pubsub/answer.d.ts
export type Answer<Value> = Value | Promise<Value>;
export declare function whenAnswered<Value>(ask: () => Answer<Value>, use: (value: Value) => void, failed: (error: unknown) => void): Promise<void> | undefined;

// packages/hawser/dist/pubsub/backplane.d.ts
import type { Answer } from "./answer.ts";
import type { Position, Publication, StoredPublication } from "./publication.ts";
export interface HistoryLimits {
    readonly maxCount: number;
    readonly maxAge: number;
}
export interface TopicInterest {
    readonly topic: string;
    readonly history: HistoryLimits | undefined;
}
export interface Receipt {
    readonly position: Position | undefined;
    readonly isDuplicate: boolean;
}
export type HistoryRequest = {
    readonly since: Position;
} | {
    readonly last: number;
};
export interface HistoryPage extends Position {
    readonly publications: readonly StoredPublication[];
    readonly isComplete: boolean;
}
export interface PresenceRecord {
    readonly id: string;
    readonly data: string;
}
export interface BackplanePresence {
    keep(topic: string, members: readonly PresenceRecord[], ttl: number): Answer<void>;
    remove(topic: string, ids: readonly string[]): Answer<void>;
    list(topic: string): Answer<readonly PresenceRecord[]>;
    count(topic: string): Answer<number>;
}
export interface BackplaneReceiver {
    received(publication: Publication, position: Position | undefined): void;
    gap(topics: readonly string[] | undefined): void;
    connected(): void;
    disconnected(cause: unknown): void;
    rejected(reason: string): void;
}
export interface Backplane {
    readonly name: string;
    readonly presence: BackplanePresence | undefined;
    readonly keepsHistory: boolean;
    start(receiver: BackplaneReceiver): Promise<void>;
    subscribe(interests: readonly TopicInterest[]): Answer<void>;
    unsubscribe(topics: readonly string[]): Answer<void>;
    publish(publication: Publication, history: HistoryLimits | undefined): Answer<Receipt>;
    history(topic: string, limits: HistoryLimits, request: HistoryRequest): Answer<HistoryPage>;
    close(): Promise<void>;
}
export declare class BackplaneError extends Error {
    readonly name: string;
    readonly code: "DISCONNECTED" | "FAILED";
    constructor(code: "DISCONNECTED" | "FAILED", message: string, options?: {
        readonly cause?: unknown;
    });
}

// packages/hawser/dist/pubsub/checks.d.ts
import type { PresenceRecord } from "./backplane.ts";
import type { Position } from "./publication.ts";
export declare const MAX_MEMBER_DATA_LENGTH = 4096;
export declare function isRecord(value: unknown): value is Readonly<Record<string, unknown>>;
export declare function isPosition(value: unknown): value is Position;
export declare function checkSince(action: string, since: unknown): Position | undefined;
export declare function isPresenceRecord(value: unknown): value is PresenceRecord;

// packages/hawser/dist/pubsub/memory-engine.d.ts
import { type Backplane, type BackplanePresence, type BackplaneReceiver, type HistoryLimits, type HistoryPage, type HistoryRequest, type Receipt, type TopicInterest } from "./backplane.ts";
import type { Position, Publication } from "./publication.ts";
export interface MemoryPlatform {
    now(): number;
    createId(): string;
}
export declare class MemoryEngine {
    #private;
    constructor(platform: MemoryPlatform);
    backplane(): Backplane;
    goAway(): void;
    comeBack({ isEmpty }?: {
        readonly isEmpty?: boolean;
    }): void;
    get isAway(): boolean;
    get presence(): BackplanePresence;
    publish(publication: Publication, history: HistoryLimits | undefined, origin: MemoryBackplane): Receipt;
    history(topic: string, limits: HistoryLimits, request: HistoryRequest): HistoryPage;
    remove(backplane: MemoryBackplane): void;
}
declare class MemoryBackplane implements Backplane {
    #private;
    readonly name = "memory";
    readonly keepsHistory = true;
    readonly presence: BackplanePresence;
    constructor(engine: MemoryEngine);
    start(receiver: BackplaneReceiver): Promise<void>;
    subscribe(interests: readonly TopicInterest[]): void;
    unsubscribe(topics: readonly string[]): void;
    publish(publication: Publication, history: HistoryLimits | undefined): Receipt;
    history(topic: string, limits: HistoryLimits, request: HistoryRequest): HistoryPage;
    close(): Promise<void>;
    hears(topic: string): boolean;
    pass(publication: Publication, position: Position | undefined): void;
    lose(): void;
    regain(): void;
}
export {};

// packages/hawser/dist/pubsub/publication.d.ts
export type Payload = string | Uint8Array;
export interface Position {
    readonly epoch: string;
    readonly offset: number;
}
export declare const PUBLICATION_KINDS: readonly ["message", "join", "leave"];
export type PublicationKind = (typeof PUBLICATION_KINDS)[number];
export interface Publication {
    readonly topic: string;
    readonly kind: PublicationKind;
    readonly data: Payload;
    readonly key: string | undefined;
    readonly compress: boolean | undefined;
}
export interface StoredPublication extends Publication, Position {
}
export declare function stored(publication: Publication, { epoch, offset }: Position): StoredPublication;

// packages/hawser/dist/pubsub/recent-keys.d.ts
export declare const KeyWindow: {
    readonly MAX_AGE: 120000;
    readonly MAX_COUNT: 10000;
};
export declare const MAX_KEY_LENGTH = 255;
export declare function checkKey(action: string, key: unknown): string | undefined;
export declare function isKey(key: unknown): key is string;
export interface KeyLimits {
    readonly maxCount: number;
    readonly maxAge: number;
}
export declare class RecentKeys<Known> {
    #private;
    constructor(limits?: KeyLimits);
    get size(): number;
    get(topic: string, key: string, now: number): Known | undefined;
    add(topic: string, key: string, known: Known, now: number): void;
}

// packages/hawser/dist/pubsub/topic-name.d.ts
export declare const MAX_TOPIC_LENGTH = 255;
export declare function isTopic(topic: unknown): topic is string;
export declare function checkTopic(action: string, topic: unknown): string;

// packages/hawser/dist/pubsub/wire-form.d.ts
import type { Position, Publication } from "./publication.ts";
export declare const WIRE_VERSION = 1;
export declare const WireLimits: {
    readonly HEADER: 2048;
    readonly PAYLOAD: 16777216;
    readonly NAME: 128;
};
export interface WireMessage {
    readonly publication: Publication;
    readonly from: string | undefined;
    readonly position: Position | undefined;
}
export interface WireFault {
    readonly fault: string;
}
export declare function encodeWire(publication: Publication, from: string, position?: Position): Uint8Array;
export declare function decodeWire(topic: string, wire: string | Uint8Array): WireMessage | WireFault;
