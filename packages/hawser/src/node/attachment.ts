/**
 * Handshakes that reach an HTTP server which exists already, and which goes on answering ordinary requests: upgrades of
 * HTTP/1.1, and of HTTP/2 the streams that ask for a WebSocket.
 *
 * Several attachments and other listeners share one server: each takes the handshakes of its own path. Those that nobody takes
 * get 404, by the attachment that came first.
 */

import type { Server as HttpServer, IncomingMessage } from "node:http";
import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";
import type { AcceptedHandshake, AttachableServer, AttachedHandshake } from "./attached-handshake.ts";
import { http1Handshake } from "./http1-handshake.ts";
import { asksForWebSocket, http2Handshake, refuseFromNowOn, refuseNoMore } from "./http2-handshake.ts";
import type { Listener } from "./listener.ts";

type AnyHttp2Server = Http2SecureServer | Http2Server;

/** The attachments of each server, in the order in which they came. */
const attachments: WeakMap<AttachableServer, Attachment[]> = new WeakMap();

export class Attachment implements Listener {
  readonly #server: AttachableServer;
  readonly #pathname: string | undefined;
  readonly #onHandshake: (handshake: AcceptedHandshake) => void;
  readonly #onServerClosing: () => void;
  readonly #onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) =>
    this.#arrived("upgrade", http1Handshake(request, stream, head));
  readonly #onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    if (asksForWebSocket(headers)) this.#arrived("connect", http2Handshake(stream, headers, raw));
  };
  readonly #onConnect = ({ headers }: Http2ServerRequest, response: Http2ServerResponse) =>
    this.#connectAsked(headers, response);

  /** `onServerClosing`: the application closes its server, which would wait for our connections for ever. */
  constructor(
    server: AttachableServer,
    pathname: string | undefined,
    onHandshake: (handshake: AcceptedHandshake) => void,
    onServerClosing: () => void,
  ) {
    this.#server = server;
    this.#pathname = pathname;
    this.#onHandshake = onHandshake;
    this.#onServerClosing = onServerClosing;
    const siblings = attachments.get(server);
    attachments.set(server, [...(siblings ?? []), this]);
    this.#listen();
    // Once for a server, however many come and go
    if (siblings === undefined) this.#watchClose();
  }

  get address(): ReturnType<HttpServer["address"]> {
    return this.#server.address();
  }

  async close(): Promise<void> {
    this.#server.off("upgrade", this.#onUpgrade);
    this.#server.off("stream", this.#onStream);
    this.#server.off("connect", this.#onConnect);
    const siblings = this.#siblings.filter((attachment) => attachment !== this);
    attachments.set(this.#server, siblings);
    if (siblings.length === 0 && isHttp2(this.#server)) refuseFromNowOn(this.#server);
  }

  get #siblings(): readonly Attachment[] {
    return attachments.get(this.#server) ?? [];
  }

  #listen(): void {
    const server = this.#server;
    // Those of HTTP/2 that allow HTTP/1 have it as well
    server.on("upgrade", this.#onUpgrade);
    if (!isHttp2(server)) return;
    refuseNoMore(server);
    // RFC 8441, section 3: without this setting no client asks
    server.updateSettings({ enableConnectProtocol: true });
    server.on("stream", this.#onStream);
    // Where the application listens for requests, Node refuses CONNECT unless somebody listens for it
    server.on("connect", this.#onConnect);
  }

  /**
   * Node's HTTP server neither tells that it is being closed nor ends upgraded connections, so that its `close` never calls
   * back. The one place to notice is the call.
   */
  #watchClose(): void {
    const server = this.#server as HttpServer;
    const { close } = server;
    server.close = function closeWithAttachments(this: HttpServer, callback?: (error?: Error) => void) {
      for (const attachment of attachments.get(server) ?? []) attachment.#onServerClosing();
      return close.call(this, callback);
    };
  }

  /** `event`: by which others would take it. */
  #arrived(event: "upgrade" | "connect", handshake: AttachedHandshake): void {
    if (this.#isOurs(handshake.path)) this.#onHandshake(handshake.accept());
    else if (this.#mustRefuse(event, handshake.path)) handshake.refuse();
  }

  #isOurs(path: string): boolean {
    return this.#pathname === undefined || path.split("?", 1)[0] === this.#pathname;
  }

  /** Whether nobody takes it: all who listen are attachments, all of other paths, and this one came first. */
  #mustRefuse(event: "upgrade" | "connect", path: string): boolean {
    return this.#answersForOthers(event) && this.#siblings.every((attachment) => !attachment.#isOurs(path));
  }

  #answersForOthers(event: "upgrade" | "connect"): boolean {
    const siblings = this.#siblings;
    return siblings[0] === this && this.#server.listenerCount(event) <= siblings.length;
  }

  /** CONNECT for anything but a WebSocket is answered as Node does where nobody listens. */
  #connectAsked(headers: IncomingHttpHeaders, response: Http2ServerResponse): void {
    if (asksForWebSocket(headers) || !this.#answersForOthers("connect")) return;
    response.statusCode = 405;
    response.end();
  }
}

function isHttp2(server: AttachableServer): server is AnyHttp2Server {
  return "updateSettings" in server;
}
