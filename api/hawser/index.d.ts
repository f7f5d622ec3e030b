// index.d.ts
export type { PerMessageDeflateOptions } from "./extensions/permessage-deflate/options.ts";
export type { ClientExtensionFactory, ParameterList, ServerExtensionFactory, } from "./handshake/extension-negotiation.ts";
export { type HeadersLike, HttpHeaders } from "./handshake/http-headers.ts";
export type { HttpRequestHead } from "./handshake/http-request.ts";
export type { HttpResponseHead } from "./handshake/http-response.ts";
export type { Origins } from "./handshake/origin.ts";
export type { SubprotocolSelector } from "./handshake/server-handshake.ts";
export type { AttachableServer } from "./node/attached-handshake.ts";
export type { BackplaneMetrics } from "./node/backplane-link.ts";
export { type BasicAuthOptions, basicAuth, type Credentials } from "./node/basic-auth.ts";
export { type BroadcastOptions, type BroadcastResult, broadcast } from "./node/broadcast.ts";
export type { ClientConnection } from "./node/client-connection.ts";
export type { ConnectOptions } from "./node/client-options.ts";
export { type CompressionMetrics, type CompressionOption, clientPerMessageDeflate, type PerMessageDeflateFactory, serverPerMessageDeflate, } from "./node/compression.ts";
export { type Connect, connect } from "./node/connect.ts";
export type { BackoffOptions, ForeverOptions } from "./node/connect-forever.ts";
export type { AgreedExtension, Connection, HandshakeAnswer } from "./node/connection.ts";
export type { ConnectionOptions, SlowConsumerOptions } from "./node/connection-options.ts";
export type { Bytes, Data, DataFragments, SendOptions } from "./node/data.ts";
export type { ConnectionEnd, DeliveryCounts, SlowAction } from "./node/diagnostics.ts";
export type { DiagnosticsMessages } from "./node/diagnostics-messages.ts";
export type { DrainOptions } from "./node/draining.ts";
export type { CloseInitiator } from "./node/ending.ts";
export { ConcurrencyError, ConnectionClosed, ConnectionClosedError, ConnectionClosedOK, HandshakeError, type HandshakeErrorCode, type HandshakeResponse, HawserError, type HawserErrorCode, ProtocolError, } from "./node/errors.ts";
export type { Handler, HandlerFunction, HandlerHooks, HookResult } from "./node/handler.ts";
export { type HealthCheckPaths, healthChecks } from "./node/health-checks.ts";
export { type ListenFd, listenFds } from "./node/listen-fds.ts";
export type { Logger } from "./node/logger.ts";
export type { OpenConnections } from "./node/open-connections.ts";
export type { PendingConnection } from "./node/pending-connection.ts";
export type { Readiness } from "./node/readiness.ts";
export type { RecvOptions } from "./node/receiver.ts";
export type { ProcessRequest, ProcessResponse } from "./node/request-hooks.ts";
export { respond } from "./node/respond.ts";
export { serve } from "./node/serve.ts";
export type { ServeOptions } from "./node/serve-options.ts";
export type { CloseOptions, Server, ServerMetrics } from "./node/server.ts";
export type { ServerConnection } from "./node/server-connection.ts";
export { type ShutdownOptions, shutdownOn } from "./node/shutdown.ts";
export type { PublishOptions, PublishResult, SubscribeOptions, Subscription } from "./node/topic-host.ts";
export type { PresenceEvent, PresenceMember, SlowSubscriberPolicy, TopicHistoryOptions, TopicLoss, TopicMessage, TopicOptions, TopicPresenceOptions, TopicsOption, } from "./node/topic-options.ts";
export type { HistoryOptions, ReadOptions, TopicHistory } from "./node/topics.ts";
export type { TrustProxyOption } from "./node/trusted-proxies.ts";
export { CloseCode, type CloseStatus } from "./protocol/close-code.ts";
export type { State } from "./protocol/closing.ts";
export type { Extension } from "./protocol/extension.ts";
export type { Message } from "./protocol/message-assembler.ts";
export type { TopicMessages } from "./pubsub/topic-queue.ts";

// extensions/permessage-deflate/options.d.ts
import type { DeflateStrategy } from "../../deflate/engine.ts";
import { type OfferParameters } from "./parameters.ts";
import type { ServerWishes } from "./server-negotiation.ts";
import type { CompressionEffort } from "./settings.ts";
export declare const DEFAULT_SERVER_WINDOW_BITS = 12;
export declare const DEFAULT_MEM_LEVEL = 5;
export declare const DEFAULT_LEVEL = 6;
export declare const DEFAULT_THRESHOLD = 32;
export declare const DEFAULT_COLD_AFTER = 60000;
export interface PerMessageDeflateOptions {
    readonly serverMaxWindowBits?: number | null;
    readonly clientMaxWindowBits?: number | true | null;
    readonly serverNoContextTakeover?: boolean;
    readonly clientNoContextTakeover?: boolean;
    readonly requireClientMaxWindowBits?: boolean;
    readonly memLevel?: number;
    readonly level?: number;
    readonly strategy?: DeflateStrategy;
    readonly threshold?: number;
    readonly coldAfter?: number | null;
    readonly memoryBudget?: number;
}
export declare function resolveServerOptions(options: PerMessageDeflateOptions): {
    readonly wishes: ServerWishes;
    readonly effort: CompressionEffort;
};
export declare function resolveClientOptions(options: PerMessageDeflateOptions): {
    readonly offer: OfferParameters;
    readonly effort: CompressionEffort;
};
export interface WindowRules {
    readonly coldAfter: number;
    readonly memoryBudget: number;
}
export declare function resolveWindowRules({ coldAfter, memoryBudget, }: PerMessageDeflateOptions): WindowRules;

// handshake/extension-negotiation.d.ts
import type { Extension, ExtensionParameterValue } from "../protocol/extension.ts";
export type ParameterList = readonly (readonly [name: string, value: ExtensionParameterValue])[];
export interface ServerExtensionFactory {
    readonly name: string;
    accept(offer: ParameterList): {
        readonly parameters: ParameterList;
        readonly extension: Extension;
    } | undefined;
}
export interface ClientExtensionFactory {
    readonly name: string;
    readonly offers: readonly ParameterList[];
    agree(response: ParameterList): Extension | string;
}

// handshake/http-headers.d.ts
export type HeadersLike = Iterable<readonly [name: string, value: string]> | HeadersRecord;
export type HeadersRecord = Readonly<Record<string, string | readonly string[]>>;
export declare class HttpHeaders implements Iterable<[name: string, value: string]> {
    #private;
    constructor(init?: HeadersLike);
    static ofParsedLines(lines: string[]): HttpHeaders;
    copy(): HttpHeaders;
    pack(): string;
    static unpack(packed: string): HttpHeaders;
    serialize(): string;
    get(name: string): string | undefined;
    getAll(name: string): string[];
    has(name: string): boolean;
    set(name: string, value: string): void;
    append(name: string, value: string): void;
    delete(name: string): void;
    entries(): IterableIterator<[name: string, value: string]>;
    keys(): IterableIterator<string>;
    values(): IterableIterator<string>;
    [Symbol.iterator](): IterableIterator<[name: string, value: string]>;
}

