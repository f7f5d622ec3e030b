/**
 * Sessions of HTTP/2 that a client's connections share: one for each server and way there, opened for the first connection,
 * closed behind the last. Knows no WebSocket.
 */

import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from "node:http2";
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
    let shared = [...this.#sessions].find((session) => session.serves(way));
    if (shared === undefined) {
      shared = new SharedSession(way, dial, () => this.#sessions.delete(shared!));
      this.#sessions.add(shared);
    }
    return shared.request(headers, signal);
  }
}

class SharedSession {
  readonly #way: Way;
  readonly #onEnd: () => void;
  readonly #dialing = new AbortController();
  readonly #opening: Promise<ClientHttp2Session>;
  #session: ClientHttp2Session | undefined;
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
    return !this.#isOver && this.#hasRoom() && isSameWay(way, this.#way);
  }

  async request(headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<ClientHttp2Stream> {
    this.#users++;
    try {
      const session = await unlessAborted(signal, this.#opening);
      const stream = session.request(headers);
      stream.once("close", () => this.#leave());
      return stream;
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  #hasRoom(): boolean {
    return this.#users < (this.#session?.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
  }

  async #open(dial: Dial): Promise<ClientHttp2Session> {
    const socket = await dial(this.#dialing.signal);
    const session = connect(this.#way.origin, { createConnection: () => socket, settings: { enablePush: false } });
    // Each stream of it learns of it too
    session.on("error", ignore).once("close", () => this.#end());
    session.once("goaway", () => this.#end());
    await untilSettled(session);
    this.#session = session;
    return session;
  }

  #leave(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#end();
    this.#dialing.abort(new Error("nobody waits for the connection any more"));
    this.#session?.close();
  }

  /** No more streams are opened on it. */
  #end(): void {
    this.#isOver = true;
    this.#onEnd();
  }
}

/** Resolves when the server has said what it can. Without RFC 8441 it can't be used, and is closed. */
function untilSettled(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.once("remoteSettings", ({ enableConnectProtocol }) => {
      if (enableConnectProtocol) {
        resolve();
        return;
      }
      session.destroy();
      const rule = "the server does not offer WebSocket over HTTP/2 (RFC 8441); connect without the option http2";
      reject(new HandshakeError("HANDSHAKE_INVALID", `Cannot open a WebSocket connection: ${rule}`));
    });
    session.once("error", reject);
    session.once("close", () => reject(new Error("the connection was closed before the server's settings came")));
  });
}

function isSameWay(left: Way, right: Way): boolean {
  return (Object.keys(left) as (keyof Way)[]).every((name) => left[name] === right[name]);
}
