/**
 * From a table of responses to cases for a client.
 */

import type { Case, ClientOpening, Step } from "../case.ts";
import { type HeadChanges, responseTemplate } from "../wire/http.ts";

const SECTION = "handshake";
export const PROBE: readonly Step[] = [{ type: "probe" }, { type: "close" }];

/** One row of a table of responses. */
export interface Row extends Pick<ClientOpening, "behind" | "feed" | "finish"> {
  readonly name: string;
  readonly title: string;
  readonly rule?: string;
  readonly strict?: true;
  /** What differs from a plain response. */
  readonly changes?: HeadChanges;
  /** Instead of `changes`: the response's text. */
  readonly response?: string;
  readonly steps?: readonly Step[];
}

export function caseOf(row: Row, outcome: "open" | "refused"): Case {
  const { behind, feed, finish } = row;
  return {
    id: `${SECTION}/${row.name}`,
    section: SECTION,
    title: row.title,
    rule: row.rule ?? "RFC 6455 4.1",
    strict: row.strict ?? false,
    opening: {
      role: "client",
      response: row.response ?? responseTemplate(row.changes),
      outcome,
      ...(behind === undefined ? {} : { behind }),
      ...(feed === undefined ? {} : { feed }),
      ...(finish === undefined ? {} : { finish }),
    },
    steps: outcome === "open" ? (row.steps ?? PROBE) : [],
  };
}

export function set(name: string, value: string): HeadChanges {
  return { set: { [name]: value } };
}