// handshake/http-request.d.ts
import { HttpHeaders } from "./http-headers.ts";
export interface HttpRequestHead {
    readonly method: string;
    readonly path: string;
    readonly httpVersion: HttpVersion;
    readonly headers: HttpHeaders;
    readonly url: URL;
}
export type HttpVersion = "1.0" | "1.1" | "2.0";
export interface RequestParts {
    readonly method: string;
    readonly path: string;
    readonly httpVersion: HttpVersion;
    readonly headers: HttpHeaders;
    readonly isSecure: boolean;
}
export declare function createRequestHead(parts: RequestParts): HttpRequestHead;
export declare function packRequest(request: HttpRequestHead): string;
export declare function unpackRequest(packed: string): HttpRequestHead;
export declare function isValidHost(host: string): boolean;

// handshake/http-response.d.ts
import type { FrameOutput } from "../bytes/frame-output.ts";
import type { HandshakeFault, HeaderPairs } from "./errors.ts";
import { HttpHeaders } from "./http-headers.ts";
export interface HttpResponseHead {
    readonly status: number;
    readonly statusText: string;
    readonly headers: HttpHeaders;
    readonly body: Uint8Array | undefined;
}
export interface HttpRequestLine {
    readonly method: string;
    readonly path: string;
    readonly headers: HttpHeaders;
}
export declare function reasonPhrase(status: number): string;
export declare function textResponse(status: number, text: string, headers?: HeaderPairs): HttpResponseHead;
export declare function faultResponse(fault: HandshakeFault): HttpResponseHead;
export declare function serializeResponse(response: HttpResponseHead): Uint8Array;
export declare function writeResponse(output: FrameOutput, response: HttpResponseHead): void;
export declare function serializeRequest({ method, path, headers }: HttpRequestLine): Uint8Array;
export declare function mayHaveBody(status: number): boolean;

// handshake/origin.d.ts
import { type HandshakeFault } from "./errors.ts";
import type { HttpHeaders } from "./http-headers.ts";
export type Origins = "same-origin" | "any" | readonly (string | RegExp | null)[];
export interface RequestedAuthority {
    readonly host: string;
    readonly isSecure: boolean;
}
export interface OriginPolicy {
    readonly expectation: string;
    allows(origin: string | undefined, authority: RequestedAuthority): boolean;
}
export declare function resolveOrigins(action: string, origins: Origins): OriginPolicy;
export declare function judgeOrigin(headers: HttpHeaders, policy: OriginPolicy, authority: RequestedAuthority): HandshakeFault | undefined;

// handshake/server-handshake.d.ts
import type { Extension } from "../protocol/extension.ts";
import { type HandshakeFault } from "./errors.ts";
import type { ServerExtensionFactory } from "./extension-negotiation.ts";
import { HttpHeaders } from "./http-headers.ts";
import { type HttpRequestHead } from "./http-request.ts";
import { type Sha1Base64 } from "./key.ts";
import { type OriginPolicy, type RequestedAuthority } from "./origin.ts";
export type SubprotocolSelector = (offered: readonly string[], request: HttpRequestHead) => string | undefined;
export interface ServerHandshakeSettings {
    readonly origins: OriginPolicy;
    readonly subprotocols: readonly string[];
    readonly selectSubprotocol: SubprotocolSelector | null;
    readonly extensions: readonly ServerExtensionFactory[];
    readonly sha1Base64: Sha1Base64;
}
export interface ServerAgreement {
    readonly request: HttpRequestHead;
    readonly status: 101 | 200;
    readonly headers: HttpHeaders;
    readonly subprotocol: string | undefined;
    readonly extensions: readonly Extension[];
}
export declare function judgeRequest(request: HttpRequestHead, settings: ServerHandshakeSettings, authority: RequestedAuthority): ServerAgreement | HandshakeFault;

// node/attached-handshake.d.ts
import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { HttpRequestHead } from "../handshake/http-request.ts";
import type { Responder } from "./responder.ts";
import type { Endpoints, Transport } from "./transport.ts";
export type AttachableServer = HttpServer | Http2SecureServer | Http2Server;
export interface AttachedHandshake {
    readonly path: string;
    accept(): AcceptedHandshake;
    refuse(): void;
}
export interface AcceptedHandshake {
    readonly transport: Transport;
    readonly endpoints: Endpoints;
    readonly request: HttpRequestHead;
    readonly early: Uint8Array;
    readonly responder: Responder;
}
export declare function nobodyAt(path: string): string;

// node/backplane-link.d.ts
import type { Answer } from "../pubsub/answer.ts";
import { type Backplane, type BackplaneReceiver, type HistoryLimits, type Receipt } from "../pubsub/backplane.ts";
import type { Position, Publication } from "../pubsub/publication.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
export interface BackplaneMetrics {
    readonly name: string;
    readonly isConnected: boolean;
    readonly published: number;
    readonly failed: number;
    readonly received: number;
    readonly rejected: number;
    readonly gaps: number;
}
export interface LinkHost {
    confirmed(duration: number): void;
    received(publication: Publication, position: Position | undefined): void;
    gap(topics: readonly string[] | undefined): void;
}
export declare class BackplaneLink implements BackplaneReceiver {
    #private;
    readonly isShared: boolean;
    constructor(backplane: Backplane | undefined, clock: Clock, logger: Logger, host: LinkHost);
    get isConnected(): boolean;
    get metrics(): BackplaneMetrics | undefined;
    get engine(): Backplane;
    start(): Promise<void>;
    hear(topic: string, history: HistoryLimits | undefined): Promise<void>;
    unhear(topic: string): void;
    publish(publication: Publication, history: HistoryLimits | undefined): Answer<Receipt>;
    refuse(reason?: string): Promise<never>;
    close(): Promise<void>;
    received(publication: Publication, position: Position | undefined): void;
    gap(topics: readonly string[] | undefined): void;
    connected(): void;
    disconnected(cause: unknown): void;
    rejected(reason: string): void;
}
export declare function checkBackplane(action: string, backplane: Backplane | undefined): Backplane | undefined;

// node/basic-auth.d.ts
import type { ProcessRequest } from "./request-hooks.ts";
export type Credentials = readonly [username: string, password: string];
interface BasicAuthRealm {
    readonly realm?: string;
}
export interface BasicAuthCredentials extends BasicAuthRealm {
    readonly credentials: Credentials | Iterable<Credentials>;
    readonly checkCredentials?: never;
}
export interface BasicAuthCheck extends BasicAuthRealm {
    readonly checkCredentials: (username: string, password: string) => boolean | Promise<boolean>;
    readonly credentials?: never;
}
export type BasicAuthOptions = BasicAuthCredentials | BasicAuthCheck;
export declare function basicAuth(options: BasicAuthOptions): ProcessRequest;
export {};

// node/broadcast.d.ts
import { type Connection } from "./connection.ts";
import { type Data, type SendOptions } from "./data.ts";
import type { Session } from "./session.ts";
export interface BroadcastOptions extends SendOptions {
    readonly except?: Connection | Iterable<Connection>;
}
export interface BroadcastResult {
    readonly sent: number;
    readonly skipped: number;
    readonly failed: number;
}
export declare function broadcast(connections: Iterable<Connection>, data: Data, options?: BroadcastOptions): BroadcastResult;
export declare function exceptions(except: BroadcastOptions["except"]): ReadonlySet<Connection>;
export declare const NOBODY: ReadonlySet<Connection>;
export declare function closeSlow({ protocol, now }: Session): void;
export declare function isSlow({ settings, bufferedAmount, transport }: Session): boolean;

// node/client-connection.d.ts
import { Connection } from "./connection.ts";
export declare class ClientConnection<UserData = unknown> extends Connection<UserData> {
}

