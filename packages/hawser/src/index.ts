/**
 * Hawser: WebSocket servers and clients for Node.
 *
 * @module
 */

export type { PerMessageDeflateOptions } from "./extensions/permessage-deflate/options.ts";
export type {
  ClientExtensionFactory,
  ParameterList,
  ServerExtensionFactory,
} from "./handshake/extension-negotiation.ts";
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
export {
  type CompressionMetrics,
  type CompressionOption,
  clientPerMessageDeflate,
  type PerMessageDeflateFactory,
  serverPerMessageDeflate,
} from "./node/compression.ts";
export { type Connect, connect } from "./node/connect.ts";
export type { BackoffOptions, ForeverOptions } from "./node/connect-forever.ts";
export type { AgreedExtension, Connection, HandshakeAnswer } from "./node/connection.ts";
export type { ConnectionOptions, SlowConsumerOptions } from "./node/connection-options.ts";
export type { Bytes, Data, DataFragments, SendOptions } from "./node/data.ts";
export type { ConnectionEnd, DeliveryCounts, SlowAction } from "./node/diagnostics.ts";
export type { DiagnosticsMessages } from "./node/diagnostics-messages.ts";
export type { DrainOptions } from "./node/draining.ts";
export type { CloseInitiator } from "./node/ending.ts";
export {
  ConcurrencyError,
  ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
  HandshakeError,
  type HandshakeErrorCode,
  type HandshakeResponse,
  HawserError,
  type HawserErrorCode,
  ProtocolError,
} from "./node/errors.ts";
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
export type {
  PresenceEvent,
  PresenceMember,
  SlowSubscriberPolicy,
  TopicHistoryOptions,
  TopicLoss,
  TopicMessage,
  TopicOptions,
  TopicPresenceOptions,
  TopicsOption,
} from "./node/topic-options.ts";
export type { HistoryOptions, ReadOptions, TopicHistory } from "./node/topics.ts";
export type { TrustProxyOption } from "./node/trusted-proxies.ts";
export { CloseCode, type CloseStatus } from "./protocol/close-code.ts";
export type { State } from "./protocol/closing.ts";
export type { Extension } from "./protocol/extension.ts";
export type { Message } from "./protocol/message-assembler.ts";
export type { TopicMessages } from "./pubsub/topic-queue.ts";
