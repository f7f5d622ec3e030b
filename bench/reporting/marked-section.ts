/** The part of a text file that the benchmark may write: between two marks, everything else is the author's. */

const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

/** The text with what stands between the marks replaced; `undefined` if it has no such marks. */
export function replaceMarkedSection(text: string, section: string): string | undefined {
  const start = text.indexOf(START);
  const end = text.indexOf(END, start);
  if (start === -1 || end === -1) return undefined;
  return `${text.slice(0, start + START.length)}\n${section}\n${text.slice(end)}`;
}
