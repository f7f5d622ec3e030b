// index.d.ts
export type { Clock } from "../node/clock.ts";
export { type ConnectedPair, type ConnectedPairOptions, connectedPair } from "./connected-pair.ts";
export { FakeClock } from "./fake-clock.ts";
export type { LinkDirection, LinkDirectionOptions } from "./link-direction.ts";
export { type MemoryCost, type MemoryMeasurement, type MemoryReport, measureMemory } from "./memory-meter.ts";
export { type LinkOptions, MemoryLink, type MemoryTransport } from "./memory-transport.ts";
export type { RawFrame, ReceivedFrame } from "./raw-frame.ts";
export { type Scripted, type ScriptedPeer, type ScriptedPeerOptions, scriptedPeer } from "./scripted-peer.ts";

// packages/hawser/dist/node/clock.d.ts
export interface Clock {
    now(): number;
    schedule(callback: () => void, delay: number): unknown;
    cancel(scheduled: unknown): void;
    afterInput(callback: () => void): void;
}
export declare const systemClock: Clock;

// connected-pair.d.ts
import type { HeadersLike } from "../handshake/http-headers.ts";
import type { ClientConnection } from "../node/client-connection.ts";
import { type CompressionOption } from "../node/compression.ts";
import type { ConnectionOptions } from "../node/connection-options.ts";
import type { ServerConnection } from "../node/server-connection.ts";
import { FakeClock } from "./fake-clock.ts";
import { type LinkOptions, MemoryLink } from "./memory-transport.ts";
export interface ConnectedPairOptions {
    readonly client?: ConnectionOptions;
    readonly server?: ConnectionOptions;
    readonly compression?: CompressionOption;
    readonly subprotocols?: readonly string[];
    readonly path?: string;
    readonly headers?: HeadersLike;
    readonly link?: LinkOptions;
    readonly clock?: FakeClock;
}
export interface ConnectedPair<UserData = unknown> {
    readonly client: ClientConnection<unknown>;
    readonly server: ServerConnection<UserData>;
    readonly clock: FakeClock;
    readonly link: MemoryLink;
}
export declare function connectedPair<UserData = unknown>(options?: ConnectedPairOptions): ConnectedPair<UserData>;

// fake-clock.d.ts
import type { Clock } from "../node/clock.ts";
export declare class FakeClock implements Clock {
    #private;
    now(): number;
    schedule(callback: () => void, delay: number): unknown;
    cancel(scheduled: unknown): void;
    afterInput(callback: () => void): void;
    scheduleInput(callback: () => void, delay: number): void;
    advance(ms: number): Promise<void>;
    until<T>(promise: Promise<T>, limit?: number): Promise<T>;
    stall(ms: number): void;
}
export declare function settlePromises(): Promise<void>;

// link-direction.d.ts
import type { FakeClock } from "./fake-clock.ts";
export interface LinkDirectionOptions {
    readonly delay?: number;
    readonly chop?: number | ((available: number) => number);
    readonly capacity?: number;
}
export interface LinkReceiver {
    readonly isReading: boolean;
    received(bytes: Uint8Array): void;
    receivedEnd(): void;
    receivedReset(): void;
}
export declare class LinkDirection {
    #private;
    constructor(clock: FakeClock, options: LinkDirectionOptions, receiver: LinkReceiver, drained: () => void);
    get waiting(): number;
    setDelay(ms: number): void;
    cut(): void;
    restore(): void;
    send(bytes: Uint8Array): void;
    sendEnd(): void;
    sendReset(): void;
    wake(): void;
}

// memory-meter.d.ts
export interface MemoryCost {
    readonly heap: number;
    readonly external: number;
    readonly rss: number;
}
export interface MemoryReport {
    readonly open: MemoryCost;
    readonly exchanged: MemoryCost | undefined;
}
export interface MemoryMeasurement<Connection> {
    readonly connections?: number;
    open(index: number): Connection | Promise<Connection>;
    exchange?(connection: Connection, index: number): void | Promise<void>;
    close(connection: Connection): void | Promise<void>;
}
export declare function measureMemory<Connection>(measurement: MemoryMeasurement<Connection>): Promise<MemoryReport>;

