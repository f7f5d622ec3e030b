/**
 * From a table of requests to cases for a server.
 */

import { type Answer, always, type Case, type Choice, type Step } from "../case.ts";
import type { Wire } from "../wire/frame.ts";
import { type HeadChanges, requestTemplate } from "../wire/http.ts";

const SECTION = "handshake";
type Status = Choice<number | "closed">;

/** Accepted. */
export const OPEN: Status = always(101);
/** Whatever a server may refuse a handshake with. */
export const REFUSALS = [400, 403, 404, 405, 408, 411, 413, 414, 417, 421, 426, 431, 500, 501, 505, "closed"] as const;

/** Refused: in the strict profile with one of these. The RFCs leave the status open. */
export function refuses(...statuses: number[]): Status {
  return { strict: statuses, rfc: REFUSALS };
}

/** Refused in the strict profile; a server may also be lenient. */
export function mayRefuse(...statuses: number[]): Status {
  return { strict: statuses, rfc: [101, ...REFUSALS] };
}

/** One row of a table of requests. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly rule: string;
  readonly status: Status;
  /** What differs from a plain request. */
  readonly changes?: HeadChanges;
  /** Instead of `changes`: the request's text. */
  readonly request?: string;
  readonly answer?: Partial<Answer>;
  readonly behind?: readonly Wire[];
  readonly feed?: "whole" | "bytes";
  readonly steps?: readonly Step[];
}

export const PROBE: readonly Step[] = [{ type: "probe" }, { type: "close" }];

export function caseOf(row: Row): Case {
  return {
    id: `${SECTION}/${row.name}`,
    section: SECTION,
    title: row.title,
    rule: row.rule,
    strict: false,
    opening: {
      role: "server",
      request: row.request ?? requestTemplate(row.changes),
      behind: row.behind ?? [],
      feed: row.feed ?? "whole",
      answer: { status: row.status, ...row.answer },
    },
    steps: row.steps ?? PROBE,
  };
}

export function set(name: string, value: string): HeadChanges {
  return { set: { [name]: value } };
}

export function plus(...lines: string[]): HeadChanges {
  return { plus: lines };
}
