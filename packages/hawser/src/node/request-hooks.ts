/**
 * The hooks of the opening handshake.
 */

import type { HttpRequestHead } from "../handshake/http-request.ts";
import type { HttpResponseHead } from "../handshake/http-response.ts";
import type { PendingConnection } from "./pending-connection.ts";

/**
 * Runs for every HTTP request that reaches the port, plain GET and HEAD included. A `Response` is sent and the connection
 * closed; `undefined` lets the WebSocket handshake go on. Throwing answers 500 and is logged.
 */
export type ProcessRequest<UserData = unknown> = (
  request: HttpRequestHead,
  connection: PendingConnection<UserData>,
) => Response | undefined | Promise<Response | undefined>;

/**
 * Runs before the response to a WebSocket handshake is sent, be it 101 or a refusal: may change its headers, or return a
 * `Response` to be sent in its place. Throwing answers 500 and is logged.
 */
export type ProcessResponse<UserData = unknown> = (
  request: HttpRequestHead,
  response: HttpResponseHead,
  connection: PendingConnection<UserData>,
) => Response | undefined | Promise<Response | undefined>;
