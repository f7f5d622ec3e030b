/**
 * What carries a connection's bytes: a TCP or TLS socket, a Unix socket, an HTTP/1.1 upgrade, memory in tests.
 */

import type { FrameOutput } from "../bytes/frame-output.ts";

/** Bytes that may wait before answers to pings are put off. */
export const CONGESTED = 65_536;

export interface Transport extends FrameOutput {
  /** Hands what arrives to `sink` from now on. The first call starts the reading. */
  attach(sink: TransportSink): void;
  /** Bytes that were output and that the operating system has not taken yet. */
  readonly bufferedAmount: number;
  /** Milliseconds for which the bytes that wait have waited; 0 if none do. */
  readonly stalledFor: number;
  /** Sends what was output; otherwise that happens at the end of the event loop's turn, in one write. */
  flush(): void;
  /** Stops reading. What has been read already may still be handed out. */
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  /** Ends our side once everything is sent. `isPeerDone`: what the peer may still send does not count. */
  finish(isPeerDone?: boolean): void;
  /** Destroys the transport; nothing more is sent. */
  abort(): void;
  readonly endpoints: Endpoints;
}

/** What a transport reports to. */
export interface TransportSink {
  /** Bytes from the peer, those before `end`; default: all. They may be changed, and are not valid after the call. */
  received(bytes: Uint8Array, end?: number): void;
  /** The peer ended its side. */
  receivedEnd(): void;
  /** All that waited was taken by the operating system. */
  drained(): void;
  /** Both sides have ended, or the transport broke; the last call. */
  ended(error: Error | undefined): void;
}

/** Who is connected to whom, as far as the transport knows. */
export interface Endpoints {
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** Whether the transport itself is encrypted. */
  readonly isSecure: boolean;
}

/** Endpoints as somebody in front of us reports them: a PROXY header, or a proxy's word in headers. */
export function reportedEndpoints(own: Endpoints, reported: Partial<Endpoints> | undefined): Endpoints {
  if (reported === undefined) return own;
  return {
    localAddress: "localAddress" in reported ? reported.localAddress : own.localAddress,
    localPort: "localPort" in reported ? reported.localPort : own.localPort,
    remoteAddress: "remoteAddress" in reported ? reported.remoteAddress : own.remoteAddress,
    remotePort: "remotePort" in reported ? reported.remotePort : own.remotePort,
    isSecure: reported.isSecure ?? own.isSecure,
  };
}
