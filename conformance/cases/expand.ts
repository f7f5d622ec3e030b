/**
 * From a table of bytes and outcomes to cases for both roles and several ways to feed the bytes.
 */

import {
  always,
  type Case,
  type Choice,
  type CloseOutcome,
  continuation,
  type MessageSpec,
  ping,
  type Role,
  type Step,
  text,
  textMessage,
} from "../case.ts";
import type { Wire } from "../wire/frame.ts";
import { requestTemplate, responseTemplate } from "../wire/http.ts";

/** How a wire case's bytes reach the endpoint: in one segment, byte by byte, or in one segment with further frames. */
export type Variant = "whole" | "bytes" | "trailing";

/** One row of a table. */
export interface WireCase {
  readonly name: string;
  readonly title: string;
  readonly rule: string;
  /** Asks for more than the RFCs do. */
  readonly strict?: true;
  /** Sent right after the handshake. */
  readonly wire: readonly Wire[];
  /** What must be echoed; before a failure or a close: what may be echoed. */
  readonly messages?: readonly MessageSpec[];
  readonly pongs?: readonly Uint8Array[];
  /** How the connection must be closed. Left out: it stays open. */
  readonly closed?: Choice<CloseOutcome>;
  /**
   * Parameters of permessage-deflate to agree on, such as `""` or `"; {own}_no_context_takeover"`; `{own}` becomes the side
   * that the suite plays, `{other}` the side under test. Left out: no compression.
   */
  readonly deflate?: string;
  /** @default all three, but "bytes" only for at most 300 bytes and "trailing" only if the bytes end with a frame */
  readonly variants?: readonly Variant[];
  /** @default both */
  readonly roles?: readonly Role[];
}

/** Byte by byte is for short ones. */
const LONGEST_BY_BYTES = 300;

/** Codes with which an endpoint may fail a connection, by the RFCs' leave, and the end without a Close frame. */
const ANY_FAILURE: readonly CloseOutcome[] = [1002, 1003, 1007, 1008, 1009, 1011, "none"];

/** Fails the connection: in the strict profile with one of these codes. RFC 6455, section 7.1.7, demands none. */
export function failsWith(...codes: CloseOutcome[]): Choice<CloseOutcome> {
  return { strict: codes, rfc: ANY_FAILURE };
}

/** Answers a Close frame. RFC 6455, section 5.5.1: "it typically echos the status code". */
export function closesWith(...codes: CloseOutcome[]): Choice<CloseOutcome> {
  return { strict: codes, rfc: [...codes, 1000, "empty"] };
}

const SUFFIX: Record<Variant, string> = { whole: "", bytes: "/byte-by-byte", trailing: "/with-following-frames" };
const TITLE: Record<Variant, string> = { whole: "", bytes: ", byte by byte", trailing: ", with following frames" };
const FOLLOWING = "following";

function variantsOf(row: WireCase): readonly Variant[] {
  if (row.variants !== undefined) return row.variants;
  const lengths = row.wire.map((item) => (item instanceof Uint8Array ? item.length : 8 + (item.payload?.length ?? 0)));
  const isShort = lengths.reduce((sum, length) => sum + length, 0) <= LONGEST_BY_BYTES;
  const endsWithFrame = !(row.wire.at(-1) instanceof Uint8Array);
  return ["whole", ...(isShort ? (["bytes"] as const) : []), ...(endsWithFrame ? (["trailing"] as const) : [])];
}

/** The frames behind the row's own: answered on an open connection, ignored on a closed one. */
function trailingSteps(row: WireCase): Step[] {
  const wire = [...row.wire, text(FOLLOWING), ping(FOLLOWING)];
  if (row.closed !== undefined) return [{ type: "send", wire }, outcomeOf(row)];
  const messages = [...(row.messages ?? []), textMessage(FOLLOWING)];
  return [
    { type: "send", wire },
    { type: "expect", messages, pongs: [...(row.pongs ?? []), Buffer.from(FOLLOWING)] },
  ];
}

function outcomeOf({ messages = [], pongs = [], closed }: WireCase): Step {
  return closed === undefined
    ? { type: "expect", messages, pongs }
    : { type: "closed", codes: closed, messages, pongs };
}

function stepsOf(row: WireCase, variant: Variant): Step[] {
  const own: Step[] =
    variant === "trailing" ? trailingSteps(row) : [{ type: "send", wire: row.wire, feed: variant }, outcomeOf(row)];
  return row.closed === undefined ? [...own, { type: "probe" }, { type: "close" }] : own;
}

/** The opening for a role: plain, or with permessage-deflate and these parameters. */
export function openingFor(role: Role, deflate: string | undefined): Case["opening"] {
  const own = role === "server" ? "client" : "server";
  const parameters = deflate?.replaceAll("{own}", own).replaceAll("{other}", role);
  const plus = parameters === undefined ? [] : [`Sec-WebSocket-Extensions: permessage-deflate${parameters}`];
  if (role === "server") {
    const answer = {
      status: always<number | "closed">(101),
      extension: plus.length > 0 && ("permessage-deflate" as const),
    };
    return { role, request: requestTemplate({ plus }), answer };
  }
  const needed = ["permessage-deflate", "client_max_window_bits"].filter((name) => plus[0]?.includes(name));
  return { role, response: responseTemplate({ plus }), outcome: "open", needs: needed };
}

function caseOf(section: string, row: WireCase, role: Role, variant: Variant): Case {
  return {
    id: `${section}/${row.name}${SUFFIX[variant]}`,
    section,
    title: `${row.title}${TITLE[variant]}`,
    rule: row.rule,
    strict: row.strict ?? false,
    opening: openingFor(role, row.deflate),
    steps: stepsOf(row, variant),
  };
}

export function expand(section: string, role: Role, table: readonly WireCase[]): Case[] {
  const rows = table.filter(({ roles }) => roles === undefined || roles.includes(role));
  return rows.flatMap((row) => variantsOf(row).map((variant) => caseOf(section, row, role, variant)));
}

/** One row of a table whose steps are spelled out. */
export interface StepCase extends Pick<WireCase, "name" | "title" | "rule" | "strict" | "deflate" | "roles"> {
  readonly steps: readonly Step[];
}

export function expandSteps(section: string, role: Role, table: readonly StepCase[]): Case[] {
  const rows = table.filter(({ roles }) => roles === undefined || roles.includes(role));
  return rows.map(({ name, title, rule, strict = false, deflate, steps }) => {
    return { id: `${section}/${name}`, section, title, rule, strict, opening: openingFor(role, deflate), steps };
  });
}

/** Pieces of a payload as the frames of one message. */
export function fragments(opcode: 1 | 2, pieces: readonly Uint8Array[]): Wire[] {
  return pieces.map((piece, index) => {
    const fin = index === pieces.length - 1;
    return index === 0 ? { opcode, payload: piece, fin } : continuation(piece, { fin });
  });
}
