/**
 * What is written into a channel of an engine, by this library and by any other program.
 *
 * ```text
 * bare       the payload and nothing else: text if it is UTF-8, else binary
 * envelope   {"hawser":1,...} LF payload
 * ```
 *
 * An envelope begins with the ten bytes `{"hawser":` and has a header of JSON on one line, and behind the line feed the payload
 * as it is, neither escaped nor encoded. Fields of the header, of which only the first is needed:
 *
 * | field | |
 * | --- | --- |
 * | `hawser` | 1, the version; always first |
 * | `from` | names the process that published, which drops its own |
 * | `type` | `"text"` (default; must be UTF-8) or `"binary"` |
 * | `kind` | `"message"` (default), `"join"` or `"leave"`, whose payload is the JSON of a `PresenceRecord` |
 * | `key` | the idempotency key |
 * | `compress` | whether an extension may compress the message |
 * | `epoch`, `offset` | where it stands in the history of its topic |
 *
 * Fields that are not known are left alone. A payload that happens to begin with those ten bytes needs an envelope.
 */

import { copyBytes } from "../bytes/copy.ts";
import { webTextCodec } from "../bytes/text-codec.ts";
import { isPosition, isRecord } from "./checks.ts";
import type { Payload, Position, Publication, PublicationKind } from "./publication.ts";
import { PUBLICATION_KINDS } from "./publication.ts";
import { isKey, MAX_KEY_LENGTH } from "./recent-keys.ts";

export const WIRE_VERSION = 1;

/** What is accepted from an engine, whoever wrote it there. */
export const WireLimits = {
  /** Bytes of the header: all fields at their longest take less. */
  HEADER: 2_048,
  /** Bytes of the payload: far more than a message should have, far less than an engine would take. */
  PAYLOAD: 16_777_216,
  /** UTF-16 code units of `from` and of `epoch`. */
  NAME: 128,
} as const;

/** What stood in a channel. */
export interface WireMessage {
  readonly publication: Publication;
  readonly from: string | undefined;
  readonly position: Position | undefined;
}

/** Why it is not one of ours. */
export interface WireFault {
  readonly fault: string;
}

const MARK: Uint8Array = webTextCodec.encode('{"hawser":');
const LINE_FEED = 10;

/** An envelope. `from`: the process that publishes; `position`: if it is known already. */
export function encodeWire(publication: Publication, from: string, position?: Position): Uint8Array {
  const { kind, data, key, compress } = publication;
  const isText = typeof data === "string";
  const header = {
    hawser: WIRE_VERSION,
    from,
    ...(isText ? {} : { type: "binary" }),
    ...(kind === "message" ? {} : { kind }),
    ...(key === undefined ? {} : { key }),
    ...(compress === undefined ? {} : { compress }),
    ...(position === undefined ? {} : { epoch: position.epoch, offset: position.offset }),
  };
  const head = webTextCodec.encode(`${JSON.stringify(header)}\n`);
  const payload = isText ? webTextCodec.encode(data) : data;
  const wire = new Uint8Array(head.length + payload.length);
  wire.set(head);
  wire.set(payload, head.length);
  return wire;
}

/** Reads what stood in the channel of `topic`. Never throws; the payload is a copy. */
export function decodeWire(topic: string, wire: string | Uint8Array): WireMessage | WireFault {
  const bytes = typeof wire === "string" ? webTextCodec.encode(wire) : wire;
  if (!startsWithMark(bytes)) return decodeBare(topic, bytes);
  const end = bytes.subarray(0, WireLimits.HEADER).indexOf(LINE_FEED);
  if (end < 0) return fault(`the header must end with a line feed within ${WireLimits.HEADER} bytes`);
  const header = parseHeader(bytes, end);
  if (header === undefined) return fault("the header must be a JSON object in UTF-8");
  return decodeEnvelope(topic, header, bytes.subarray(end + 1));
}

function startsWithMark(bytes: Uint8Array): boolean {
  return MARK.every((byte, index) => bytes[index] === byte);
}

function decodeBare(topic: string, bytes: Uint8Array): WireMessage | WireFault {
  if (bytes.length > WireLimits.PAYLOAD) return tooLong(bytes.length);
  const data = textOf(bytes) ?? copyBytes(bytes);
  return {
    publication: { topic, kind: "message", data, key: undefined, compress: undefined },
    from: undefined,
    position: undefined,
  };
}

type Header = Readonly<Record<string, unknown>>;

function parseHeader(bytes: Uint8Array, end: number): Header | undefined {
  const text = textOf(bytes.subarray(0, end));
  if (text === undefined) return undefined;
  try {
    const header: unknown = JSON.parse(text);
    return isRecord(header) ? header : undefined;
  } catch {
    return undefined;
  }
}

function decodeEnvelope(topic: string, header: Header, payload: Uint8Array): WireMessage | WireFault {
  const { hawser, from, type = "text", kind = "message", key, compress, epoch, offset } = header;
  if (hawser !== WIRE_VERSION) return wrong("hawser", `${WIRE_VERSION}`, hawser);
  if (from !== undefined && !isName(from)) return wrong("from", `a string of 1 to ${WireLimits.NAME} characters`, from);
  if (type !== "text" && type !== "binary") return wrong("type", '"text" or "binary"', type);
  if (!isKind(kind)) return wrong("kind", '"message", "join" or "leave"', kind);
  if (key !== undefined && !isKey(key)) return wrong("key", `a string of 1 to ${MAX_KEY_LENGTH} characters`, key);
  if (compress !== undefined && typeof compress !== "boolean") return wrong("compress", "a boolean", compress);
  const position = epoch === undefined && offset === undefined ? undefined : { epoch, offset };
  if (position !== undefined && !isPosition(position)) return wrong("offset", "a whole number with an epoch", offset);
  const data = payloadOf(payload, type);
  if (typeof data === "object" && "fault" in data) return data;
  return { publication: { topic, kind, data, key, compress }, from, position };
}

function payloadOf(payload: Uint8Array, type: "text" | "binary"): Payload | WireFault {
  if (payload.length > WireLimits.PAYLOAD) return tooLong(payload.length);
  if (type === "binary") return copyBytes(payload);
  return textOf(payload) ?? fault('a payload of the type "text" must be UTF-8');
}

function textOf(bytes: Uint8Array): string | undefined {
  return webTextCodec.decode(bytes, 0, bytes.length, false);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= WireLimits.NAME;
}

function isKind(value: unknown): value is PublicationKind {
  return PUBLICATION_KINDS.some((kind) => kind === value);
}

function tooLong(length: number): WireFault {
  return fault(`the payload must have at most ${WireLimits.PAYLOAD} bytes, got ${length}`);
}

function wrong(field: string, rule: string, value: unknown): WireFault {
  const text = JSON.stringify(value) ?? String(value);
  return fault(`${field} must be ${rule}, got ${text.length > 60 ? `${text.slice(0, 60)}...` : text}`);
}

function fault(text: string): WireFault {
  return { fault: text };
}