// node/client-options.d.ts
import type { LookupFunction } from "node:net";
import { type ConnectionOptions as TlsOptions } from "node:tls";
import type { ClientExtensionFactory } from "../handshake/extension-negotiation.ts";
import { type HeadersLike, HttpHeaders } from "../handshake/http-headers.ts";
import { type CompressionOption } from "./compression.ts";
import { type ConnectionOptions, type ConnectionSettings } from "./connection-options.ts";
import { type ProxyAddress } from "./proxy-address.ts";
export interface ConnectOptions extends ConnectionOptions {
    readonly subprotocols?: readonly string[];
    readonly compression?: CompressionOption;
    readonly extensions?: readonly ClientExtensionFactory[];
    readonly origin?: string;
    readonly headers?: HeadersLike;
    readonly userAgent?: string | null;
    readonly tls?: TlsOptions;
    readonly proxy?: true | string | URL | null;
    readonly proxyTls?: TlsOptions;
    readonly maxRedirects?: number;
    readonly openTimeout?: number;
    readonly signal?: AbortSignal | undefined;
    readonly path?: string;
    readonly http2?: boolean;
    readonly lookup?: LookupFunction;
}
export declare const CONNECT_OPTIONS: readonly (keyof ConnectOptions)[];
export declare const ConnectDefaults: {
    readonly USER_AGENT: string;
    readonly MAX_REDIRECTS: 10;
    readonly OPEN_TIMEOUT: 10000;
};
export interface ConnectSettings {
    readonly connection: ConnectionSettings;
    readonly subprotocols: readonly string[];
    readonly extensions: readonly ClientExtensionFactory[];
    readonly origin: string | null;
    readonly headers: HttpHeaders;
    readonly userAgent: string | null;
    readonly tls: TlsOptions;
    readonly givenTls: TlsOptions | undefined;
    readonly proxy: "environment" | ProxyAddress | null;
    readonly proxyTls: TlsOptions;
    readonly maxRedirects: number;
    readonly openTimeout: number;
    readonly signal: AbortSignal | undefined;
    readonly path: string | undefined;
    readonly http2: boolean;
    readonly lookup: LookupFunction | undefined;
}
export declare function resolveConnectOptions(options: ConnectOptions, known?: readonly string[]): ConnectSettings;

// node/compression.d.ts
import type { WindowMetrics } from "../deflate/window-metrics.ts";
import { type PerMessageDeflateOptions } from "../extensions/permessage-deflate/options.ts";
import type { ClientExtensionFactory, ServerExtensionFactory } from "../handshake/extension-negotiation.ts";
export type CompressionOption = false | "deflate" | PerMessageDeflateOptions;
export type CompressionMetrics = WindowMetrics;
export interface PerMessageDeflateFactory {
    compressionMetrics(): CompressionMetrics | undefined;
}
export declare function serverPerMessageDeflate(options?: PerMessageDeflateOptions): ServerExtensionFactory & PerMessageDeflateFactory;
export declare function clientPerMessageDeflate(options?: PerMessageDeflateOptions): ClientExtensionFactory & PerMessageDeflateFactory;
export declare function compressionMetrics(factories: readonly (ServerExtensionFactory & Partial<PerMessageDeflateFactory>)[]): CompressionMetrics | undefined;
export declare function resolveCompression(role: "server", compression: CompressionOption): ServerExtensionFactory[];
export declare function resolveCompression(role: "client", compression: CompressionOption): ClientExtensionFactory[];
export declare function withCompression(role: "server", extensions: readonly ServerExtensionFactory[], compression: CompressionOption | undefined): readonly ServerExtensionFactory[];
export declare function withCompression(role: "client", extensions: readonly ClientExtensionFactory[], compression: CompressionOption | undefined): readonly ClientExtensionFactory[];

// node/connect.d.ts
import { ClientConnection } from "./client-connection.ts";
import { type ConnectOptions } from "./client-options.ts";
import { type ForeverOptions } from "./connect-forever.ts";
export interface Connect {
    <UserData = unknown>(url: string | URL, options?: ConnectOptions): Promise<ClientConnection<UserData>>;
    forever<UserData = unknown>(url: string | URL, options?: ForeverOptions): AsyncGenerator<ClientConnection<UserData>, void, void>;
}
export declare const connect: Connect;

// node/connect-forever.d.ts
import { type BackoffSettings } from "./backoff.ts";
import type { ClientConnection } from "./client-connection.ts";
import { type ConnectOptions, type ConnectSettings } from "./client-options.ts";
export interface BackoffOptions {
    readonly initial?: number;
    readonly factor?: number;
    readonly max?: number;
}
export interface ForeverOptions extends ConnectOptions {
    readonly backoff?: BackoffOptions;
    readonly minUptime?: number;
    readonly isRetryable?: (error: unknown) => boolean;
    readonly maxAttempts?: number;
    readonly signal?: AbortSignal | undefined;
}
export declare const ForeverDefaults: {
    readonly BACKOFF_INITIAL: 1000;
    readonly BACKOFF_FACTOR: 2;
    readonly BACKOFF_MAX: 90000;
    readonly MIN_UPTIME: 5000;
};
export interface RetrySettings {
    readonly backoff: BackoffSettings;
    readonly minUptime: number;
    readonly isRetryable: (error: unknown) => boolean;
    readonly maxAttempts: number;
}
export declare function resolveForeverOptions(options: ForeverOptions): RetrySettings & {
    readonly connect: ConnectSettings;
};
export interface RetryEnvironment {
    now(): number;
    date(): number;
    random(): number;
    wait(delay: number, signal: AbortSignal): Promise<void>;
}
export declare function iterateConnections<UserData>(open: (signal: AbortSignal) => Promise<ClientConnection<UserData>>, settings: RetrySettings, signal?: AbortSignal, environment?: RetryEnvironment): AsyncGenerator<ClientConnection<UserData>, void, void>;

// node/connection.d.ts
import { HttpHeaders } from "../handshake/http-headers.ts";
import { type HttpRequestHead } from "../handshake/http-request.ts";
import type { State } from "../protocol/closing.ts";
import type { ExtensionParameters } from "../protocol/extension.ts";
import type { Message } from "../protocol/message-assembler.ts";
import { type Data, type DataFragments, type SendOptions } from "./data.ts";
import { type RecvOptions } from "./receiver.ts";
import type { Session } from "./session.ts";
import type { Endpoints } from "./transport.ts";
export interface HandshakeAnswer {
    readonly status: number;
    readonly headers: HttpHeaders;
}
export interface Agreement {
    readonly request: HttpRequestHead;
    readonly response: HandshakeAnswer;
    readonly subprotocol: string | undefined;
    readonly isUnseen?: boolean;
}
export interface AgreedExtension {
    readonly name: string;
    readonly parameters: ExtensionParameters;
}
export declare const SESSION: unique symbol;
export declare abstract class Connection<UserData = unknown> implements AsyncIterable<Message> {
    #private;
    readonly [SESSION]: Session;
    data: UserData;
    constructor(session: Session, agreement: Agreement, endpoints: Endpoints, id?: string);
    get id(): string;
    get request(): HttpRequestHead;
    get response(): HandshakeAnswer;
    get subprotocol(): string | undefined;
    get extensions(): readonly AgreedExtension[];
    get state(): State;
    get closeCode(): number | undefined;
    get closeReason(): string | undefined;
    get latency(): number | undefined;
    get bufferedAmount(): number;
    get localAddress(): string | undefined;
    get localPort(): number | undefined;
    get remoteAddress(): string | undefined;
    get remotePort(): number | undefined;
    recv(options?: RecvOptions): Promise<Message>;
    [Symbol.asyncIterator](): AsyncIterableIterator<Message, void, void>;
    recvStream(): AsyncGenerator<Message, void, void>;
    send(data: Data | DataFragments, options?: SendOptions): Promise<void>;
    sendNow(data: Data, options?: SendOptions): boolean;
    ping(payload?: Data): Promise<number>;
    pong(payload?: Data): void;
    close(code?: number, reason?: string): Promise<void>;
    terminate(): void;
    waitClosed(): Promise<void>;
    get readable(): ReadableStream<Message>;
    get writable(): WritableStream<Data>;
    [Symbol.asyncDispose](): Promise<void>;
}

