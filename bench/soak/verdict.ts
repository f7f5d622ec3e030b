/** What the soak demands of the server in the end, against what it held before. Pure: it is given figures. */
import type { AbuseProgress } from "./abuser.ts";
import type { ServerFigures } from "./server.ts";

/**
 * How much more memory may be resident than before. The allocator keeps pages of a heap that was larger and is full of holes; a
 * leak of one kilobyte for each life shows in a soak of minutes all the same.
 */
export const RSS_TOLERANCE = { factor: 1.25, bytes: 48 * 1_048_576 } as const;

export interface SoakFigures {
  /** After a warm-up that was as the soak itself, but short. */
  readonly base: ServerFigures;
  readonly final: ServerFigures;
  readonly abuse: AbuseProgress;
  /** What a client got that keeps the rules: nothing if it was served. */
  readonly lastClient: string | undefined;
  /** Milliseconds that `close()` took; `undefined` if it did not come to an end. */
  readonly closedIn: number | undefined;
}

/** What is wrong; nothing if the soak was passed. */
export function judge({ base, final, abuse, lastClient, closedIn }: SoakFigures): string[] {
  const mostRss = base.rss * RSS_TOLERANCE.factor + RSS_TOLERANCE.bytes;
  const findings: readonly (readonly [isWrong: boolean, finding: string])[] = [
    [final.escaped.length > 0, `something escaped:\n${final.escaped.join("\n")}`],
    [abuse.complaints.length > 0, `clients complain:\n${abuse.complaints.join("\n")}`],
    [
      final.connections + final.openings > 0,
      `${final.connections} connections and ${final.openings} openings are left`,
    ],
    [final.accepted !== final.closed, `${final.accepted} connections were opened and ${final.closed} closed`],
    [
      final.descriptors !== base.descriptors,
      `${final.descriptors} descriptors are open, there were ${base.descriptors}`,
    ],
    [final.rss > mostRss, `${final.rss} bytes are resident, expected at most ${Math.round(mostRss)}`],
    [lastClient !== undefined, `a client that keeps the rules was not served: ${lastClient}`],
    [closedIn === undefined, "the server did not close"],
  ];
  return findings.filter(([isWrong]) => isWrong).map(([, finding]) => finding);
}
