/**
 * A handshake that reached an HTTP server which is not ours, by whichever version of HTTP.
 */

import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { HttpRequestHead } from "../handshake/http-request.ts";
import type { Responder } from "./responder.ts";
import type { Endpoints, Transport } from "./transport.ts";

/** A server of `node:http`, `node:https` or `node:http2`. */
export type AttachableServer = HttpServer | Http2SecureServer | Http2Server;

export interface AttachedHandshake {
  /** The target with its query. */
  readonly path: string;
  /** Takes it from the HTTP server. */
  accept(): AcceptedHandshake;
  /** Nobody takes it: 404. */
  refuse(): void;
}

export interface AcceptedHandshake {
  readonly transport: Transport;
  readonly endpoints: Endpoints;
  readonly request: HttpRequestHead;
  /** What came after the request. */
  readonly early: Uint8Array;
  readonly responder: Responder;
}

/** What is said to those who ask for a path that nobody serves. */
export function nobodyAt(path: string): string {
  return `Nothing accepts WebSocket connections at ${path}\n`;
}
