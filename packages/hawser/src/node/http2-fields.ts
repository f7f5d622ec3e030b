/**
 * Headers as HTTP/2 has them (RFC 9113, section 8.2): names in lower case, nothing that concerns one connection.
 */

import type { OutgoingHttpHeaders } from "node:http2";
import type { HttpHeaders } from "../handshake/http-headers.ts";

/** RFC 9113 8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields". */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "te",
]);

/** Lines of the same name become a list, which only Set-Cookie sends as several. */
export function http2Fields(headers: HttpHeaders): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {};
  for (const name of new Set(Array.from(headers.keys(), (key) => key.toLowerCase()))) {
    if (OF_THE_CONNECTION.has(name)) continue;
    fields[name] = name === "set-cookie" ? headers.getAll(name) : headers.get(name)!;
  }
  return fields;
}
