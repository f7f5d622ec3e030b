/**
 * Why a request was answered otherwise than with 101, as one of a few words.
 */

import type { HttpRequestHead } from "../handshake/http-request.ts";
import type { Outcome } from "./opening-decision.ts";

/**
 * The rule that the request broke, in lower case; `"timeout"`; `"unavailable"`, if there was no room or the server stops;
 * `"hook"`, if the application refused. `undefined`: the request asked for no connection, and a hook answered it.
 */
export function refusalOf({ response, fault }: Outcome, request: HttpRequestHead | undefined): string | undefined {
  if (fault !== undefined) return fault.code.toLowerCase();
  if (request === undefined) return response.status === 408 ? "timeout" : "unavailable";
  if (!request.headers.has("upgrade")) return undefined;
  return response.status === 503 ? "unavailable" : "hook";
}
