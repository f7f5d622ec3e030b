/**
 * How the answer to a handshake gets to the client: as text of HTTP/1.1 on the connection's own transport.
 *
 * `http2-handshake.ts` has the other way.
 */

import { type HttpResponseHead, serializeResponse, writeResponse } from "../handshake/http-response.ts";
import { finishResponse, type ResponseFinish } from "./response-bytes.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds in which a client may take a refusal before the connection is destroyed; `closeTimeout` if that is less. */
export const LINGER = 2_000;

export interface Responder {
  /**
   * Sends the answer, its body too; the transport goes on behind it. Returns what the client gets.
   *
   * @throws {TypeError | RangeError} if it can't be sent, before anything is.
   */
  respond(transport: Transport, response: HttpResponseHead, finish: ResponseFinish): HttpResponseHead;
}

export const http1Responder: Responder = {
  respond(transport, response, finish) {
    const finished = finishResponse(response, finish);
    if (finished.body === undefined) writeResponse(transport, finished);
    else transport.append(serializeResponse(finished));
    return finished;
  },
};
