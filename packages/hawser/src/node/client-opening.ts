/**
 * One attempt at opening a connection: to one URL, on one socket, with one request.
 */

import { createHash, randomBytes } from "node:crypto";
import type { ClientHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket, ConnectionOptions as TlsOptions } from "node:tls";
import {
  type ClientAgreement,
  type ClientRequest,
  isAccepting,
  judgeResponse,
  makeRequest,
} from "../handshake/client-handshake.ts";
import { type HandshakeFault, isHandshakeFault } from "../handshake/errors.ts";
import type { HttpHeaders } from "../handshake/http-headers.ts";
import { createRequestHead } from "../handshake/http-request.ts";
import { serializeRequest } from "../handshake/http-response.ts";
import { makeKey, NONCE_LENGTH } from "../handshake/key.ts";
import type { ReceivedResponse } from "../handshake/response-reader.ts";
import type { CloseInfo } from "../protocol/closing.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ConnectSettings } from "./client-options.ts";
import type { Agreement } from "./connection.ts";
import { diagnostics } from "./diagnostics.ts";
import { authorityOf, destinationOf, openSocket, reach, startTls } from "./dial.ts";
import { endingOf } from "./ending.ts";
import { HandshakeError } from "./errors.ts";
import { exchange, toHandshakeResponse } from "./http-exchange.ts";
import { endpointsOfSession } from "./http2-endpoints.ts";
import { awaitAnswer, connectFields } from "./http2-opening.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { Http2Transport } from "./http2-transport.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { dialThroughProxy } from "./proxy-dial.ts";
import { proxyFromEnvironment } from "./proxy-environment.ts";
import { Session, type SessionOwner } from "./session.ts";
import { SHORT_SHARED_READS, StreamTransport } from "./stream-transport.ts";
import { systemWheel } from "./timing-wheel.ts";
import type { Endpoints } from "./transport.ts";

/** Where a request goes, and what of it a redirect may change. */
export interface Hop {
  readonly url: URL;
  readonly headers: HttpHeaders;
  readonly tls: TlsOptions;
}

/**
 * Resolves with an open connection, or with the response that refused it, complete.
 *
 * Rejects with a {@link HandshakeError} or the signal's reason; nothing is left open then.
 */
