/**
 * One attempt at opening a connection: to one URL, on one socket, with one request.
 */

import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { type ClientAgreement, type ClientRequest, judgeResponse, makeRequest } from "../handshake/client-handshake.ts";
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
import { authorityOf, destinationOf, openSocket, reach, startTls } from "./dial.ts";
import { HandshakeError } from "./errors.ts";
import { exchange, toHandshakeResponse } from "./http-exchange.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { dialThroughProxy } from "./proxy-dial.ts";
import { proxyFromEnvironment } from "./proxy-environment.ts";
import { Session, type SessionOwner } from "./session.ts";
import { SHORT_SHARED_READS, StreamTransport } from "./stream-transport.ts";
import { systemWheel } from "./timing-wheel.ts";

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
  const bytes = serializeRequest(request);
  const peer = settings.path ?? authorityOf(destinationOf(hop.url));
  return reach(peer, signal, async () => {
    const socket = await dial(hop, settings, signal);
    try {
      const answer = await exchange(socket, bytes, signal);
      signal.throwIfAborted();
      if (isHandshakeFault(answer)) throw faulty(hop, answer, undefined);
      if (answer.status === 101) return begin(hop, settings, socket, request, answer);
      socket.destroy();
      return answer;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  });
}

/** @throws {TypeError} if the URL or the headers cannot be used. */
export function requestFor({ url, headers }: Hop, settings: ConnectSettings): ClientRequest {
  const { origin, userAgent, subprotocols, extensions } = settings;
  const key = makeKey(randomBytes(NONCE_LENGTH));
  return makeRequest({ url, key, origin, userAgent, subprotocols, extensions, headers, sha1Base64 });
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
  const onread = url.protocol === "ws:" ? SHORT_SHARED_READS : undefined;
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
  socket: Socket,
  request: ClientRequest,
  response: ReceivedResponse,
): ClientConnection {
  const judgement = judgeResponse(response, request);
  if (isHandshakeFault(judgement)) throw faulty(hop, judgement, response);
  const transport = new StreamTransport(socket);
  const owner = new ClientOwner(settings.connection.logger);
  const session = new Session(settings.connection, transport, judgement.extensions, systemWheel, owner);
  const connection = new ClientConnection(session, agreementOf(hop, request, judgement), transport.endpoints);
  owner.opened(connection);
  session.start();
  // What came behind the response stands at the head of the stream, which waits since then
  transport.resume();
  return connection;
}

function agreementOf(
  { url }: Hop,
  { method, path, headers }: ClientRequest,
  { response, subprotocol }: ClientAgreement,
): Agreement {
  const isSecure = url.protocol === "wss:";
  return {
    request: createRequestHead({ method, path, headers, httpVersion: "1.1", isSecure }),
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

/** Nobody but the log wants to know. */
class ClientOwner implements SessionOwner {
  readonly #logger: Logger;
  #connection: ClientConnection | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  opened(connection: ClientConnection): void {
    // A connection's id is made at its first use
    if (this.#logger === silentLogger) return;
    this.#connection = connection;
    const { id, remoteAddress, remotePort, subprotocol } = connection;
    this.#logger.info({ id, remoteAddress, remotePort, subprotocol }, "connection open");
  }

  closed({ code, reason }: CloseInfo): void {
    if (this.#connection !== undefined)
      this.#logger.info({ id: this.#connection.id, code, reason }, "connection closed");
  }
}
