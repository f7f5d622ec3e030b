/**
 * A handshake by HTTP/2: a stream opened with the extended CONNECT (RFC 8441), which is the connection's transport.
 */

import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from "node:http2";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { createRequestHead } from "../handshake/http-request.ts";
import { type HttpResponseHead, reasonPhrase } from "../handshake/http-response.ts";
import { type AcceptedHandshake, type AttachedHandshake, nobodyAt } from "./attached-handshake.ts";
import { endpointsOfSession } from "./http2-endpoints.ts";
import { http2Fields } from "./http2-fields.ts";
import { Http2ServerTransport } from "./http2-transport.ts";
import { ignore } from "./ignore.ts";
import type { Responder } from "./responder.ts";
import type { ResponseFinish } from "./response-bytes.ts";
import type { Transport } from "./transport.ts";

const NO_BYTES = new Uint8Array(0);

/** Whether a stream asks for a WebSocket. Routers write the protocol's name as the client did, in any case. */
export function asksForWebSocket(headers: IncomingHttpHeaders): boolean {
  return headers[":method"] === "CONNECT" && String(headers[":protocol"]).toLowerCase() === "websocket";
}

/** `rawHeaders`: names and values in turn, as they were received. */
export function http2Handshake(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): AttachedHandshake {
  const path = String(headers[":path"] ?? "/");
  return {
    path,
    accept: () => accept(stream, headers, path, rawHeaders),
    refuse: () => refuse(stream, path),
  };
}

function accept(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  path: string,
  rawHeaders: readonly string[],
): AcceptedHandshake {
  const endpoints = endpointsOfSession(stream);
  const { isSecure } = endpoints;
  const lines = ownLines(headers, rawHeaders);
  const request = createRequestHead({ method: "CONNECT", path, httpVersion: "2.0", headers: lines, isSecure });
  const transport = new Http2ServerTransport(stream);
  return { transport, endpoints, request, early: NO_BYTES, responder: new Http2Responder(stream) };
}

/** RFC 9113 8.3.1: "The ":authority" pseudo-header field conveys the authority portion", as Host does elsewhere. */
function ownLines(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): HttpHeaders {
  const authority = headers[":authority"];
  const lines = authority === undefined ? [] : ["host", authority];
  const cookies: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index]!, rawHeaders[index + 1]!];
    if (name.startsWith(":") || (name === "host" && authority !== undefined)) continue;
    if (name === "cookie") cookies.push(value);
    else lines.push(name, value);
  }
  // RFC 9113 8.2.3: browsers send each by itself, and they "MUST be concatenated [...] using the two-octet delimiter"
  if (cookies.length > 0) lines.push("cookie", cookies.join("; "));
  return HttpHeaders.ofParsedLines(lines);
}

class Http2Responder implements Responder {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  respond(transport: Transport, response: HttpResponseHead, { serverHeader }: ResponseFinish): HttpResponseHead {
    const { status, body } = response;
    const headers = response.headers.copy();
    if (serverHeader !== null && !headers.has("Server")) headers.append("Server", serverHeader);
    // The client may have left meanwhile
    if (!this.#stream.destroyed && !this.#stream.closed) {
      this.#stream.respond({ ":status": status, ...http2Fields(headers) });
      if (body !== undefined) transport.append(body);
    }
    return { status, statusText: reasonPhrase(status), headers, body };
  }
}

function refuse(stream: ServerHttp2Stream, path: string): void {
  refuseStream(stream, 404, nobodyAt(path));
}

function refuseStream(stream: ServerHttp2Stream, status: number, text: string): void {
  stream.on("error", ignore);
  stream.respond({ ":status": status, "content-type": "text/plain; charset=utf-8" });
  stream.end(text);
  stream.resume();
}

// After the last attachment

/**
 * Sessions outlive our attachments, and new streams come by them; where nobody listens, Node lets them wait for ever. Whoever
 * asks gets 503, unless somebody else takes WebSockets there.
 */
export function refuseFromNowOn(server: Http2SecureServer | Http2Server): void {
  refuseNoMore(server);
  server.on("stream", refuseLate).on("connect", answerLate);
}

/** An attachment has come again. */
export function refuseNoMore(server: Http2SecureServer | Http2Server): void {
  server.off("stream", refuseLate).off("connect", answerLate);
}

function refuseLate(this: Http2Server, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const isOurs = asksForWebSocket(headers) && this.listenerCount("connect") === 1;
  if (isOurs) refuseStream(stream, 503, "This server accepts no WebSocket connections any more\n");
}

/** Where the application answers requests, Node would refuse CONNECT by itself if nobody listened for it. */
function answerLate(this: Http2Server, { headers }: Http2ServerRequest, response: Http2ServerResponse): void {
  if (asksForWebSocket(headers) || this.listenerCount("connect") > 1) return;
  response.statusCode = 405;
  response.end();
}
