/** Remote calls, as JSON-RPC 2.0: an editor and its language server. */

import type { CorpusKind } from "./corpus-kind.ts";
import type { Random } from "./random.ts";
import { sentence, WORDS } from "./vocabulary.ts";

const FOLDERS = ["src", "src/api", "src/components", "src/store", "test", "test/fixtures", "lib/parser"];
const TYPES = ["string", "number", "boolean", "Promise<void>", "readonly string[]", "Map<string, Entry>", "unknown"];

export const jsonRpc: CorpusKind = {
  name: "json-rpc",
  title: "an editor and its language server, JSON-RPC 2.0",
  heldOut: false,
  start(random) {
    const files = Array.from({ length: 18 }, () => fileName(random));
    const names = Array.from({ length: 60 }, () => identifier(random));
    let id = 0;
    return () => {
      const share = random.fraction();
      const uri = `file:///srv/checkout/${random.skewed(files)}`;
      if (share < 0.3) return call(++id, random, uri);
      if (share < 0.5) return result(id, hover(random, names));
      if (share < 0.7) return result(id, { isIncomplete: random.chance(0.3), items: completions(random, names) });
      if (share < 0.85) return changed(random, uri, names);
      return diagnostics(random, uri, names);
    };
  },
};

function fileName(random: Random): string {
  return `${random.pick(FOLDERS)}/${random.pick(WORDS)}-${random.pick(WORDS)}.ts`;
}

function identifier(random: Random): string {
  const [first, second] = [random.pick(WORDS), random.pick(WORDS)];
  return `${first}${second[0]!.toUpperCase()}${second.slice(1)}`;
}

function call(id: number, random: Random, uri: string): string {
  const method = random.skewed(["completion", "hover", "definition", "references", "documentHighlight"]);
  const params = { textDocument: { uri }, position: position(random) };
  return JSON.stringify({ jsonrpc: "2.0", id, method: `textDocument/${method}`, params });
}

function result(id: number, value: object): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result: value });
}

function hover(random: Random, names: readonly string[]): object {
  const signature = `(method) ${random.skewed(names)}(${random.skewed(names)}: ${random.pick(TYPES)}): ${random.pick(TYPES)}`;
  const value = `\`\`\`typescript\n${signature}\n\`\`\`\n\n${sentence(random, 6, 20)}`;
  return { contents: { kind: "markdown", value }, range: range(random, 8) };
}

function completions(random: Random, names: readonly string[]): object[] {
  return Array.from({ length: random.between(2, 7) }, (_, index) => {
    const label = random.skewed(names);
    return { label, kind: random.between(1, 9), detail: random.pick(TYPES), sortText: `0${index}`, insertText: label };
  });
}

function changed(random: Random, uri: string, names: readonly string[]): string {
  const version = random.between(2, 400);
  const contentChanges = [{ range: range(random, 1), rangeLength: 1, text: random.skewed(names).slice(0, 6) }];
  const params = { textDocument: { uri, version }, contentChanges };
  return JSON.stringify({ jsonrpc: "2.0", method: "textDocument/didChange", params });
}

function diagnostics(random: Random, uri: string, names: readonly string[]): string {
  const diagnostics = Array.from({ length: random.between(0, 3) }, () => ({
    range: range(random, 12),
    severity: random.between(1, 3),
    code: random.pick([2304, 2322, 2339, 2345, 6133]),
    source: "ts",
    message: `Property '${random.skewed(names)}' does not exist on type '${random.pick(TYPES)}'.`,
  }));
  return JSON.stringify({ jsonrpc: "2.0", method: "textDocument/publishDiagnostics", params: { uri, diagnostics } });
}

function position(random: Random): { line: number; character: number } {
  return { line: random.between(0, 320), character: random.between(0, 80) };
}

function range(random: Random, length: number): object {
  const start = position(random);
  return { start, end: { line: start.line, character: start.character + length } };
}
