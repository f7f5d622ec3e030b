/**
 * Finds the TypeScript examples of the documentation. Pure: text in, snippets out.
 *
 * The convention is written down in CONTRIBUTING.md: which fences are checked, which are run, and how lines that the
 * reader need not see are put around one.
 *
 * @module
 */

/** What is done with a snippet: its types are checked, it is run as well, or neither. */
export type SnippetUse = "check" | "run" | "no-check";

export interface Snippet {
  /** Of the document, from the root. */
  readonly path: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly use: SnippetUse;
  /** A module whose lines have the numbers they have in the document, so that the compiler's messages point there. */
  readonly code: string;
}

const FENCE = /^\s*(`{3,})\s*(.*?)\s*$/;
const HIDDEN = /^\s*<!-- (setup|teardown):/;

/** The `ts` fences of a Markdown document. */
export function markdownSnippets(path: string, text: string): readonly Snippet[] {
  return snippetsOf(path, text.split("\n"), "check");
}

/** The `ts` fences of a source's `@example` blocks; they are run unless marked otherwise. */
export function docstringSnippets(path: string, text: string): readonly Snippet[] {
  return snippetsOf(path, exampleLines(text), "run");
}

/** The lines of `@example` blocks without the comment's margin, all others empty. */
function exampleLines(text: string): readonly string[] {
  let isExample = false;
  return text.split("\n").map((line) => {
    const content = /^\s*\*(?!\/) ?(.*)$/.exec(line)?.[1];
    if (content === undefined) isExample = false;
    else if (content.startsWith("@")) isExample = content.startsWith("@example");
    return isExample ? (content ?? "") : "";
  });
}

interface Block {
  /** Index of the first line. */
  readonly start: number;
  /** Index after the last line. */
  readonly end: number;
}

function snippetsOf(path: string, lines: readonly string[], byDefault: SnippetUse): readonly Snippet[] {
  const snippets: Snippet[] = [];
  for (let index = 0; index < lines.length; index++) {
    const [, fence, info = ""] = FENCE.exec(lines[index]!) ?? [];
    if (fence === undefined) continue;
    const block = { start: index + 1, end: closingFence(path, lines, index, fence) };
    const words = info.split(/\s+/);
    if (words[0] === "ts") {
      const place = `${path}:${index + 1}`;
      snippets.push({ path, line: index + 1, use: useOf(place, words, byDefault), code: moduleOf(lines, block) });
    }
    index = block.end;
  }
  return snippets;
}

function closingFence(path: string, lines: readonly string[], opening: number, fence: string): number {
  const end = lines.findIndex((line, index) => index > opening && line.trim() === fence);
  if (end === -1) throw new Error(`${path}:${opening + 1}: the fence is not closed`);
  return end;
}

function useOf(place: string, words: readonly string[], byDefault: SnippetUse): SnippetUse {
  const [, word, ...more] = words;
  if (word === undefined) return byDefault;
  if (more.length === 0 && (word === "run" || word === "no-check")) return word;
  if (more.length === 0 && word === "no-run") return "check";
  throw new Error(`${place}: after "ts" may stand one of run, no-run, no-check; got "${words.slice(1).join(" ")}"`);
}

/** The block, with the hidden lines around it, each at its own line number. */
function moduleOf(lines: readonly string[], block: Block): string {
  const code = lines.map((line, index) => (index >= block.start && index < block.end ? line : ""));
  const before = hiddenBefore(lines, block.start - 2);
  const after = hiddenAt(lines, block.end + 1, "teardown");
  for (const [index, line] of [...before, ...after]) code[index] = line;
  return `${code.join("\n").trimEnd()}\n`;
}

type NumberedLine = readonly [index: number, line: string];

function hiddenBefore(lines: readonly string[], last: number): readonly NumberedLine[] {
  if (!lines[last]?.trimEnd().endsWith("-->")) return [];
  for (let index = last; index >= 0; index--) {
    if (HIDDEN.test(lines[index]!)) return hiddenAt(lines, index, "setup");
    // The beginning of another comment, or the end of one before it.
    if (lines[index]!.includes("<!--") || (index < last && lines[index]!.includes("-->"))) return [];
  }
  return [];
}

/** The lines of the comment of this kind that begins at `start`, without its marks. */
function hiddenAt(lines: readonly string[], start: number, kind: "setup" | "teardown"): readonly NumberedLine[] {
  if (HIDDEN.exec(lines[start] ?? "")?.[1] !== kind) return [];
  const end = lines.findIndex((line, index) => index >= start && line.trimEnd().endsWith("-->"));
  if (end === -1) throw new Error(`line ${start + 1}: the comment is not closed`);
  return lines.slice(start, end + 1).map((line, offset) => {
    const bare = offset === 0 ? line.replace(HIDDEN, "") : line;
    return [start + offset, start + offset === end ? bare.replace(/\s*-->\s*$/, "") : bare] as const;
  });
}

/** The fixed ports that a snippet names; two snippets with one in common can't run at the same time. */
export function fixedPorts(code: string): readonly number[] {
  const ports = Array.from(code.matchAll(/\bport:\s*(\d{2,5})\b|:(\d{4,5})\b/g), ([, option, address]) =>
    Number(option ?? address),
  );
  return [...new Set(ports)];
}
