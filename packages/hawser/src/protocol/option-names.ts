/**
 * Refuses option names that do not exist, and says which one was probably meant.
 *
 * A misspelt limit that is silently ignored is a limit that is not there. This file knows names only, not their values.
 */

/**
 * Throws a `TypeError` for the first own key of `options` that is not in `known`.
 *
 * @param action what cannot be done, such as `"Cannot serve"`; the message begins with it
 * @param known every name that exists, at least one
 */
export function refuseUnknownOptions(action: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new TypeError(`${action}: there is no option "${name}", did you mean "${nearestName(name, known)}"?`);
  }
}

/**
 * The name of `known` that takes the fewest edits for its length to reach from `name`, letter case aside; of equally near
 * ones the first.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    // For its length: "pingInt" is five letters short of "pingInterval", and as few edits away from "port"
    const distance = edits / Math.max(name.length, candidate.length);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

/** Levenshtein's distance: the least number of insertions, deletions and replacements of one letter, row by row. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[to.length]!;
}
