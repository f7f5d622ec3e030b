/**
 * What a server's connection keeps of its response: next to nothing, since the responses of a second differ by nothing but the
 * accept, and that follows from the request's key.
 */

import { hash } from "node:crypto";
import { HttpHeaders } from "../handshake/http-headers.ts";
import type { HttpRequestHead } from "../handshake/http-request.ts";
import { acceptFor } from "../handshake/key.ts";

const ACCEPT = "Sec-WebSocket-Accept";

/** What was kept last; the next connection's is nearly always the same. */
let latest = "";

/** Packs headers without their accept, which must be the one that answers the request; with HTTP/2 there is none. */
export function keepHeaders(headers: HttpHeaders): string {
  const common = headers.copy();
  if (common.has(ACCEPT)) common.set(ACCEPT, "");
  const packed = common.pack();
  if (packed !== latest) latest = packed;
  return latest;
}

/** The headers of a response to `request`, of which {@link keepHeaders} returned `packed`. */
export function restoreHeaders(packed: string, request: HttpRequestHead): HttpHeaders {
  const headers = HttpHeaders.unpack(packed);
  if (!headers.has(ACCEPT)) return headers;
  const key = request.headers.get("Sec-WebSocket-Key")!;
  const accept = acceptFor(key, (text) => hash("sha1", text, "base64"));
  headers.set(ACCEPT, accept);
  return headers;
}
