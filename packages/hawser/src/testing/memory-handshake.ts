/**
 * The opening handshake without bytes: the client's request judged by the server, the server's response by the client, with
 * the functions that do it on the wire.
 */

import { hash } from "node:crypto";
import { type ClientAgreement, judgeResponse, makeRequest } from "../handshake/client-handshake.ts";
import { type HandshakeFault, isHandshakeFault } from "../handshake/errors.ts";
import type { ClientExtensionFactory, ServerExtensionFactory } from "../handshake/extension-negotiation.ts";
import type { HeadersLike } from "../handshake/http-headers.ts";
import { createRequestHead } from "../handshake/http-request.ts";
import { makeKey, NONCE_LENGTH } from "../handshake/key.ts";
import { resolveOrigins } from "../handshake/origin.ts";
import { judgeRequest, type ServerAgreement } from "../handshake/server-handshake.ts";
import type { Agreement } from "../node/connection.ts";
import type { Extension } from "../protocol/extension.ts";

/** What the two sides bring. */
export interface MemoryHandshake {
  readonly path: string;
  readonly headers: HeadersLike;
  readonly subprotocols: readonly string[];
  readonly clientExtensions: readonly ClientExtensionFactory[];
  readonly serverExtensions: readonly ServerExtensionFactory[];
}

/** What one side has after the handshake. */
export interface SideAgreement extends Agreement {
  readonly extensions: readonly Extension[];
}

const HOST = "localhost";

const sha1Base64 = (text: string): string => hash("sha1", text, "base64");

/** @throws {Error} if the two do not come to an agreement. */
export function shakeHands(handshake: MemoryHandshake): { client: SideAgreement; server: SideAgreement } {
  const { headers, subprotocols } = handshake;
  const clientRequest = makeRequest({
    httpVersion: "1.1",
    url: new URL(handshake.path, `ws://${HOST}`),
    key: makeKey(new Uint8Array(NONCE_LENGTH)),
    origin: null,
    userAgent: null,
    subprotocols,
    extensions: handshake.clientExtensions,
    headers,
    sha1Base64,
  });
  const request = createRequestHead({ ...clientRequest, httpVersion: "1.1", isSecure: false });
  const extensions = handshake.serverExtensions;
  const settings = {
    origins: resolveOrigins("connect", "any"),
    subprotocols,
    selectSubprotocol: null,
    extensions,
    sha1Base64,
  };
  const server = agreed<ServerAgreement>(judgeRequest(request, settings, { host: HOST, isSecure: false }));
  const response = { status: 101, statusText: "Switching Protocols", headers: server.headers, body: undefined };
  const client = agreed<ClientAgreement>(judgeResponse({ ...response, httpVersion: "1.1" }, clientRequest));
  return {
    client: { request, response, subprotocol: client.subprotocol, extensions: client.extensions },
    server: { request, response, subprotocol: server.subprotocol, extensions: server.extensions },
  };
}

function agreed<T extends object>(judged: T | HandshakeFault): T {
  if (isHandshakeFault(judged)) throw new Error(`Cannot connect: ${judged.text}`, { cause: judged.cause });
  return judged as T;
}
