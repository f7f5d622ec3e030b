import { describe, expect, test } from "vitest";
import { cycleProblems, directionProblems, importsOf } from "./check-imports.mjs";

describe("importsOf", () => {
  const from = (/** @type {string} */ specifier, isType = false, isDynamic = false) => ({
    specifier,
    isType,
    isDynamic,
  });
  test.each([
    ['import { a } from "./a.ts";', [from("./a.ts")]],
    ['import type { A } from "./a.ts";', [from("./a.ts", true)]],
    ['import { type A } from "./a.ts";', [from("./a.ts")]],
    ['import {\n  a,\n  b,\n} from "./a.ts";', [from("./a.ts")]],
    ['import * as a from "./a.ts";', [from("./a.ts")]],
    ['import a, { b } from "a";', [from("a")]],
    ['import a from "a";', [from("a")]],
    ['import "./a.ts";', [from("./a.ts")]],
    ['export * from "./a.ts";', [from("./a.ts")]],
    ['export type { A } from "./a.ts";', [from("./a.ts", true)]],
    ['export { a } from "./a.ts";\nexport const b = "c";', [from("./a.ts")]],
    ['  const a = await import("socks");', [from("socks", false, true)]],
    [' * import { a } from "hawser";', []],
    [' * const a = await import("hawser");', []],
    ['// import("a")', []],
    ['export function from(): string {\n  return "a";\n}', []],
  ])("%s", (source, expected) => {
    expect(importsOf(source)).toEqual(expected);
  });
});

/**
 * @param {Record<string, string>} files
 * @returns {import("./check-imports.mjs").Sources}
 */
function sources(files) {
  return new Map(Object.entries(files).map(([path, source]) => [path, importsOf(source)]));
}

describe("direction", () => {
  test.each([
    ["protocol/a.ts", "import { a } from '../bytes/a.ts';"],
    ["protocol/a.ts", "import { a } from './b.ts';"],
    ["extensions/permessage-deflate/a.ts", "import type { A } from '../../handshake/extension-negotiation.ts';"],
    ["extensions/permessage-deflate/a.ts", "import { a } from '../../deflate/engine.ts';"],
    ["node/a.ts", "import net from 'node:net';"],
    ["node/a.ts", "  await import('socks');"],
    ["index.ts", "export { serve } from './node/server.ts';"],
    ["testing/a.ts", "import { a } from '../node/a.ts';"],
  ])("%s: %s", (path, source) => {
    expect(directionProblems(sources({ [path]: source }))).toEqual([]);
  });

  test.each([
    ["bytes/a.ts", "import { a } from '../protocol/a.ts';", "bytes/ may import nothing only"],
    ["protocol/a.ts", "import { a } from '../node/a.ts';", "protocol/ may import bytes only"],
    ["protocol/a.ts", "import net from 'node:net';", "from outside protocol/ may import nothing only"],
    ["extensions/a.ts", "import { a } from '../handshake/a.ts';", "extensions/ may import types alone from handshake/"],
    ["node/a.ts", "import ws from 'ws';", "from outside node/ may import node:, socks only"],
    ["node/a.ts", "import { a } from '../testing/a.ts';", "node/ may import"],
    ["node/a.ts", "import { a } from '../index.ts';", "node/ may import"],
    ["other/a.ts", "import { a } from '../bytes/a.ts';", "the folder other/ has no rule"],
  ])("%s: %s is refused", (path, source, message) => {
    expect(directionProblems(sources({ [path]: source })).join()).toContain(message);
  });
});

describe("circles", () => {
  test("a line of imports is none, nor are two ways to one file", () => {
    const files = { "a.ts": "import './b.ts';\nimport './c.ts';", "b.ts": "import './c.ts';", "c.ts": "" };
    expect(cycleProblems(sources(files))).toEqual([]);
  });

  test("a circle through types is one", () => {
    const files = { "x/a.ts": "import type { B } from '../y/b.ts';", "y/b.ts": "import { a } from '../x/a.ts';" };
    expect(cycleProblems(sources(files))).toEqual(["imports in a circle: x/a.ts -> y/b.ts -> x/a.ts"]);
  });

  test("a dynamic import closes none", () => {
    expect(cycleProblems(sources({ "a.ts": "import './b.ts';", "b.ts": "  import('./a.ts');" }))).toEqual([]);
  });
});
