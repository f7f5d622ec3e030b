/**
 * What the interoperability contract asks of another implementation. A peer is one file that fills this in.
 */

import type { Message } from "hawser";

/** What not every implementation can be asked for; the contract leaves out what a peer can't. */
export type Ability =
  | "compress what it sends"
  | "tell parameters of extensions"
  | "decline compression"
  | "set window sizes"
  | "send fragments"
  | "ping"
  | "close with any code"
  | "close without a code"
  | "terminate";

export interface PeerClose {
  /** 1005 if our Close frame had no code, 1006 if there was none. */
  readonly code: number;
  readonly reason: string;
}

/** The peer's end of a connection. */
export interface PeerConnection {
  /** Empty if none was agreed on. */
  readonly subprotocol: string;
  /** The header `Sec-WebSocket-Extensions` of the response as the peer sees it, or empty. */
  readonly extensions: string;
  send(message: Message): Promise<void>;
  sendEach(messages: readonly Message[]): Promise<void>;
  /** Sends one message in as many frames, or one more. */
  sendFragments(fragments: readonly Message[]): Promise<void>;
  /** The next message. */
  receive(): Promise<Message>;
  /** As many of the next messages. */
  receiveEach(count: number): Promise<readonly Message[]>;
  /** Resolves when the pong has come. */
  ping(payload: string): Promise<void>;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): Promise<void>;
  /** Resolves when the connection is closed. */
  closed(): Promise<PeerClose>;
  /** Drops the TCP connection. */
  terminate(): Promise<void>;
}

export interface PeerOptions {
  readonly subprotocols: readonly string[];
  /** Whether permessage-deflate is offered, or accepted. */
  readonly compression: boolean;
  /** What `server_max_window_bits` and `client_max_window_bits` the peer asks for, or answers with. */
  readonly windowBits?: { readonly server: number; readonly client: number } | undefined;
}

export interface PeerServer {
  readonly port: number;
  /** The next connection that was opened. */
  accept(): Promise<PeerConnection>;
  stop(): Promise<void>;
}

/** Options of a peer's server. */
export interface PeerServerOptions extends PeerOptions {
  /** Whether it speaks TLS, with the certificate for tests. */
  readonly isSecure: boolean;
}

export interface Peer {
  readonly name: string;
  readonly abilities: readonly Ability[];
  /** Once, before the first test. */
  start(): Promise<void>;
  /** Once, after the last. */
  stop(): Promise<void>;
  /** As a client. */
  readonly connect: (url: string, options: PeerOptions) => Promise<PeerConnection>;
  /** As a server on a free port of 127.0.0.1, if there is one. */
  readonly listen?: (options: PeerServerOptions) => Promise<PeerServer>;
}
