/**
 * One request and its response on a stream that goes on afterwards: a WebSocket handshake, or CONNECT to a proxy.
 */

import type { Duplex } from "node:stream";
import { type HandshakeFault, isHandshakeFault } from "../handshake/errors.ts";
import { type ReceivedResponse, ResponseReader } from "../handshake/response-reader.ts";
import type { HandshakeResponse } from "./errors.ts";
import { awaitStream } from "./stream-events.ts";

/** What of a response is read: as much as a server of this library reads of a request, and 1 MiB of body. */
const LIMITS = { maxLineLength: 8_192, maxHeaders: 128, maxHeaderSize: 65_536, maxBodySize: 1_048_576 } as const;

/**
 * Sends `request` and resolves with the response, or with the rule that it breaks. The stream is paused then, and what came
 * after the response stands at its head.
 *
 * Rejects with the stream's error or the signal's reason; the stream is destroyed then.
 */
export function exchange(
  stream: Duplex,
  request: Uint8Array,
  signal: AbortSignal,
  { isConnect = false }: { readonly isConnect?: boolean } = {},
): Promise<ReceivedResponse | HandshakeFault> {
  const reader = new ResponseReader({ ...LIMITS, isConnect });
  const answered = awaitStream<ReceivedResponse | HandshakeFault>(stream, signal, (done, fail) => ({
    data: (bytes: Buffer) => {
      const result = reader.receive(bytes);
      if (result === undefined) return;
      stream.pause();
      if (reader.rest.length > 0) stream.unshift(reader.rest);
      done(result);
    },
    end: () => done(reader.receiveEnd()),
    close: () => done(reader.receiveEnd()),
    // Many a server resets the connection right after it has refused
    error: (error: Error) => {
      const result = reader.receiveEnd();
      if (isHandshakeFault(result)) fail(error);
      else done(result);
    },
  }));
  if (stream.writable) stream.write(request);
  stream.resume();
  return answered;
}

/** A response as the user sees it in an error. */
export function toHandshakeResponse({ status, statusText, headers, body }: ReceivedResponse): HandshakeResponse {
  const bytes = body ?? new Uint8Array(0);
  return { status, statusText, headers, body: bytes, text: () => new TextDecoder().decode(bytes) };
}
