/**
 * A handshake by HTTP/1.1: the `upgrade` event of `node:http` and `node:https`.
 */

import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { HttpHeaders } from "../handshake/http-headers.ts";
import { createRequestHead, type HttpRequestHead } from "../handshake/http-request.ts";
import { serializeResponse, textResponse } from "../handshake/http-response.ts";
import { type AttachedHandshake, nobodyAt } from "./attached-handshake.ts";
import { ignore } from "./ignore.ts";
import { http1Responder, LINGER } from "./responder.ts";
import { StreamTransport } from "./stream-transport.ts";

/** `head`: bytes that came after the request. */
export function http1Handshake(request: IncomingMessage, stream: Duplex, head: Buffer): AttachedHandshake {
  const path = request.url ?? "/";
  return {
    path,
    accept() {
      takeOver(stream);
      const transport = new StreamTransport(stream);
      const { endpoints } = transport;
      return { transport, endpoints, request: requestHead(request, path), early: head, responder: http1Responder };
    },
    refuse: () => refuse(stream, path),
  };
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
  stream.end(serializeResponse(textResponse(404, nobodyAt(path))));
  // Read and dropped: what lies unread makes the kernel reset the connection, and the answer is lost
  stream.resume();
}

/** The socket is no longer HTTP's: neither its timeout nor its batching of small writes applies. */
function takeOver(stream: Duplex): void {
  if (!(stream instanceof Socket)) return;
  stream.setTimeout(0);
  stream.setNoDelay(true);
}
