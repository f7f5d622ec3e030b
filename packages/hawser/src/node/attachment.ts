/**
 * Upgrades that reach an HTTP server which exists already, and which goes on answering ordinary requests.
 *
 * Several attachments and other listeners share one server: each takes the upgrades of its own path. Those that nobody takes
 * get 404, by the attachment that came first.
 */

import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { createRequestHead, type HttpRequestHead } from "../handshake/http-request.ts";
import { serializeResponse, textResponse } from "../handshake/http-response.ts";
import { ignore } from "./ignore.ts";
import type { Listener } from "./listener.ts";
import { LINGER } from "./opening.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

/** Takes an upgrade. `early`: bytes that came after the request. */
export type UpgradeHandler = (transport: Transport, request: HttpRequestHead, early: Uint8Array) => void;

/** The attachments of each server, in the order in which they came. */
const attachments: WeakMap<HttpServer, Attachment[]> = new WeakMap();

export class Attachment implements Listener {
  readonly #server: HttpServer;
  readonly #pathname: string | undefined;
  readonly #onUpgrade: UpgradeHandler;
  readonly #onServerClosing: () => void;
  readonly #listener = (request: IncomingMessage, stream: Duplex, head: Buffer) => this.#upgrade(request, stream, head);

  /** `onServerClosing`: the application closes its server, which would wait for our connections for ever. */
  constructor(
    server: HttpServer,
    pathname: string | undefined,
    onUpgrade: UpgradeHandler,
    onServerClosing: () => void,
  ) {
    this.#server = server;
    this.#pathname = pathname;
    this.#onUpgrade = onUpgrade;
    this.#onServerClosing = onServerClosing;
    const siblings = attachments.get(server);
    attachments.set(server, [...(siblings ?? []), this]);
    server.on("upgrade", this.#listener);
    // Once for a server, however many come and go
    if (siblings === undefined) this.#watchClose();
  }

  get address(): ReturnType<HttpServer["address"]> {
    return this.#server.address();
  }

  async close(): Promise<void> {
    this.#server.off("upgrade", this.#listener);
    const siblings = (attachments.get(this.#server) ?? []).filter((attachment) => attachment !== this);
    attachments.set(this.#server, siblings);
  }

  /**
   * Node's HTTP server neither tells that it is being closed nor ends upgraded connections, so that its `close` never calls
   * back. The one place to notice is the call.
   */
  #watchClose(): void {
    const server = this.#server;
    const { close } = server;
    server.close = function closeWithAttachments(this: HttpServer, callback?: (error?: Error) => void) {
      for (const attachment of attachments.get(server) ?? []) attachment.#onServerClosing();
      return close.call(this, callback);
    };
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const path = request.url ?? "/";
    if (this.#isOurs(path)) {
      takeOver(stream);
      this.#onUpgrade(new StreamTransport(stream), requestHead(request, path), head);
    } else if (this.#mustRefuse(path)) {
      refuse(stream, path);
    }
  }

  #isOurs(path: string): boolean {
    return this.#pathname === undefined || path.split("?", 1)[0] === this.#pathname;
  }

  /** Whether nobody takes the upgrade: all who listen are attachments, all of other paths, and this one came first. */
  #mustRefuse(path: string): boolean {
    const siblings = attachments.get(this.#server) ?? [];
    if (siblings[0] !== this || this.#server.listenerCount("upgrade") > siblings.length) return false;
    return siblings.every((attachment) => !attachment.#isOurs(path));
  }
}

/** The request as Node's parser read it, lines in order, nothing joined. */
function requestHead(
  { method = "GET", rawHeaders, httpVersion, socket }: IncomingMessage,
  path: string,
): HttpRequestHead {
  const isSecure = "encrypted" in socket && socket.encrypted === true;
  return createRequestHead({
    method,
    path,
    httpVersion: httpVersion === "1.0" ? "1.0" : "1.1",
    headers: HttpHeaders.ofParsedLines([...rawHeaders]),
    isSecure,
  });
}

/** Nobody else watches the stream any more, so this sees to it that it goes. */
function refuse(stream: Duplex, path: string): void {
  const timer = setTimeout(() => stream.destroy(), LINGER).unref();
  stream.on("error", ignore).once("close", () => clearTimeout(timer));
  stream.end(serializeResponse(textResponse(404, `Nothing accepts WebSocket connections at ${path}\n`)));
  // Read and dropped: what lies unread makes the kernel reset the connection, and the answer is lost
  stream.resume();
}

/** The socket is no longer HTTP's: neither its timeout nor its batching of small writes applies. */
function takeOver(stream: Duplex): void {
  if (!(stream instanceof Socket)) return;
  stream.setTimeout(0);
  stream.setNoDelay(true);
}
