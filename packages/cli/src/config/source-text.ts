/**
 * The text of a configuration file, as plain values that know their line and column. Knows no option.
 *
 * YAML 1.2 contains JSON, so one parser reads both; for JSON, comments are blanked out first and only JSON's own values
 * are taken.
 */

import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from "yaml";

export interface Place {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem extends Place {
  readonly message: string;
}

/** With `problems`, what there is of `content` is not to be used. */
export interface SourceText {
  readonly problems: readonly SourceProblem[];
  readonly content: SourceContent;
}

export interface SourceContent {
  /** Objects, arrays and scalars; `undefined` where the text is empty. */
  readonly value: unknown;
  /** Of the value at `path`, or of the nearest one around it. */
  placeOfValue(path: readonly string[]): Place;
  /** Of the last key of `path`. */
  placeOfKey(path: readonly string[]): Place;
}

/** Takes a text apart. What is wrong with it comes back; nothing is thrown. */
export function parseSourceText(text: string, syntax: "json" | "yaml"): SourceText {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const source = text.replace(/^\uFEFF/, "");
  const document = parseDocument(syntax === "json" ? withoutComments(source) : source, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
    ...(syntax === "json" ? { schema: "json" } : {}),
  });
  const top = document.contents;
  const faults = document.errors.map(({ code, message, pos }) => ({
    ...placeAt(pos[0]),
    message: sentence(MESSAGES[code] ?? message),
  }));
  const { value, problems } = faults.length > 0 ? { value: undefined, problems: faults } : plainValue(document);
  const content: SourceContent = {
    value,
    placeOfValue: (path) => placeAt(offsetOf(nodeAt(top, path))),
    placeOfKey: (path) => placeAt(offsetOf(keyAt(top, path))),
  };
  return { problems, content };
}

/** Where the parser's own words are for programmers. */
const MESSAGES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "There is a second document; a configuration is one",
};

/** Aliases that expand to too much, or to nothing, are found here. */
function plainValue(document: { toJS(): unknown }): Pick<SourceContent, "value"> & Pick<SourceText, "problems"> {
  try {
    return { value: document.toJS() ?? undefined, problems: [] };
  } catch (error) {
    return { value: undefined, problems: [{ line: 1, column: 1, message: sentence((error as Error).message) }] };
  }
}

function offsetOf(node: Node | undefined): number {
  return node?.range?.[0] ?? 0;
}

/** The node at `path`, or the last one on the way to it. */
function nodeAt(top: unknown, path: readonly string[]): Node | undefined {
  let node = isNode(top) ? top : undefined;
  for (const key of path) {
    const next = pairAt(node, key)?.value;
    if (!isNode(next)) break;
    node = next;
  }
  return node;
}

function keyAt(top: unknown, path: readonly string[]): Node | undefined {
  const around = nodeAt(top, path.slice(0, -1));
  const key = pairAt(around, path.at(-1) ?? "")?.key;
  return isNode(key) ? key : around;
}

function pairAt(node: unknown, name: string) {
  return isMap(node) ? node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === name) : undefined;
}

/** The parser's messages end without a full stop, or go on in a second line. */
function sentence(message: string): string {
  return `${message.split("\n", 1)[0]!.replace(/[.:]$/, "")}.`;
}

/** Comments become blanks, so that all else stays where it was. */
function withoutComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, " "),
  );
}
