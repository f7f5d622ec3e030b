/**
 * Which worker gets a connection. Knows no socket and no process.
 */

export type Order = "in-turn" | "fewest";

export interface Candidate {
  readonly id: number;
  readonly generation: number;
  /** Connections that it has, or that are on their way to it. */
  readonly load: number;
}

/**
 * The one to get the next connection; `last`: the id of the one that got the last, `oldest`: the generation before which workers are
 * about to be replaced.
 *
 * While a restart goes on, the new ones get all of them, the one with the fewest first: a client that was asked to come back is not
 * asked again, and the load is even at the end.
 */
export function choose<One extends Candidate>(
  all: readonly One[],
  order: Order,
  last: number,
  oldest: number,
): One | undefined {
  const fresh = all.filter(({ generation }) => generation >= oldest);
  const current = fresh.length > 0 ? fresh : all;
  const isMixed = current.length < all.length;
  return nextInTurn(isMixed || order === "fewest" ? leastLoaded(current) : current, last);
}

function leastLoaded<One extends Candidate>(all: readonly One[]): readonly One[] {
  const least = Math.min(...all.map(({ load }) => load));
  return all.filter(({ load }) => load === least);
}

function nextInTurn<One extends Candidate>(all: readonly One[], last: number): One | undefined {
  let [first, next]: (One | undefined)[] = [undefined, undefined];
  for (const one of all) {
    if (first === undefined || one.id < first.id) first = one;
    if (one.id > last && (next === undefined || one.id < next.id)) next = one;
  }
  return next ?? first;
}
