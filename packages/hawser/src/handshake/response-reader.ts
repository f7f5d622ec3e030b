/**
 * Reads the response to an opening handshake, or a proxy's to CONNECT: its head, and the body of a refusal.
 *
 * Whether the response opens the connection is `client-handshake.ts`'s question.
 */

import { type HandshakeErrorCode, type HandshakeFault, handshakeFault, isHandshakeFault, quote } from "./errors.ts";
import { type HeadLimits, HeadReader, type ParsedHead, type StartLinePart } from "./http-head.ts";
import type { HttpVersion } from "./http-request.ts";
import { type HttpResponseHead, mayHaveBody } from "./http-response.ts";
import { CR, FIELD_VALUE, SP, VERSION } from "./octets.ts";
import { BodyReader, bodyFramingOf } from "./response-body.ts";

export interface ResponseReaderSettings extends HeadLimits {
  /** Bytes of a body that are kept; reading stops there. */
  readonly maxBodySize: number;
  /** The request was CONNECT: a response of 2xx ends with its head (RFC 9110, section 9.3.6). */
  readonly isConnect: boolean;
}

export interface ReceivedResponse extends HttpResponseHead {
  readonly httpVersion: HttpVersion;
}

/** Interim responses (1xx) before the final one. Servers send one, if any. */
const MAX_INTERIM_RESPONSES = 8;
const NOTHING = new Uint8Array(0);

export class ResponseReader {
  readonly #settings: ResponseReaderSettings;
  #head: HeadReader;
  /** A response whose body is being read. */
  #pending: { readonly response: ReceivedResponse; readonly body: BodyReader } | undefined;
  #interimResponses = 0;
  #rest: Uint8Array = NOTHING;
  #result: ReceivedResponse | HandshakeFault | undefined;

  constructor(settings: ResponseReaderSettings) {
    this.#settings = settings;
    this.#head = new HeadReader(STATUS_LINE, settings);
  }

  /**
   * Takes the next bytes, in any portions. Returns the response, its body read, or the fault once there is one, and `undefined`
   * until then; after that further bytes are not the reader's to take.
   */
  receive(bytes: Uint8Array): ReceivedResponse | HandshakeFault | undefined {
    let rest = bytes;
    while (rest.length > 0 && this.#result === undefined) {
      rest = this.#pending === undefined ? this.#readHead(rest) : this.#readBody(this.#pending.body, rest);
    }
    return this.#result;
  }

  /** The connection has ended: a body ends here, a head does not. A body cut short is handed out as it is. */
  receiveEnd(): ReceivedResponse | HandshakeFault {
    this.#result ??=
      this.#pending === undefined
        ? handshakeFault("RESPONSE_INCOMPLETE")
        : { ...this.#pending.response, body: this.#pending.body.body };
    return this.#result;
  }

  /** The bytes after a response without a body, a view of those last received: the first frames, or what a tunnel carries. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /** Returns the bytes after the head: a body, another head, or {@link rest}. */
  #readHead(bytes: Uint8Array): Uint8Array {
    const head = this.#head.receive(bytes);
    if (head === undefined) return NOTHING;
    const { rest } = this.#head;
    this.#result = isHandshakeFault(head) ? head : this.#finishHead(head);
    if (this.#result !== undefined && this.#pending === undefined) this.#rest = rest;
    return rest;
  }

  #finishHead({ startLine, headers }: ParsedHead): ReceivedResponse | HandshakeFault | undefined {
    const [version, line] = startLine as [string, string];
    const status = Number(line.slice(0, 3));
    const httpVersion = version.slice("HTTP/".length) as HttpVersion;
    if (status < 200 && status !== 101) return this.#skipInterimResponse();
    const response = { status, statusText: line.slice(4), headers, httpVersion, body: undefined };
    return mayHaveBody(status) && !this.#opensTunnel(status) ? this.#beginBody(response) : response;
  }

  #skipInterimResponse(): HandshakeFault | undefined {
    this.#head = new HeadReader(STATUS_LINE, this.#settings);
    if (++this.#interimResponses <= MAX_INTERIM_RESPONSES) return undefined;
    return handshakeFault("INTERIM_RESPONSES_TOO_MANY", `expected at most ${MAX_INTERIM_RESPONSES}`);
  }

  #opensTunnel(status: number): boolean {
    return this.#settings.isConnect && status < 300;
  }

  #beginBody(response: ReceivedResponse): ReceivedResponse | HandshakeFault | undefined {
    const framing = bodyFramingOf(response.headers);
    if (isHandshakeFault(framing)) return framing;
    const body = new BodyReader(framing, this.#settings.maxBodySize, this.#settings);
    this.#pending = { response, body };
    return body.isDone ? this.receiveEnd() : undefined;
  }

  #readBody(body: BodyReader, bytes: Uint8Array): Uint8Array {
    this.#result = body.receive(bytes);
    if (body.isDone) this.receiveEnd();
    return NOTHING;
  }
}

const MALFORMED = "STATUS_LINE_MALFORMED" satisfies HandshakeErrorCode;
const TOO_LONG = "STATUS_LINE_TOO_LONG" satisfies HandshakeErrorCode;

/** RFC 9112, section 4: HTTP-version SP status-code SP [ reason-phrase ]. The second space is often missing too. */
const STATUS_LINE: readonly StartLinePart[] = [
  { octets: VERSION, delimiter: SP, malformed: MALFORMED, tooLong: TOO_LONG, judge: judgeVersion },
  { octets: FIELD_VALUE, delimiter: CR, malformed: MALFORMED, tooLong: TOO_LONG, judge: judgeStatus },
];

/** Proxies answer with HTTP/1.0, and so do some that refuse. */
function judgeVersion(version: string): HandshakeFault | undefined {
  if (version === "HTTP/1.1" || version === "HTTP/1.0") return undefined;
  return handshakeFault(MALFORMED, `expected HTTP/1.1, got ${quote(version)}`);
}

function judgeStatus(line: string): HandshakeFault | undefined {
  if (/^[1-9]\d\d(?: |$)/.test(line)) return undefined;
  return handshakeFault(MALFORMED, `expected a status of three digits, got ${quote(line)}`);
}
