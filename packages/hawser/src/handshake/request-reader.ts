/**
 * Reads one HTTP/1.1 request, which has no body, and leaves what follows it.
 *
 * It decides whether the bytes are a request at all. Whether it opens a WebSocket connection is `server-handshake.ts`'s question.
 */

import { type HandshakeErrorCode, type HandshakeFault, handshakeFault, isHandshakeFault, quote } from "./errors.ts";
import { type HeadLimits, HeadReader, type ParsedHead, type StartLinePart } from "./http-head.ts";
import type { HttpHeaders } from "./http-headers.ts";
import { createRequestHead, type HttpRequestHead, type HttpVersion } from "./http-request.ts";
import { CR, SP, TARGET, TOKEN, VERSION } from "./octets.ts";

export interface RequestReaderSettings {
  readonly limits: HeadLimits;
  /** Whether the bytes came by TLS; for the request's `url`. */
  readonly isSecure: boolean;
}

export class RequestReader {
  readonly #head: HeadReader;
  readonly #isSecure: boolean;
  #result: HttpRequestHead | HandshakeFault | undefined;

  constructor(settings: RequestReaderSettings) {
    this.#head = new HeadReader(REQUEST_LINE, settings.limits);
    this.#isSecure = settings.isSecure;
  }

  /**
   * Takes the next bytes, in any portions. Returns the request or the fault once there is one, and `undefined` until then; after
   * that further bytes are not the reader's to take.
   *
   * A request of HTTP/1.0 is a request: a health check may be answered. `judgeRequest` refuses it.
   */
  receive(bytes: Uint8Array): HttpRequestHead | HandshakeFault | undefined {
    if (this.#result !== undefined) return this.#result;
    const head = this.#head.receive(bytes);
    if (head !== undefined) this.#result = isHandshakeFault(head) ? head : this.#finish(head);
    return this.#result;
  }

  /**
   * The bytes received after the request: a view of those last given to {@link receive}. After a fault it means nothing: bytes
   * that may be a body must never be read as frames.
   */
  get rest(): Uint8Array {
    return this.#head.rest;
  }

  #finish({ startLine, headers }: ParsedHead): HttpRequestHead | HandshakeFault {
    const [name, path, version] = startLine as [string, string, string];
    // Constants where they can be: each connection keeps its request, and these would hold the text that they were cut from
    const method = name === "GET" ? "GET" : name;
    const httpVersion: HttpVersion = version === "HTTP/1.1" ? "1.1" : "1.0";
    return judgeBody(headers) ?? createRequestHead({ method, path, httpVersion, headers, isSecure: this.#isSecure });
  }
}

/** Judges what a server must be strict about whoever has read the request: its target, and that it has no body. */
export function judgeRequestHead({ path, headers }: HttpRequestHead): HandshakeFault | undefined {
  return judgeTarget(path) ?? judgeBody(headers);
}

/** A body would be read as frames, or as the next request by somebody in front of us. */
function judgeBody(headers: HttpHeaders): HandshakeFault | undefined {
  for (const name of ["Transfer-Encoding", "Content-Length"]) {
    const value = headers.get(name);
    if (value === undefined || (name === "Content-Length" && value === "0")) continue;
    return handshakeFault("REQUEST_BODY_UNEXPECTED", `got ${name}: ${quote(value)}`);
  }
  return undefined;
}

const MALFORMED = "REQUEST_LINE_MALFORMED" satisfies HandshakeErrorCode;
const TOO_LONG = "REQUEST_LINE_TOO_LONG" satisfies HandshakeErrorCode;

/** RFC 9112, section 3: method SP request-target SP HTTP-version. */
const REQUEST_LINE: readonly StartLinePart[] = [
  { octets: TOKEN, delimiter: SP, malformed: MALFORMED, tooLong: TOO_LONG, judge: judgeMethod },
  { octets: TARGET, delimiter: SP, malformed: MALFORMED, tooLong: TOO_LONG, judge: judgeTarget },
  { octets: VERSION, delimiter: CR, malformed: MALFORMED, tooLong: TOO_LONG, judge: judgeVersion },
];

function judgeMethod(method: string): HandshakeFault | undefined {
  return method === "" ? handshakeFault(MALFORMED, "got an empty method") : undefined;
}

/** Only the origin form (RFC 9112, section 3.2.1) names something of this server; `*` and proxies' forms do not. */
function judgeTarget(target: string): HandshakeFault | undefined {
  const rule = targetRule(target);
  return rule === undefined ? undefined : handshakeFault(MALFORMED, `expected ${rule}, got ${quote(target)}`);
}

/** The rule that a target breaks. What one reader takes for a path and the next for a host is no target of ours. */
function targetRule(target: string): string | undefined {
  if (!target.startsWith("/")) return 'a target that begins with "/"';
  if (target.startsWith("//")) return 'a path that does not begin with "//"';
  return target.includes("%") && BROKEN_ESCAPE.test(target.split("?", 1)[0]!)
    ? "every % of a path to be followed by two hexadecimal digits"
    : undefined;
}

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

function judgeVersion(version: string): HandshakeFault | undefined {
  if (version === "HTTP/1.1" || version === "HTTP/1.0") return undefined;
  const isWellFormed = /^HTTP\/\d\.\d$/.test(version);
  return handshakeFault(isWellFormed ? "HTTP_VERSION_UNSUPPORTED" : MALFORMED, `got ${quote(version)}`);
}
