/**
 * Plain text tables: the first columns are words, the others are numbers. Knows nothing of what is in them.
 */

/**
 * Columns are aligned and stand two spaces apart; the head is underlined.
 *
 * @param words how many columns, from the left, are words
 */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[], words = 1): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column < words ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...rows.map(line)].join("\n");
}