// memory-transport.d.ts
import { type Endpoints, type Transport, type TransportSink } from "../node/transport.ts";
import type { FakeClock } from "./fake-clock.ts";
import { LinkDirection, type LinkDirectionOptions, type LinkReceiver } from "./link-direction.ts";
export interface LinkOptions extends LinkDirectionOptions {
    readonly toServer?: LinkDirectionOptions;
    readonly toClient?: LinkDirectionOptions;
}
export declare class MemoryTransport implements Transport, LinkReceiver {
    #private;
    readonly endpoints: Endpoints;
    bytes: Uint8Array;
    end: number;
    constructor(clock: FakeClock, endpoints: Endpoints);
    join(outgoing: LinkDirection, incoming: LinkDirection): void;
    attach(sink: TransportSink): void;
    get bufferedAmount(): number;
    get isCongested(): boolean;
    get stalledFor(): number;
    reserve(length: number): void;
    append(payload: Uint8Array): void;
    flush(): void;
    finish(): void;
    abort(): void;
    drained(): void;
    get isPaused(): boolean;
    pause(): void;
    resume(): void;
    get isReading(): boolean;
    received(bytes: Uint8Array): void;
    receivedEnd(): void;
    receivedReset(): void;
}
export declare class MemoryLink {
    readonly client: MemoryTransport;
    readonly server: MemoryTransport;
    readonly toServer: LinkDirection;
    readonly toClient: LinkDirection;
    constructor(clock: FakeClock, { toServer, toClient, ...both }?: LinkOptions);
    setDelay(ms: number): void;
    cut(): void;
    restore(): void;
}

// raw-frame.d.ts
export interface RawFrame {
    readonly opcode: number;
    readonly payload?: string | Uint8Array;
    readonly fin?: boolean;
    readonly rsv?: number;
    readonly masked?: boolean;
    readonly maskingKey?: number;
    readonly announcedLength?: number;
}
export interface ReceivedFrame {
    readonly opcode: number;
    readonly payload: Uint8Array;
    readonly fin: boolean;
    readonly rsv: number;
    readonly masked: boolean;
}
export declare function serializeRawFrame(frame: RawFrame): Uint8Array;
export declare class RawFrameReader {
    #private;
    read(bytes: Uint8Array): ReceivedFrame[];
}

// scripted-peer.d.ts
import type { ClientConnection } from "../node/client-connection.ts";
import type { ConnectionOptions } from "../node/connection-options.ts";
import type { ServerConnection } from "../node/server-connection.ts";
import type { CloseStatus } from "../protocol/close-code.ts";
import type { Role } from "../protocol/settings.ts";
import { FakeClock } from "./fake-clock.ts";
import { type LinkOptions, MemoryLink } from "./memory-transport.ts";
import { type RawFrame, type ReceivedFrame } from "./raw-frame.ts";
export declare class ScriptedPeer {
    #private;
    constructor(role: Role, link: MemoryLink);
    sendText(text: string): void;
    sendBinary(payload: Uint8Array): void;
    sendPing(payload?: string | Uint8Array): void;
    sendPong(payload?: string | Uint8Array): void;
    sendClose(code?: number, reason?: string): void;
    sendFrame(frame: RawFrame): void;
    sendBytes(bytes: Uint8Array): void;
    expectFrame(expected?: Partial<ReceivedFrame>): Promise<ReceivedFrame>;
    expectText(text?: string): Promise<string>;
    expectBinary(bytes?: Uint8Array): Promise<Uint8Array>;
    expectPing(payload?: string): Promise<Uint8Array>;
    expectPong(payload?: string): Promise<Uint8Array>;
    expectClose(code?: number, reason?: string): Promise<CloseStatus>;
    expectNothing(): Promise<void>;
    expectEnd(): Promise<void>;
    end(): void;
    reset(): void;
    silence(): void;
    stopReading(): void;
    readOn(): void;
}
export interface ScriptedPeerOptions {
    readonly connection?: ConnectionOptions;
    readonly link?: LinkOptions;
    readonly clock?: FakeClock;
}
export interface Scripted<C> {
    readonly connection: C;
    readonly peer: ScriptedPeer;
    readonly clock: FakeClock;
    readonly link: MemoryLink;
}
export declare function scriptedPeer(role: "client", options?: ScriptedPeerOptions): Scripted<ServerConnection>;
export declare function scriptedPeer(role: "server", options?: ScriptedPeerOptions): Scripted<ClientConnection>;
