/**
 * Finds the name that was meant. Knows no commands and no options.
 */

/** More differences than so many in four letters are another word, not a slip. */
const SLIPS_PER_LETTER = 0.4;

/** The candidate that is nearest to `word`, or `undefined` if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let found: string | undefined;
  let least = Math.floor(Math.max(word.length, 3) * SLIPS_PER_LETTER) + 1;
  for (const candidate of candidates) {
    const slips = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (slips < least) [found, least] = [candidate, slips];
  }
  return found;
}

/** The end of an error's text: ` Did you mean x?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found === undefined ? "" : ` Did you mean ${found}?`;
}

/** Letters to insert, remove or replace, two swapped neighbours counting as one (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      const replaced = above[column - 1]! + (isSame ? 0 : 1);
      const isSwapped = row > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swapped = isSwapped && column > 1 ? before[column - 2]! + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(replaced, swapped, above[column]! + 1, current[column - 1]! + 1));
    }
    [before, above] = [above, current];
  }
  return above[right.length]!;
}