// node/connection-options.d.ts
import type { MaskingKeys } from "../protocol/frame-writer.ts";
import type { ProtocolSettings, Role } from "../protocol/settings.ts";
import type { InboxLimits } from "./inbox.ts";
import { type Logger } from "./logger.ts";
export interface SlowConsumerOptions {
    readonly maxBuffered?: number;
    readonly stall?: number;
    readonly policy?: "close" | "skip";
}
export interface ConnectionOptions {
    readonly pingInterval?: number | null;
    readonly pingTimeout?: number | null;
    readonly closeTimeout?: number;
    readonly maxSize?: number;
    readonly maxFragmentSize?: number;
    readonly maxFragments?: number;
    readonly maxQueue?: number | {
        readonly high: number;
        readonly low: number;
    };
    readonly readLimit?: number;
    readonly writeLimit?: number;
    readonly slowConsumer?: SlowConsumerOptions;
    readonly logger?: Logger;
}
export declare const CONNECTION_OPTIONS: readonly ["pingInterval", "pingTimeout", "closeTimeout", "maxSize", "maxFragmentSize", "maxFragments", "maxQueue", "readLimit", "writeLimit", "slowConsumer", "logger"];
export declare const ConnectionDefaults: {
    readonly PING_INTERVAL: 20000;
    readonly PING_TIMEOUT: 20000;
    readonly CLOSE_TIMEOUT: 10000;
    readonly MAX_SIZE: 1048576;
    readonly MAX_FRAGMENTS: 131072;
    readonly MAX_QUEUE: 16;
    readonly READ_LIMIT: 65536;
    readonly WRITE_LIMIT: 32768;
    readonly SLOW_MAX_BUFFERED: 1048576;
    readonly SLOW_STALL: 30000;
};
export interface ConnectionSettings extends ProtocolSettings, InboxLimits {
    readonly writeLimit: number;
    readonly slowConsumer: Required<SlowConsumerOptions>;
    readonly logger: Logger;
}
export declare function resolveConnectionOptions(action: string, role: Role, maskingKeys: MaskingKeys, options: ConnectionOptions): ConnectionSettings;

// node/data.d.ts
import { type DataOpcode } from "../protocol/opcode.ts";
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;
export type Data = string | Bytes;
export type DataFragments = Iterable<Data> | AsyncIterable<Data>;
export interface SendOptions {
    readonly text?: boolean;
    readonly compress?: boolean;
}
export declare const SEND_OPTIONS: readonly ["text", "compress"];
export declare function checkSendOptions(options: SendOptions | undefined): void;
export declare function isFragments(data: unknown): data is DataFragments;
export declare function opcodeOf(data: Data, options: SendOptions | undefined): DataOpcode;
export declare function toBytes(action: string, data: Data, opcode?: DataOpcode): Uint8Array;

// node/diagnostics.d.ts
import type { HttpRequestHead } from "../handshake/http-request.ts";
import type { CloseInitiator } from "./ending.ts";
export interface ChannelMessages {
    readonly "hawser:server:listening": {
        readonly server: object;
        readonly attachedTo: object | undefined;
    };
    readonly "hawser:server:closed": {
        readonly server: object;
    };
    readonly "hawser:connection:open": {
        readonly connection: object;
        readonly duration: number;
    };
    readonly "hawser:connection:close": ConnectionEnd & {
        readonly connection: object;
    };
    readonly "hawser:connection:refused": {
        readonly remoteAddress: string | undefined;
        readonly request: HttpRequestHead | undefined;
        readonly status: number;
        readonly reason: string;
    };
    readonly "hawser:connection:ping-timeout": {
        readonly connection: object;
    };
    readonly "hawser:connection:slow": {
        readonly connection: object;
        readonly action: SlowAction;
        readonly bufferedAmount: number;
    };
    readonly "hawser:broadcast": DeliveryCounts & {
        readonly bytes: number;
        readonly duration: number;
    };
    readonly "hawser:publish": DeliveryCounts & {
        readonly topic: string;
    };
    readonly "hawser:backplane:up": {
        readonly name: string;
    };
    readonly "hawser:backplane:down": {
        readonly name: string;
        readonly cause: unknown;
    };
    readonly "hawser:client:open": {
        readonly connection: object;
    };
    readonly "hawser:client:close": Omit<ConnectionEnd, "duration"> & {
        readonly connection: object;
    };
}
export interface DeliveryCounts {
    readonly sent: number;
    readonly skipped: number;
    readonly failed: number;
}
export type SlowAction = "close" | "skip" | "conflate";
export interface ConnectionEnd {
    readonly code: number;
    readonly reason: string;
    readonly initiator: CloseInitiator;
    readonly duration: number;
}
interface TypedChannel<Message> {
    readonly hasSubscribers: boolean;
    publish(message: Message): void;
}
export type DiagnosticsChannel = keyof ChannelMessages;
export declare const diagnostics: {
    readonly serverListening: TypedChannel<{
        readonly server: object;
        readonly attachedTo: object | undefined;
    }>;
    readonly serverClosed: TypedChannel<{
        readonly server: object;
    }>;
    readonly connectionOpen: TypedChannel<{
        readonly connection: object;
        readonly duration: number;
    }>;
    readonly connectionClose: TypedChannel<ConnectionEnd & {
        readonly connection: object;
    }>;
    readonly connectionRefused: TypedChannel<{
        readonly remoteAddress: string | undefined;
        readonly request: HttpRequestHead | undefined;
        readonly status: number;
        readonly reason: string;
    }>;
    readonly pingTimeout: TypedChannel<{
        readonly connection: object;
    }>;
    readonly slowConsumer: TypedChannel<{
        readonly connection: object;
        readonly action: SlowAction;
        readonly bufferedAmount: number;
    }>;
    readonly broadcast: TypedChannel<DeliveryCounts & {
        readonly bytes: number;
        readonly duration: number;
    }>;
    readonly publish: TypedChannel<DeliveryCounts & {
        readonly topic: string;
    }>;
    readonly backplaneUp: TypedChannel<{
        readonly name: string;
    }>;
    readonly backplaneDown: TypedChannel<{
        readonly name: string;
        readonly cause: unknown;
    }>;
    readonly clientOpen: TypedChannel<{
        readonly connection: object;
    }>;
    readonly clientClose: TypedChannel<Omit<ConnectionEnd, "duration"> & {
        readonly connection: object;
    }>;
};
export {};

// node/diagnostics-messages.d.ts
import type { ClientConnection } from "./client-connection.ts";
import type { ChannelMessages } from "./diagnostics.ts";
import type { Server } from "./server.ts";
import type { ServerConnection } from "./server-connection.ts";
type ConnectionChannel = `hawser:connection:${"open" | "close" | "ping-timeout" | "slow"}`;
export type DiagnosticsMessages = {
    readonly [Name in keyof ChannelMessages]: Omit<ChannelMessages[Name], "connection" | "server"> & Subject<Name>;
};
type Subject<Name> = Name extends ConnectionChannel ? {
    readonly connection: ServerConnection;
} : Name extends `hawser:client:${string}` ? {
    readonly connection: ClientConnection;
} : Name extends `hawser:server:${string}` ? {
    readonly server: Server;
} : unknown;
export {};

