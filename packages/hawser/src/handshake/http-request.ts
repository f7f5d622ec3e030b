/**
 * An HTTP request's head as hooks and the handshake see it, whichever transport it came by.
 */

import { HttpHeaders } from "./http-headers.ts";

export interface HttpRequestHead {
  /** A WebSocket handshake's is `GET`; with HTTP/2, `CONNECT` (RFC 8441, section 4). */
  readonly method: string;
  /** The target with its query, as sent. */
  readonly path: string;
  readonly httpVersion: HttpVersion;
  /** With HTTP/2, `:authority` stands there as `Host`. */
  readonly headers: HttpHeaders;
  /** Made at the first use. A request whose Host is missing or invalid is taken to be for `localhost`. */
  readonly url: URL;
}

export type HttpVersion = "1.0" | "1.1" | "2.0";

export interface RequestParts {
  readonly method: string;
  readonly path: string;
  readonly httpVersion: HttpVersion;
  readonly headers: HttpHeaders;
  /** Whether the request came by TLS: `url` begins with `https:`. */
  readonly isSecure: boolean;
}

export function createRequestHead(parts: RequestParts): HttpRequestHead {
  return new RequestHead(parts);
}

/**
 * The request with which a connection was opened, in one string: all that it costs while nobody looks at it.
 *
 * @internal
 */
export function packRequest(request: HttpRequestHead): string {
  return RequestHead.pack(request);
}

/**
 * The request that {@link packRequest} packed, as another object.
 *
 * @internal
 */
export function unpackRequest(packed: string): HttpRequestHead {
  return RequestHead.unpack(packed);
}

class RequestHead implements HttpRequestHead {
  readonly method: string;
  readonly path: string;
  readonly httpVersion: HttpVersion;
  readonly headers: HttpHeaders;
  readonly #isSecure: boolean;
  #url: URL | undefined;

  constructor(parts: RequestParts) {
    this.method = parts.method;
    this.path = parts.path;
    this.httpVersion = parts.httpVersion;
    this.headers = parts.headers;
    this.#isSecure = parts.isSecure;
  }

  /** RFC 6455, section 4.1: the method is GET, and the version 1.1. RFC 8441, section 4: CONNECT with 2.0. */
  static pack(request: HttpRequestHead): string {
    const isSecure = #isSecure in request && request.#isSecure;
    const form = `${isSecure ? "s" : ""}${request.httpVersion === "2.0" ? "2" : ""}`;
    // Joined, so that it is one run of memory and holds no longer text
    return [form, request.path, request.headers.pack()].join("\n");
  }

  static unpack(packed: string): RequestHead {
    const pathAt = packed.indexOf("\n") + 1;
    const headersAt = packed.indexOf("\n", pathAt) + 1;
    const form = packed.slice(0, pathAt);
    const isHttp2 = form.includes("2");
    return new RequestHead({
      method: isHttp2 ? "CONNECT" : "GET",
      path: packed.slice(pathAt, headersAt - 1),
      httpVersion: isHttp2 ? "2.0" : "1.1",
      headers: HttpHeaders.unpack(packed.slice(headersAt)),
      isSecure: form.includes("s"),
    });
  }

  get url(): URL {
    this.#url ??= makeUrl(this.#isSecure ? "https" : "http", this.headers.get("host"), this.path);
    return this.#url;
  }
}

/** The path is appended as text: resolved against a base, `//example.com` would name a host. */
function makeUrl(scheme: string, host: string | undefined, path: string): URL {
  const rooted = path.startsWith("/") ? path : `/${path}`;
  if (host !== undefined && isValidHost(host)) {
    try {
      return new URL(`${scheme}://${host}${rooted}`);
    } catch {
      // A host may be made of valid characters and yet be none, such as "a:b:c".
    }
  }
  return new URL(`${scheme}://localhost${rooted}`);
}

/** Whether nothing in a Host header's value could be taken for another part of a URL, or for a list. */
export function isValidHost(host: string): boolean {
  if (host === "") return false;
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i);
    if (code <= 0x20 || code > 0x7e || '"#,/<>?@\\^`{|}'.includes(host.charAt(i))) return false;
  }
  return true;
}
