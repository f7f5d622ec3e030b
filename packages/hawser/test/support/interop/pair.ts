/**
 * A connection between this library and a peer, with both of its ends, opened from either side.
 */

import {
  type CompressionOption,
  type Connection,
  type ConnectionOptions,
  connect,
  type Server,
  type ServerConnection,
  serve,
} from "hawser";
import { onTestFinished } from "vitest";
import { authority, certificate } from "../certificates.ts";
import { within } from "../deadline.ts";
import { transportUnderTest } from "../transport-under-test.ts";
import { Arrivals } from "./arrivals.ts";
import type { Peer, PeerConnection, PeerOptions, PeerServer } from "./peer.ts";
import { type Relay, relayTo } from "./relay.ts";

export interface Pair {
  readonly ours: Connection;
  readonly theirs: PeerConnection;
  /** Counts what passes, if that was asked for. */
  readonly relay: Relay | undefined;
}

export interface PairOptions {
  /** Of our side. */
  readonly compression?: CompressionOption;
  /** Whether the peer compresses, as far as it can be told; as our side by default. */
  readonly peerCompression?: boolean;
  /** What window sizes the peer asks for. */
  readonly peerWindowBits?: PeerOptions["windowBits"];
  readonly subprotocols?: readonly string[];
  readonly peerSubprotocols?: readonly string[];
  readonly isSecure?: boolean;
  readonly isRelayed?: boolean;
  readonly connection?: ConnectionOptions;
}

/** Opens a connection, which ends with the test at the latest. */
export type OpenPair = (options?: PairOptions) => Promise<Pair>;

/** The peer connects to `serve()`. */
export function fromPeer(peer: Peer): OpenPair {
  return async (options = {}) => {
    const { server, accepted } = await ourServer(options);
    const { port, relay } = await wayTo(server.port, options);
    const theirs = await connectPeer(peer, port, options);
    const ours = await within("our server accepts", accepted.next());
    return { ours, theirs, relay };
  };
}

/** `connect()` connects to the peer. */
export function toPeer(peer: Peer): OpenPair {
  return async (options = {}) => {
    const server = await theirServer(peer, options);
    const { port, relay } = await wayTo(server.port, options);
    const { compression = "deflate", subprotocols = [], connection } = options;
    const settings = { ...connection, compression, subprotocols, tls: { ca: authority }, proxy: null };
    const ours = await within("we connect", connect(urlOf(port, options), settings));
    onTestFinished(() => ours.terminate());
    const theirs = await within(`${peer.name} accepts`, server.accept());
    return { ours, theirs, relay };
  };
}

export interface OurServer {
  readonly server: Server;
  readonly accepted: Arrivals<ServerConnection>;
}

/** `serve()` on a free port, for pages from anywhere; stopped when the test ends. */
export async function ourServer(options: PairOptions = {}): Promise<OurServer> {
  const { compression = "deflate", subprotocols, isSecure = false, connection } = options;
  const accepted = new Arrivals<ServerConnection>();
  const handler = async (ws: ServerConnection) => {
    accepted.push(ws);
    await ws.waitClosed();
  };
  const server = await serve(handler, {
    ...connection,
    host: "127.0.0.1",
    origins: "any",
    compression,
    ...(subprotocols && { subprotocols }),
    ...(isSecure ? { tls: certificate } : transportUnderTest()),
  });
  onTestFinished(async () => {
    for (const ws of server.connections) ws.terminate();
    await within("our server stops", server.close());
  });
  return { server, accepted };
}

/** The peer's server, stopped when the test ends. */
export async function theirServer(peer: Peer, options: PairOptions): Promise<PeerServer> {
  const { isSecure = false } = options;
  const server = await within(`${peer.name} listens`, peer.listen!({ ...peerOptions(options), isSecure }));
  onTestFinished(() => within(`${peer.name} stops`, server.stop()));
  return server;
}

export function connectPeer(peer: Peer, port: number, options: PairOptions = {}): Promise<PeerConnection> {
  return within(`${peer.name} connects`, peer.connect(urlOf(port, options), peerOptions(options)));
}

function peerOptions(options: PairOptions): PeerOptions {
  const { compression = "deflate", subprotocols = [] } = options;
  return {
    subprotocols: options.peerSubprotocols ?? subprotocols,
    compression: options.peerCompression ?? compression !== false,
    windowBits: options.peerWindowBits,
  };
}

function urlOf(port: number, { isSecure = false }: PairOptions): string {
  return `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}/interop`;
}

/** Directly, or through a relay. */
async function wayTo(
  port: number,
  { isRelayed = false }: PairOptions,
): Promise<{ port: number; relay: Relay | undefined }> {
  if (!isRelayed) return { port, relay: undefined };
  const relay = await relayTo(port);
  return { port: relay.port, relay };
}