// node/draining.d.ts
import type { TextCodec } from "../bytes/text-codec.ts";
import type { ServerCore } from "./server-core.ts";
export interface DrainOptions {
    readonly notReady?: number;
    readonly window?: number;
    readonly code?: number;
    readonly reason?: string;
}
export type DrainSettings = Required<DrainOptions>;
export declare const DrainDefaults: {
    readonly NOT_READY: 5000;
    readonly WINDOW: 30000;
};
export declare function resolveDrain(options: DrainOptions, text: TextCodec): DrainSettings;
export declare function drainConnections<UserData>(core: ServerCore<UserData>, { notReady, window, code, reason }: DrainSettings, stop: AbortSignal): Promise<void>;

// node/ending.d.ts
import type { CloseInfo } from "../protocol/closing.ts";
import type { Role } from "../protocol/settings.ts";
export type CloseInitiator = Role | "none";
export interface Ending {
    readonly initiator: CloseInitiator;
    readonly code: number;
}
export declare function endingOf({ received, sent, receivedThenSent }: CloseInfo, role: Role): Ending;
export declare function codeLabel(code: number): string;

// node/errors.d.ts
import type { HttpHeaders } from "../handshake/http-headers.ts";
import { type CloseStatus } from "../protocol/close-code.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import type { ProtocolErrorCode, ProtocolFault } from "../protocol/errors.ts";
export type HandshakeErrorCode = "HANDSHAKE_REFUSED" | "HANDSHAKE_INVALID" | "HANDSHAKE_TIMEOUT" | "CONNECT_FAILED" | "PROXY_FAILED" | "REDIRECT_REFUSED" | "TOO_MANY_REDIRECTS";
export type HawserErrorCode = HandshakeErrorCode | ProtocolErrorCode | "CONCURRENCY";
export declare abstract class HawserError extends Error {
    abstract readonly code: HawserErrorCode | number;
}
export declare abstract class ConnectionClosed extends HawserError {
    readonly code: number;
    readonly reason: string;
    readonly received: CloseStatus | undefined;
    readonly sent: CloseStatus | undefined;
    readonly receivedThenSent: boolean | undefined;
    constructor(info: CloseInfo, options?: ErrorOptions);
}
export declare class ConnectionClosedOK extends ConnectionClosed {
    readonly name: string;
}
export declare class ConnectionClosedError extends ConnectionClosed {
    readonly name: string;
}
export declare class ProtocolError extends HawserError {
    readonly name: string;
    readonly code: ProtocolErrorCode;
    readonly closeCode: number;
    constructor(fault: ProtocolFault);
}
export declare class ConcurrencyError extends HawserError {
    readonly name: string;
    readonly code = "CONCURRENCY";
}
export interface HandshakeResponse {
    readonly status: number;
    readonly statusText: string;
    readonly headers: HttpHeaders;
    readonly body: Uint8Array;
    text(): string;
}
export declare class HandshakeError extends HawserError {
    readonly name: string;
    readonly code: HandshakeErrorCode;
    readonly response: HandshakeResponse | undefined;
    constructor(code: HandshakeErrorCode, message: string, options?: ErrorOptions & {
        response?: HandshakeResponse;
    });
}
export declare function connectionClosed(info: CloseInfo, cause: Error | undefined): ConnectionClosed;
export declare function isNormalClose({ received, sent }: CloseInfo): boolean;

// node/handler.d.ts
import type { Message } from "../protocol/message-assembler.ts";
import type { ServerConnection } from "./server-connection.ts";
export type HandlerFunction<UserData = unknown> = (ws: ServerConnection<UserData>) => Promise<void> | void;
export type HookResult = void | Promise<unknown>;
export interface HandlerHooks<UserData = unknown> {
    open?(ws: ServerConnection<UserData>): HookResult;
    message(ws: ServerConnection<UserData>, message: Message): HookResult;
    drain?(ws: ServerConnection<UserData>): HookResult;
    close?(ws: ServerConnection<UserData>, code: number, reason: string): HookResult;
    error?(ws: ServerConnection<UserData>, error: unknown): void;
}
export type Handler<UserData = unknown> = HandlerFunction<UserData> | HandlerHooks<UserData>;
export declare function checkHandler(handler: unknown): void;

// node/health-checks.d.ts
import type { Readiness } from "./readiness.ts";
import type { ProcessRequest } from "./request-hooks.ts";
export interface ReadinessSource {
    readonly isReady: boolean;
    readonly readiness?: Readiness;
}
export interface HealthCheckPaths {
    readonly livez?: string | null;
    readonly readyz?: string | null;
    readonly healthz?: string | null;
}
export declare function healthChecks(server: ReadinessSource | (() => ReadinessSource | undefined), paths?: HealthCheckPaths): ProcessRequest;

// node/listen-fds.d.ts
export interface ListenFd {
    readonly fd: number;
    readonly name: string | undefined;
}
export type Environment = Record<string, string | undefined>;
export declare function listenFds(env?: Environment, pid?: number): ListenFd[];

// node/logger.d.ts
export interface Logger {
    debug(fields: object, message: string): void;
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
}
export declare const silentLogger: Logger;
export declare function resolveLogger(action: string, logger: Logger | undefined): Logger;

// node/open-connections.d.ts
import type { Connection } from "./connection.ts";
interface AllConnections<One> {
    has(connection: One): boolean;
    toArray(): One[];
}
export declare const ALL: unique symbol;
export declare class OpenConnections<One extends Connection> implements Iterable<One> {
    #private;
    constructor(all: AllConnections<One>);
    [ALL](): readonly One[];
    get size(): number;
    has(connection: One): boolean;
    forEach(callback: (connection: One, same: One, set: OpenConnections<One>) => void, thisArg?: unknown): void;
    entries(): IterableIterator<[One, One]>;
    keys(): IterableIterator<One>;
    values(): IterableIterator<One>;
    [Symbol.iterator](): IterableIterator<One>;
}
export {};

// node/pending-connection.d.ts
import type { Endpoints } from "./transport.ts";
export declare class PendingConnection<UserData = unknown> {
    #private;
    data: UserData;
    username: string | undefined;
    constructor(endpoints: Endpoints);
    get id(): string;
    get assignedId(): string | undefined;
    get localAddress(): string | undefined;
    get localPort(): number | undefined;
    get remoteAddress(): string | undefined;
    get remotePort(): number | undefined;
    get isSecure(): boolean;
}

// node/readiness.d.ts
export interface Readiness {
    readonly accepting: boolean;
    readonly backplane: boolean;
    readonly capacity: boolean;
}

// node/receiver.d.ts
import type { Message } from "../protocol/message-assembler.ts";
import { MessageIterator } from "./message-iterator.ts";
import type { Session } from "./session.ts";
export interface RecvOptions {
    readonly signal?: AbortSignal | undefined;
}
export declare class Receiver {
    #private;
    constructor(session: Session);
    recv(options: RecvOptions | undefined): Promise<Message>;
    messages(): MessageIterator;
    pieces(): AsyncGenerator<Message, void, void>;
}