export async function openOnce(
  hop: Hop,
  settings: ConnectSettings,
  signal: AbortSignal,
): Promise<ClientConnection | ReceivedResponse> {
  const request = requestFor(hop, settings);
  const peer = settings.path ?? authorityOf(destinationOf(hop.url));
  return reach(peer, signal, async () => {
    const { stream, endpoints, answer } = settings.http2
      ? await askByHttp2(hop, settings, request, signal)
      : await askByUpgrade(hop, settings, request, signal);
    try {
      signal.throwIfAborted();
      if (isHandshakeFault(answer)) throw faulty(hop, answer, undefined);
      if (isAccepting(answer.status, request)) return begin(hop, settings, { stream, endpoints, answer }, request);
      stream.destroy();
      return answer;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  });
}

/** A stream with the answer to a handshake: if it is the right one, the connection's transport. */
interface Answered<Answer> {
  readonly stream: Duplex;
  /** Where they are not the stream's own. */
  readonly endpoints: Endpoints | undefined;
  readonly answer: Answer;
}

async function askByUpgrade(
  hop: Hop,
  settings: ConnectSettings,
  request: ClientRequest,
  signal: AbortSignal,
): Promise<Answered<ReceivedResponse | HandshakeFault>> {
  const bytes = serializeRequest(request);
  const socket = await dial(hop, settings, signal);
  return { stream: socket, endpoints: undefined, answer: await exchange(socket, bytes, signal) };
}

/** Shared by all clients of the process: nobody configures it. */
const sessions = new Http2Sessions();

async function askByHttp2(
  hop: Hop,
  settings: ConnectSettings,
  request: ClientRequest,
  signal: AbortSignal,
): Promise<Answered<ReceivedResponse>> {
  const { path, proxy, givenTls, lookup } = settings;
  const isSecure = hop.url.protocol === "wss:";
  const origin = `${isSecure ? "https" : "http"}://${hop.url.host}`;
  const way = { origin, path, proxy: JSON.stringify(proxy), tls: givenTls, lookup };
  const dialHttp2 = (dialing: AbortSignal) => dialForHttp2(hop, settings, dialing);
  const stream = await sessions.request(way, dialHttp2, connectFields(request, isSecure), signal);
  const endpoints = endpointsOfSession(stream);
  return { stream, endpoints, answer: await awaitAnswer(stream, signal) };
}

/** RFC 9113, section 3.2: over TLS, HTTP/2 is what both sides have chosen; without it, what the client begins with. */
async function dialForHttp2(hop: Hop, settings: ConnectSettings, signal: AbortSignal): Promise<Socket> {
  const isSecure = hop.url.protocol === "wss:";
  const socket = await dial({ ...hop, tls: { ...hop.tls, ALPNProtocols: ["h2"] } }, settings, signal);
  if (!isSecure || (socket as TLSSocket).alpnProtocol === "h2") return socket;
  socket.destroy();
  const rule = "the server does not speak HTTP/2; connect without the option http2";
  throw new HandshakeError("HANDSHAKE_INVALID", `Cannot open a WebSocket connection to ${hop.url.host}: ${rule}`);
}

/** @throws {TypeError} if the URL or the headers cannot be used. */
export function requestFor({ url, headers }: Hop, settings: ConnectSettings): ClientRequest {
  const { origin, userAgent, subprotocols, extensions } = settings;
  const key = makeKey(randomBytes(NONCE_LENGTH));
  const httpVersion = settings.http2 ? "2.0" : "1.1";
  return makeRequest({ httpVersion, url, key, origin, userAgent, subprotocols, extensions, headers, sha1Base64 });
}

function sha1Base64(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}

async function dial({ url, tls }: Hop, settings: ConnectSettings, signal: AbortSignal): Promise<Socket> {
  const destination = destinationOf(url);
  const socket = await dialPlain(url, settings, signal);
  return url.protocol === "wss:" ? startTls(socket, destination.host, tls, signal) : socket;
}

function dialPlain(url: URL, settings: ConnectSettings, signal: AbortSignal): Promise<Socket> {
  const { path, lookup } = settings;
  const onread = url.protocol === "ws:" && !settings.http2 ? SHORT_SHARED_READS : undefined;
  if (path !== undefined) return openSocket({ path }, signal, onread);
  const proxy = settings.proxy === "environment" ? proxyFromEnvironment(url, process.env) : settings.proxy;
  const destination = destinationOf(url);
  if (proxy) return dialThroughProxy(proxy, destination, settings, signal);
  return openSocket({ ...destination, ...(lookup && { lookup }) }, signal, onread);
}

/** @throws {HandshakeError} if the response does not open a connection. */
function begin(
  hop: Hop,
  settings: ConnectSettings,
  { stream, endpoints, answer }: Answered<ReceivedResponse>,
  request: ClientRequest,
): ClientConnection {
  const judgement = judgeResponse(answer, request);
  if (isHandshakeFault(judgement)) throw faulty(hop, judgement, answer);
  const transport = settings.http2 ? new Http2Transport(stream as ClientHttp2Stream) : new StreamTransport(stream);
  const owner = new ClientOwner(settings.connection.logger);
  const session = new Session(settings.connection, transport, judgement.extensions, systemWheel, owner);
  const connection = new ClientConnection(session, agreementOf(hop, request, judgement), endpoints ?? transport);
  owner.opened(connection);
  session.start();
  // What came behind the response stands at the head of the stream, which waits since then
  transport.resume();
  return connection;
}

function agreementOf(
  { url }: Hop,
  { method, path, httpVersion, headers }: ClientRequest,
  { response, subprotocol }: ClientAgreement,
): Agreement {
  const isSecure = url.protocol === "wss:";
  return {
    request: createRequestHead({ method, path, headers, httpVersion, isSecure }),
    response,
    subprotocol,
  };
}

function faulty({ url }: Hop, fault: HandshakeFault, response: ReceivedResponse | undefined): HandshakeError {
  // A server that goes away before it has answered is as one that cannot be reached
  const code = fault.code === "RESPONSE_INCOMPLETE" ? "CONNECT_FAILED" : "HANDSHAKE_INVALID";
  return new HandshakeError(code, `Cannot open a WebSocket connection to ${url.host}: ${fault.text}`, {
    ...(fault.cause !== undefined && { cause: fault.cause }),
    ...(response !== undefined && { response: toHandshakeResponse(response) }),
  });
}

/** Nobody wants to know but the log, and whoever listens to the channels. */
class ClientOwner implements SessionOwner {
  readonly #logger: Logger;
  #connection: ClientConnection | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  opened(connection: ClientConnection): void {
    this.#connection = connection;
    if (diagnostics.clientOpen.hasSubscribers) diagnostics.clientOpen.publish({ connection });
    // A connection's id is made at its first use
    if (this.#logger === silentLogger) return;
    const { id, remoteAddress, remotePort, subprotocol } = connection;
    this.#logger.info({ id, remoteAddress, remotePort, subprotocol }, "connection open");
  }

  closed(info: CloseInfo): void {
    const { code, reason } = info;
    const connection = this.#connection!;
    if (this.#logger !== silentLogger) this.#logger.info({ id: connection.id, code, reason }, "connection closed");
    if (!diagnostics.clientClose.hasSubscribers) return;
    const { initiator } = endingOf(info, "client");
    diagnostics.clientClose.publish({ connection, code, reason, initiator });
  }
}
