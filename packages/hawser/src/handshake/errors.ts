/**
 * Every rule of the opening handshake that a peer can break, once, with the HTTP status that answers it.
 *
 * What a peer did is a value ({@link HandshakeFault}) and never an exception. A client has nobody to answer: there a fault
 * fails the connection, and its status (502 where only a server can break the rule) is of no use.
 */

export const HandshakeErrors = {
  LINE_ENDING_INVALID: [400, "a line does not end with CR LF"],
  REQUEST_LINE_MALFORMED: [400, "the request line is malformed"],
  REQUEST_LINE_TOO_LONG: [414, "the request line exceeds maxLineLength"],
  REQUEST_BODY_UNEXPECTED: [400, "a request that opens a WebSocket connection has no body"],
  HEADER_FOLDED: [400, "a header is folded over several lines"],
  HEADER_NAME_INVALID: [400, "a header's name is not a token directly followed by a colon"],
  HEADER_VALUE_INVALID: [400, "a header's value contains a control character"],
  HEADER_LINE_TOO_LONG: [431, "a header's line exceeds maxLineLength"],
  HEADERS_TOO_MANY: [431, "there are more headers than maxHeaders"],
  HEADERS_TOO_LARGE: [431, "the headers together exceed maxHeaderSize"],
  HTTP_VERSION_UNSUPPORTED: [505, "the HTTP version is not supported: expected HTTP/1.1"],
  HTTP_VERSION_TOO_OLD: [400, "a WebSocket connection cannot be opened with HTTP/1.0: expected HTTP/1.1"],
  METHOD_NOT_ALLOWED: [405, "a WebSocket connection is opened with GET"],
  HOST_INVALID: [400, "a request has exactly one valid Host header"],
  UPGRADE_REQUIRED: [
    426,
    "this is a WebSocket server, and the request asks for no WebSocket connection: a WebSocket client does, a browser's address bar does not",
  ],
  VERSION_INVALID: [400, "a request has exactly one Sec-WebSocket-Version header"],
  VERSION_UNSUPPORTED: [426, "the WebSocket version is not supported: expected Sec-WebSocket-Version: 13"],
  KEY_INVALID: [400, "a request has exactly one Sec-WebSocket-Key header, the base64 of 16 bytes"],
  ORIGIN_AMBIGUOUS: [400, "a request has at most one Origin header"],
  ORIGIN_NOT_ALLOWED: [403, "the origin is not allowed"],
  SUBPROTOCOLS_MALFORMED: [400, "Sec-WebSocket-Protocol is not a list of distinct tokens"],
  SUBPROTOCOL_MISSING: [400, "the request offers no subprotocol, and this server needs one"],
  SUBPROTOCOL_UNSUPPORTED: [400, "the request offers no subprotocol that this server has"],
  EXTENSIONS_MALFORMED: [400, "Sec-WebSocket-Extensions is malformed"],
  CALLBACK_FAILED: [500, "the application failed to answer the handshake"],
  STATUS_LINE_MALFORMED: [502, "the status line is malformed"],
  STATUS_LINE_TOO_LONG: [502, "the status line exceeds maxLineLength"],
  RESPONSE_INCOMPLETE: [502, "the connection ended before the response was complete"],
  RESPONSE_BODY_MALFORMED: [502, "the framing of the response's body is malformed"],
  INTERIM_RESPONSES_TOO_MANY: [502, "the server sent too many interim responses"],
  STATUS_UNEXPECTED: [502, "the server did not switch protocols: expected status 101"],
  UPGRADE_MISSING: [502, "the response does not confirm the upgrade"],
  ACCEPT_INVALID: [502, "the response's Sec-WebSocket-Accept does not belong to the request's key"],
  SUBPROTOCOL_UNEXPECTED: [502, "the server chose a subprotocol that was not offered"],
  EXTENSION_UNEXPECTED: [502, "the server's extensions are not acceptable"],
} as const;

/** The name of a broken rule. */
export type HandshakeErrorCode = keyof typeof HandshakeErrors;

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Which rule was broken, and by what. */
export interface HandshakeFault {
  readonly code: HandshakeErrorCode;
  /** The HTTP status that answers it. */
  readonly status: number;
  /** The rule and what broke it, printable ASCII: fit for the body of a response and for a log. */
  readonly text: string;
  /** What the answer's headers must say besides. */
  readonly headers: HeaderPairs;
  /** What the application's own code threw; for the log, never for the peer. */
  readonly cause?: unknown;
}

/** `detail` is what was received, such as `got "8"`; see {@link quote}. */
export function handshakeFault(code: HandshakeErrorCode, detail?: string, headers: HeaderPairs = []): HandshakeFault {
  const [status, rule] = HandshakeErrors[code];
  return { code, status, text: detail === undefined ? rule : `${rule}; ${detail}`, headers };
}

/** A fault of the application's code: the peer gets the rule's text and nothing of `cause`. */
export function callbackFault(cause: unknown): HandshakeFault {
  return { ...handshakeFault("CALLBACK_FAILED"), cause };
}

export function isHandshakeFault(value: object): value is HandshakeFault {
  const { code } = value as Partial<HandshakeFault>;
  return code !== undefined && Object.hasOwn(HandshakeErrors, code);
}

/** The most characters of a peer's value that a text repeats. */
const MAX_QUOTED_LENGTH = 120;

/** A peer's value for a text: in quotes, cut to a readable length, everything but printable ASCII escaped. */
export function quote(value: string): string {
  const shown = value.length > MAX_QUOTED_LENGTH ? `${value.slice(0, MAX_QUOTED_LENGTH)}...` : value;
  return JSON.stringify(shown).replace(/[^\x20-\x7e]/g, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

/** A byte for a text, such as `0x0a`. */
export function quoteByte(byte: number): string {
  return `0x${hex(byte, 2)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