// node/request-hooks.d.ts
import type { HttpRequestHead } from "../handshake/http-request.ts";
import type { HttpResponseHead } from "../handshake/http-response.ts";
import type { PendingConnection } from "./pending-connection.ts";
export type ProcessRequest<UserData = unknown> = (request: HttpRequestHead, connection: PendingConnection<UserData>) => Response | undefined | Promise<Response | undefined>;
export type ProcessResponse<UserData = unknown> = (request: HttpRequestHead, response: HttpResponseHead, connection: PendingConnection<UserData>) => Response | undefined | Promise<Response | undefined>;

// node/respond.d.ts
import { type HeadersLike } from "../handshake/http-headers.ts";
export declare function respond(status: number, text: string, headers?: HeadersLike): Response;

// node/serve.d.ts
import { type Handler } from "./handler.ts";
import type { ServeOptions } from "./serve-options.ts";
import { Server } from "./server.ts";
export declare function serve<UserData = unknown>(handler: Handler<UserData>, options?: ServeOptions<UserData>): Promise<Server<UserData>>;

// node/serve-options.d.ts
import type { TlsOptions } from "node:tls";
import type { ServerExtensionFactory } from "../handshake/extension-negotiation.ts";
import type { Origins } from "../handshake/origin.ts";
import type { SubprotocolSelector } from "../handshake/server-handshake.ts";
import type { Backplane } from "../pubsub/backplane.ts";
import type { AttachableServer } from "./attached-handshake.ts";
import type { CompressionOption } from "./compression.ts";
import { type ConnectionOptions } from "./connection-options.ts";
import type { ProcessRequest, ProcessResponse } from "./request-hooks.ts";
import type { TopicsOption } from "./topic-options.ts";
import type { TrustProxyOption } from "./trusted-proxies.ts";
export interface ServeOptions<UserData = unknown> extends ConnectionOptions {
    readonly port?: number;
    readonly host?: string;
    readonly path?: string;
    readonly mode?: number;
    readonly fd?: number;
    readonly server?: AttachableServer;
    readonly pathname?: string;
    readonly reusePort?: boolean;
    readonly backlog?: number;
    readonly tls?: TlsOptions;
    readonly origins?: Origins;
    readonly subprotocols?: readonly string[];
    readonly selectSubprotocol?: SubprotocolSelector;
    readonly compression?: CompressionOption;
    readonly extensions?: readonly ServerExtensionFactory[];
    readonly processRequest?: ProcessRequest<UserData>;
    readonly processResponse?: ProcessResponse<UserData>;
    readonly serverHeader?: string | null;
    readonly openTimeout?: number;
    readonly topics?: TopicsOption;
    readonly backplane?: Backplane;
    readonly readyWithoutBackplane?: boolean;
    readonly maxConnections?: number;
    readonly maxConnectionsPerAddress?: number;
    readonly maxConnectionAge?: number | null;
    readonly trustProxy?: TrustProxyOption;
    readonly proxyProtocol?: "off" | "optional" | "required";
    readonly maxLineLength?: number;
    readonly maxHeaders?: number;
    readonly maxHeaderSize?: number;
    readonly transport?: "auto" | "stream" | "handle";
    readonly signal?: AbortSignal;
}
export declare const SERVE_OPTIONS: readonly ["pingInterval", "pingTimeout", "closeTimeout", "maxSize", "maxFragmentSize", "maxFragments", "maxQueue", "readLimit", "writeLimit", "slowConsumer", "logger", "port", "host", "path", "mode", "fd", "server", "pathname", "reusePort", "backlog", "tls", "origins", "subprotocols", "selectSubprotocol", "compression", "extensions", "processRequest", "processResponse", "serverHeader", "openTimeout", "topics", "backplane", "readyWithoutBackplane", "maxConnections", "maxConnectionsPerAddress", "maxConnectionAge", "trustProxy", "proxyProtocol", "maxLineLength", "maxHeaders", "maxHeaderSize", "transport", "signal"];

