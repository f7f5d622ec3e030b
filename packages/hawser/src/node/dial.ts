/**
 * Connects to a host, directly or through a proxy, and starts TLS where the URL asks for it.
 */

import { connect as connectSocket, isIP, type NetConnectOpts, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions as TlsOptions } from "node:tls";
import { hostOf, portOf } from "./client-url.ts";
import { HandshakeError } from "./errors.ts";
import { awaitStream, keepErrors } from "./stream-events.ts";

/** A host by its name or address. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

export function destinationOf(url: URL): Destination {
  return { host: hostOf(url), port: portOf(url) };
}

/** As in a Host header. */
export function authorityOf({ host, port }: Destination): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * Opens a TCP or Unix socket. Rejects with the socket's error or the signal's reason. `onread`: for a socket that nobody encrypts
 * and that goes to a transport in the end.
 */
export async function openSocket(options: NetConnectOpts, signal: AbortSignal, onread?: OnReadOpts): Promise<Socket> {
  signal.throwIfAborted();
  // A frame is small and waits for nobody: RFC 896's delay would hold back every second one
  const socket = keepErrors(connectSocket({ ...options, noDelay: true, ...(onread && { onread }) }));
  return awaitStream(socket, signal, (done) => ({ connect: () => done(socket) }));
}

/** Starts TLS on a socket, which may be encrypted itself. If that fails, it is destroyed. */
export async function startTls(
  socket: Socket,
  host: string,
  options: TlsOptions,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    const encrypted = keepErrors(connectTls({ ...tlsOptionsFor(host, options), socket }));
    return await awaitStream(encrypted, signal, (done) => ({ secureConnect: () => done(encrypted) }));
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** RFC 6066, section 3: the server's name goes without a trailing dot, and an address is no name. */
function tlsOptionsFor(host: string, options: TlsOptions): TlsOptions {
  const servername = options.servername ?? (isIP(host) === 0 ? host.replace(/\.$/, "") : "");
  return { ALPNProtocols: ["http/1.1"], ...options, host, servername };
}

/** Does a step towards a peer. Its failure becomes a {@link HandshakeError} that says where it went. */
export async function reach<Result>(peer: string, signal: AbortSignal, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HandshakeError || error instanceof TypeError) throw error;
    throw new HandshakeError("CONNECT_FAILED", `Cannot connect to ${peer}: ${describe(error)}`, { cause: error });
  }
}

/** An error of several attempts, one for each address, has no message of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(describe).join(", ");
  return error instanceof Error ? error.message : String(error);
}
