/**
 * Sessions of HTTP/2 that a client's connections share: one for each server and way there, opened for the first connection,
 * closed behind the last. Knows no WebSocket.
 */

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
  type Settings,
} from "node:http2";
import type { Socket } from "node:net";
import { HandshakeError } from "./errors.ts";
import { ignore } from "./ignore.ts";
import { unlessAborted } from "./stream-events.ts";

/** What must be the same for two connections to share a session; compared one by one. */
export interface Way {
  /** Such as `https://example.org`. */
  readonly origin: string;
  readonly path: string | undefined;
  /** In one string. */
  readonly proxy: string;
  readonly tls: object | undefined;
  readonly lookup: object | undefined;
}

/** Opens the socket, TLS and all. */
export type Dial = (signal: AbortSignal) => Promise<Socket>;

export class Http2Sessions {
  readonly #sessions: Set<SharedSession> = new Set();

  /**
   * Opens a stream on a session that has room for it. Rejects with what hinders that, or with the signal's reason.
   */
  async request(way: Way, dial: Dial, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<ClientHttp2Stream> {
    for (;;) {
      const shared = [...this.#sessions].find((session) => session.serves(way)) ?? this.#begin(way, dial);
      const stream = await shared.request(headers, signal);
      if (stream !== undefined) return stream;
    }
  }

  #begin(way: Way, dial: Dial): SharedSession {
    const shared = new SharedSession(way, dial, () => this.#sessions.delete(shared));
    this.#sessions.add(shared);
    return shared;
  }
}

/** Milliseconds for the last words of a session behind its last stream. */
const LINGER = 2_000;

class SharedSession {
  readonly #way: Way;
  readonly #onEnd: () => void;
  readonly #dialing = new AbortController();
  readonly #opening: Promise<ClientHttp2Session>;
  #session: ClientHttp2Session | undefined;
  /** Whether the server has said how many streams it takes. */
  #isSettled = false;
  #streams = 0;
  /** Streams, and those who wait for the session to open. */
  #users = 0;
  #isOver = false;

  constructor(way: Way, dial: Dial, onEnd: () => void) {
    this.#way = way;
    this.#onEnd = onEnd;
    this.#opening = this.#open(dial);
    // Those who wait get it; if nobody does any more, nobody cares
    this.#opening.catch(() => this.#end());
  }

  serves(way: Way): boolean {
    return !this.#isOver && this.#users < this.#room() && isSameWay(way, this.#way);
  }

  /** `undefined`: others have taken all the room, or the session ended, while it was waited for. */
  async request(headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<ClientHttp2Stream | undefined> {
    this.#users++;
    let stream: ClientHttp2Stream | undefined;
    try {
      const session = await unlessAborted(signal, this.#opening);
      if (this.#isOver || this.#streams >= this.#room()) return undefined;
      stream = session.request(headers);
      stream.once("close", () => this.#streamClosed());
      this.#streams++;
      return stream;
    } finally {
      if (stream === undefined) this.#leave();
    }
  }

  #room(): number {
    const room = this.#isSettled ? this.#session?.remoteSettings.maxConcurrentStreams : undefined;
    return room ?? Number.POSITIVE_INFINITY;
  }

  async #open(dial: Dial): Promise<ClientHttp2Session> {
    const socket = await dial(this.#dialing.signal);
    const session = connect(this.#way.origin, { createConnection: () => socket, settings: { enablePush: false } });
    this.#session = session;
    // Each stream of it learns of it too
    session.on("error", ignore).once("close", () => this.#end());
    session.once("goaway", () => this.#end());
    if (this.#users === 0) session.destroy();
    await untilSettled(session);
    this.#isSettled = true;
    return session;
  }

  #streamClosed(): void {
    this.#streams--;
    this.#leave();
  }

  #leave(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#end();
    this.#dialing.abort(new Error("nobody waits for the connection any more"));
    if (this.#session !== undefined) this.#close(this.#session);
  }

  /** A server that does not read, or has not said a word, would keep it open for ever. */
  #close(session: ClientHttp2Session): void {
    if (!this.#isSettled) session.destroy();
    if (session.destroyed) return;
    const timer = setTimeout(() => session.destroy(), LINGER).unref();
    session.once("close", () => clearTimeout(timer));
    session.close();
  }

  /** No more streams are opened on it. */
  #end(): void {
    this.#isOver = true;
    this.#onEnd();
  }
}

/** Resolves when the server has said what it can. Where that is not enough, the session is closed. */
function untilSettled(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.once("remoteSettings", (settings) => {
      const rule = hindrance(settings);
      if (rule === undefined) {
        resolve();
        return;
      }
      session.destroy();
      reject(new HandshakeError("HANDSHAKE_INVALID", `Cannot open a WebSocket connection: ${rule}`));
    });
    session.once("error", reject);
    session.once("close", () => reject(new Error("the connection was closed before the server's settings came")));
  });
}

function hindrance({ enableConnectProtocol, maxConcurrentStreams }: Settings): string | undefined {
  if (!enableConnectProtocol) {
    return "the server does not offer WebSocket over HTTP/2 (RFC 8441); connect without the option http2";
  }
  return maxConcurrentStreams === 0
    ? "the server takes no stream of HTTP/2 (SETTINGS_MAX_CONCURRENT_STREAMS is 0)"
    : undefined;
}

function isSameWay(left: Way, right: Way): boolean {
  return (Object.keys(left) as (keyof Way)[]).every((name) => left[name] === right[name]);
}