// node/server.d.ts
import type { TopicMessages } from "../pubsub/topic-queue.ts";
import type { BackplaneMetrics } from "./backplane-link.ts";
import { type CompressionMetrics } from "./compression.ts";
import type { Data } from "./data.ts";
import { type DrainOptions } from "./draining.ts";
import type { Listener } from "./listener.ts";
import { OpenConnections } from "./open-connections.ts";
import type { Readiness } from "./readiness.ts";
import type { ServerConnection } from "./server-connection.ts";
import type { ServerCore } from "./server-core.ts";
import type { PublishOptions, PublishResult } from "./topic-host.ts";
import type { PresenceMember } from "./topic-options.ts";
import type { HistoryOptions, ReadOptions, TopicHistory } from "./topics.ts";
export interface CloseOptions {
    readonly code?: number;
    readonly reason?: string;
    readonly closeConnections?: boolean;
}
export interface ServerMetrics {
    readonly connections: number;
    readonly openings: number;
    readonly accepted: number;
    readonly refused: number;
    readonly closed: number;
    readonly compression: CompressionMetrics | undefined;
    readonly backplane: BackplaneMetrics | undefined;
}
export declare const CORE: unique symbol;
export declare class Server<UserData = unknown> {
    #private;
    constructor(core: ServerCore<UserData>, listener: Listener);
    get [CORE](): ServerCore<UserData>;
    get address(): Listener["address"];
    get port(): number;
    get connections(): OpenConnections<ServerConnection<UserData>>;
    get isReady(): boolean;
    get readiness(): Readiness;
    get topics(): ReadonlyMap<string, number>;
    publish(topic: string, data: Data, options?: PublishOptions): PublishResult;
    subscribe(topic: string, options?: ReadOptions): TopicMessages;
    history(topic: string, options?: HistoryOptions): Promise<TopicHistory>;
    presence(topic: string): Promise<readonly PresenceMember[]>;
    presenceCount(topic: string): Promise<number>;
    metrics(): ServerMetrics;
    close(options?: CloseOptions): Promise<void>;
    drain(options?: DrainOptions): Promise<void>;
    waitClosed(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

// node/server-connection.d.ts
import { type Agreement, Connection } from "./connection.ts";
import type { Data } from "./data.ts";
import type { PendingConnection } from "./pending-connection.ts";
import type { RosterMember } from "./roster.ts";
import type { Session } from "./session.ts";
import type { Subscriber, Topic } from "./topic.ts";
import type { PublishOptions, PublishResult, SubscribeOptions, Subscription, TopicHost } from "./topic-host.ts";
import type { Endpoints } from "./transport.ts";
export declare class ServerConnection<UserData = unknown> extends Connection<UserData> implements RosterMember, Subscriber {
    #private;
    readonly username: string | undefined;
    readonly isSecure: boolean;
    place: number;
    openedAt: number;
    closingSince: number;
    subscriptions: Topic[] | undefined;
    constructor(session: Session, agreement: Agreement, endpoints: Endpoints, pending: PendingConnection<UserData>, topics: TopicHost);
    get topics(): ReadonlySet<string>;
    subscribe(topic: string, options?: SubscribeOptions): Promise<Subscription>;
    unsubscribe(topic: string): boolean;
    publish(topic: string, data: Data, options?: PublishOptions): PublishResult;
}

// node/shutdown.d.ts
import { type Clock } from "./clock.ts";
export interface Stoppable<CloseOptions, DrainOptions> {
    close(options?: CloseOptions): Promise<void>;
    drain(options?: DrainOptions): Promise<void>;
    waitClosed(): Promise<void>;
}
export interface ShutdownOptions<CloseOptions = unknown, DrainOptions = unknown> {
    readonly signals?: readonly NodeJS.Signals[];
    readonly close?: CloseOptions;
    readonly drain?: boolean | DrainOptions;
    readonly onError?: (error: unknown) => void;
}
export interface SignalHost {
    readonly platform: string;
    exitCode?: number | string | null | undefined;
    on(signal: NodeJS.Signals, listener: SignalListener): unknown;
    off(signal: NodeJS.Signals, listener: SignalListener): unknown;
    exit(code: number): void;
    emitWarning(warning: Error): void;
}
type SignalListener = (signal: NodeJS.Signals) => void;
export declare function shutdownOn<CloseOptions, DrainOptions>(server: Stoppable<CloseOptions, DrainOptions>, options?: ShutdownOptions<NoInfer<CloseOptions>, NoInfer<DrainOptions>>): () => void;
export declare function handleSignals<CloseOptions, DrainOptions>(server: Stoppable<CloseOptions, DrainOptions>, options: ShutdownOptions<CloseOptions, DrainOptions>, host: SignalHost, clock: Pick<Clock, "now">): () => void;
export {};

// node/topic-host.d.ts
import type { Position } from "../pubsub/publication.ts";
import type { BroadcastResult } from "./broadcast.ts";
import type { Connection } from "./connection.ts";
import type { Data } from "./data.ts";
import type { Subscriber } from "./topic.ts";
export interface SubscribeOptions {
    readonly since?: {
        readonly epoch: string;
        readonly offset: number;
    };
    readonly presence?: unknown;
}
export declare const SUBSCRIBE_OPTIONS: readonly ["since", "presence"];
export interface Subscription {
    readonly recovered: boolean;
    readonly epoch: string | undefined;
    readonly offset: number | undefined;
}
export declare function subscriptionAt(position: Position | undefined, recovered: boolean): Subscription;
export interface PublishOptions {
    readonly compress?: boolean;
    readonly except?: Connection | Iterable<Connection>;
    readonly idempotencyKey?: string;
}
export declare const PUBLISH_OPTIONS: readonly ["compress", "except", "idempotencyKey"];
export interface PublishResult extends BroadcastResult {
    readonly epoch?: string;
    readonly offset?: number;
    readonly isDuplicate?: true;
    readonly confirmed?: Promise<PublishResult>;
}
export interface TopicHost {
    subscribe(ws: Subscriber, topic: string, options: SubscribeOptions | undefined): Promise<Subscription>;
    unsubscribe(ws: Subscriber, topic: string): boolean;
    publish(topic: string, data: Data, options: PublishOptions | undefined, sender: Subscriber): PublishResult;
}

// node/topic-options.d.ts
import type { HistoryLimits } from "../pubsub/backplane.ts";
import type { Data } from "./data.ts";
export type SlowSubscriberPolicy = "close" | "skip" | "conflate";
export interface TopicMessage {
    readonly topic: string;
    readonly data: string | Uint8Array;
    readonly epoch: string | undefined;
    readonly offset: number | undefined;
}
export interface TopicLoss {
    readonly topic: string;
    readonly epoch: string;
    readonly offset: number;
}
export interface TopicHistoryOptions {
    readonly maxCount?: number;
    readonly maxAge?: number;
}
export interface PresenceMember {
    readonly id: string;
    readonly data: unknown;
}
export interface PresenceEvent {
    readonly type: "join" | "leave";
    readonly topic: string;
    readonly member: PresenceMember;
}
export interface TopicPresenceOptions {
    readonly ttl?: number;
    readonly announce?: (event: PresenceEvent) => Data | undefined;
}
export interface TopicOptions {
    readonly slowSubscriber?: SlowSubscriberPolicy;
    readonly history?: boolean | TopicHistoryOptions;
    readonly presence?: boolean | TopicPresenceOptions;
    readonly format?: (message: TopicMessage) => Data;
    readonly lost?: (loss: TopicLoss) => Data | undefined;
}
export type TopicsOption = TopicOptions | ((topic: string) => TopicOptions | undefined);
export declare const TopicDefaults: {
    readonly HISTORY_COUNT: 100;
    readonly HISTORY_AGE: 300000;
    readonly PRESENCE_TTL: 60000;
};
export interface TopicSettings {
    readonly slowSubscriber: SlowSubscriberPolicy | undefined;
    readonly history: HistoryLimits | undefined;
    readonly presence: PresenceSettings | undefined;
    readonly format: TopicOptions["format"];
    readonly lost: TopicOptions["lost"];
}
export interface PresenceSettings {
    readonly ttl: number;
    readonly announce: TopicPresenceOptions["announce"];
}
export declare function resolveTopics(option: TopicsOption | undefined, serverPolicy: SlowSubscriberPolicy): (topic: string) => TopicSettings;

// node/topics.d.ts
import type { Backplane } from "../pubsub/backplane.ts";
import type { Position, Publication, StoredPublication } from "../pubsub/publication.ts";
import { type TopicMessages } from "../pubsub/topic-queue.ts";
import { type BackplaneMetrics, type LinkHost } from "./backplane-link.ts";
import type { Data } from "./data.ts";
import type { Logger } from "./logger.ts";
import { ServerCounters } from "./server-counters.ts";
import type { TimingWheel } from "./timing-wheel.ts";
import type { Subscriber, Topic } from "./topic.ts";
import { type PublishOptions, type PublishResult, type SubscribeOptions, type Subscription, type TopicHost } from "./topic-host.ts";
import type { PresenceMember, TopicMessage, TopicSettings } from "./topic-options.ts";
import { type RecoveryHost } from "./topic-recovery.ts";
export interface TopicsParts {
    readonly settingsOf: (topic: string) => TopicSettings;
    readonly backplane: Backplane | undefined;
    readonly wheel: TimingWheel;
    readonly logger: Logger;
    readonly counters?: ServerCounters;
}
export interface ReadOptions {
    readonly signal?: AbortSignal;
    readonly maxQueue?: number;
}
export interface HistoryOptions {
    readonly since?: {
        readonly epoch: string;
        readonly offset: number;
    };
    readonly last?: number;
}
export interface TopicHistory {
    readonly epoch: string;
    readonly offset: number;
    readonly messages: readonly TopicMessage[];
    readonly isComplete: boolean;
}
export declare class ServerTopics implements TopicHost, LinkHost, RecoveryHost {
    #private;
    readonly counts: ReadonlyMap<string, number>;
    constructor({ settingsOf, backplane, wheel, logger, counters }: TopicsParts);
    get isConnected(): boolean;
    get metrics(): BackplaneMetrics | undefined;
    start(): Promise<void>;
    endReaders(): void;
    close(): Promise<void>;
    subscribe(ws: Subscriber, name: string, options?: SubscribeOptions): Promise<Subscription>;
    unsubscribe(ws: Subscriber, name: string): boolean;
    leave(ws: Subscriber): void;
    publish(topic: string, data: Data, options?: PublishOptions, sender?: Subscriber): PublishResult;
    read(name: string, options?: ReadOptions): TopicMessages;
    history(name: string, options?: HistoryOptions): Promise<TopicHistory>;
    present(name: string): Promise<readonly PresenceMember[]>;
    countPresent(name: string): Promise<number>;
    received(publication: Publication, position: Position | undefined): void;
    confirmed(duration: number): void;
    gap(topics: readonly string[] | undefined): void;
    sendTo(ws: Subscriber, topic: Topic, publication: StoredPublication): void;
    isBroken(topic: string, since: Position, latest: Position): boolean;
}

// node/trusted-proxies.d.ts
import type { HttpHeaders } from "../handshake/http-headers.ts";
import type { Endpoints } from "./transport.ts";
export type TrustProxyOption = boolean | number | string | readonly string[] | ((address: string) => boolean);
export interface ProxyTrust {
    trusts(address: string | undefined, hop: number): boolean;
}
export interface ForwardedEndpoints {
    readonly remoteAddress: string | undefined;
    readonly remotePort: number | undefined;
    readonly isSecure: boolean;
    readonly host: string | undefined;
}
export declare function resolveForwarded(headers: HttpHeaders, { remoteAddress, remotePort, isSecure }: Endpoints, trust: ProxyTrust): ForwardedEndpoints;
export declare function resolveTrust(action: string, option: TrustProxyOption): ProxyTrust;

// protocol/close-code.d.ts
export declare const CloseCode: {
    readonly NORMAL_CLOSURE: 1000;
    readonly GOING_AWAY: 1001;
    readonly PROTOCOL_ERROR: 1002;
    readonly UNSUPPORTED_DATA: 1003;
    readonly NO_STATUS_RCVD: 1005;
    readonly ABNORMAL_CLOSURE: 1006;
    readonly INVALID_DATA: 1007;
    readonly POLICY_VIOLATION: 1008;
    readonly MESSAGE_TOO_BIG: 1009;
    readonly MANDATORY_EXTENSION: 1010;
    readonly INTERNAL_ERROR: 1011;
    readonly SERVICE_RESTART: 1012;
    readonly TRY_AGAIN_LATER: 1013;
    readonly BAD_GATEWAY: 1014;
    readonly TLS_HANDSHAKE: 1015;
};
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
export interface CloseStatus {
    readonly code: number;
    readonly reason: string;
}
export declare const MAX_REASON_LENGTH = 123;
export declare function isSendableCloseCode(code: number): boolean;

// protocol/closing.d.ts
import { type CloseStatus } from "./close-code.ts";
import type { ProtocolFault } from "./errors.ts";
export type State = "connecting" | "open" | "closing" | "closed";
export type Trigger = "handshakeDone" | "closeAsked" | "closeSent" | "closeReceived" | "failed" | "transportEnded";
export declare const MOVES: {
    readonly connecting: {
        readonly handshakeDone: "open";
        readonly failed: "closed";
        readonly transportEnded: "closed";
    };
    readonly open: {
        readonly closeAsked: "closing";
        readonly closeSent: "closing";
        readonly closeReceived: "closing";
        readonly failed: "closing";
        readonly transportEnded: "closed";
    };
    readonly closing: {
        readonly closeSent: "closing";
        readonly closeReceived: "closing";
        readonly failed: "closing";
        readonly transportEnded: "closed";
    };
    readonly closed: {};
};
export declare function next(state: State, trigger: Trigger): State;
export interface CloseInfo {
    readonly code: number;
    readonly reason: string;
    readonly received: CloseStatus | undefined;
    readonly sent: CloseStatus | undefined;
    readonly receivedThenSent: boolean | undefined;
    readonly fault: ProtocolFault | undefined;
}
export declare class Closing {
    #private;
    constructor(state: State);
    get state(): State;
    get canSend(): boolean;
    get canSendAccepted(): boolean;
    get asked(): CloseStatus | undefined;
    get canSendClose(): boolean;
    get isHandshakeDone(): boolean;
    get hasFailed(): boolean;
    get info(): CloseInfo;
    opened(): void;
    closeAsked(status: CloseStatus): void;
    closeSent(status: CloseStatus): void;
    closeReceived(status: CloseStatus): void;
    failed(fault: ProtocolFault | undefined): void;
    transportEnded(): void;
}

// protocol/extension.d.ts
import type { DataOpcode } from "./opcode.ts";
export declare const Rsv: {
    readonly NONE: 0;
    readonly RSV1: 64;
    readonly RSV2: 32;
    readonly RSV3: 16;
};
export type ExtensionParameterValue = string | true;
export type ExtensionParameters = ReadonlyMap<string, ExtensionParameterValue>;
export interface MessagePart {
    readonly opcode: DataOpcode;
    readonly isFirst: boolean;
    readonly isLast: boolean;
    readonly compress: boolean | undefined;
}
export type ExtensionFault = "TOO_BIG" | "INVALID";
export interface LaterEncoding {
    readonly payload: Uint8Array;
    sent(): void;
}
export interface Extension {
    readonly name: string;
    readonly parameters: ExtensionParameters;
    readonly rsv: number;
    encode(payload: Uint8Array, part: MessagePart): Uint8Array | undefined;
    encodeLater?(payload: Uint8Array, part: MessagePart): Promise<LaterEncoding | undefined> | undefined;
    decode(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault;
    decodeLater?(payload: Uint8Array, maxSize: number): Promise<Uint8Array | ExtensionFault> | undefined;
    decodePart?(payload: Uint8Array, maxSize: number): Uint8Array | ExtensionFault | undefined;
    readonly sharing?: ExtensionSharing;
    release?(): void;
}
export declare function releaseExtensions(extensions: readonly Extension[]): void;
export interface ExtensionSharing {
    readonly key: string;
    encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding;
    createHistory(): SharedHistory;
}
export interface SharedHistory {
    encode(payload: Uint8Array, compress: boolean | undefined): SharedEncoding;
}
export interface SharedEncoding {
    encodeFor(receiver: ExtensionSharing): Uint8Array | undefined;
    sent(receiver: ExtensionSharing, encoded: Uint8Array): void;
    encodeForLater(receiver: ExtensionSharing): Uint8Array | undefined;
    sentLater(receiver: ExtensionSharing): void;
    end(): void;
}
export declare function claimedRsv(extensions: readonly Extension[]): number;

// protocol/message-assembler.d.ts
import { type ProtocolFault } from "./errors.ts";
import type { Extension, ExtensionFault } from "./extension.ts";
import { Opcode } from "./opcode.ts";
import type { ProtocolSettings } from "./settings.ts";
export type Message = string | Uint8Array<ArrayBuffer>;
export interface MessageSink {
    message(message: Message): void;
    piece(piece: Message | undefined, isLast: boolean): void;
    decoded?(): void;
}
export type Pending = ProtocolFault | Decoding;
export type Decoding = Promise<Uint8Array | ExtensionFault>;
export declare const STREAMED_PIECE = 65536;
export declare class MessageAssembler {
    #private;
    constructor(sink: MessageSink, settings: ProtocolSettings, extensions: readonly Extension[]);
    get heldBytes(): number;
    stream(): ProtocolFault | undefined;
    frameHeader(opcode: Opcode, isFinal: boolean, rsv: number, length: number): ProtocolFault | undefined;
    framePayload(bytes: Uint8Array, start: number, end: number, isLastPiece: boolean, isAscii: boolean): Pending | undefined;
    decoded(result: Uint8Array | ExtensionFault): ProtocolFault | undefined;
}

// pubsub/topic-queue.d.ts
import type { Payload } from "./publication.ts";
type Result = IteratorResult<Payload, void>;
export interface TopicMessages extends AsyncIterableIterator<Payload, void, void> {
    readonly dropped: number;
}
export declare class TopicQueue implements TopicMessages {
    #private;
    constructor(maxQueue: number, ended: (queue: TopicQueue) => void);
    get dropped(): number;
    put(payload: Payload): void;
    end(): void;
    next(): Promise<Result>;
    return(): Promise<Result>;
    [Symbol.asyncIterator](): this;
}
export {};
