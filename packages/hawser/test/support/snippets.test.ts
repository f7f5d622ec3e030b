import { describe, expect, test } from "vitest";
import { docstringSnippets, fixedPorts, markdownSnippets } from "./snippets.ts";

const fence = "```";

function uses(text: string): readonly (readonly [number, string])[] {
  return markdownSnippets("a.md", text).map((snippet) => [snippet.line, snippet.use] as const);
}

describe("markdown", () => {
  test.each([
    ["a plain fence is checked", `${fence}ts\nlet a;\n${fence}`, [[1, "check"]]],
    ["a marked fence is run", `x\n${fence}ts run\nlet a;\n${fence}`, [[2, "run"]]],
    ["a fence can be left alone", `${fence}ts no-check\nlet a;\n${fence}`, [[1, "no-check"]]],
    ["other languages are left out", `${fence}sh\nls\n${fence}\n${fence}\nx\n${fence}\n${fence}tsx\nx\n${fence}`, []],
    ["a fence within a longer fence is text", `${fence}\`\n${fence}ts\nx\n${fence}\n${fence}\``, []],
    [
      "several",
      `${fence}ts\na\n${fence}\n\n${fence}ts run\nb\n${fence}`,
      [
        [1, "check"],
        [5, "run"],
      ],
    ],
  ])("%s", (_name, text, expected) => {
    expect(uses(text)).toEqual(expected);
  });

  test("lines keep their numbers", () => {
    const [snippet] = markdownSnippets("a.md", `# A\n\n${fence}ts\nlet a = 1;\nlet b;\n${fence}\ntext\n`);
    expect(snippet!.code).toBe("\n\n\nlet a = 1;\nlet b;\n");
  });

  test("set-up and teardown stand around the code, at their own lines", () => {
    const text = `text\n<!-- setup:\nconst a = 1;\n-->\n${fence}ts\na;\n${fence}\n<!-- teardown: stop(); -->\n`;
    expect(markdownSnippets("a.md", text)[0]!.code).toBe("\n\nconst a = 1;\n\n\na;\n\n stop();\n");
  });

  test("a comment that is not directly before the fence is not its set-up", () => {
    const text = `<!-- setup: const a = 1; -->\n\n${fence}ts\nb;\n${fence}\n`;
    expect(markdownSnippets("a.md", text)[0]!.code).toBe("\n\n\nb;\n");
  });

  test("another comment before the fence is not code", () => {
    const text = `<!-- setup: const a = 1; -->\n<!-- a remark -->\n${fence}ts\nb;\n${fence}\n`;
    expect(markdownSnippets("a.md", text)[0]!.code).toBe("\n\n\nb;\n");
  });

  test.each([
    ["an unknown word", `${fence}ts runn\n${fence}`, /a\.md:1: after "ts" may stand/],
    ["a fence without an end", `x\n${fence}ts\nlet a;`, /a\.md:2: the fence is not closed/],
  ])("%s is refused", (_name, text, message) => {
    expect(() => markdownSnippets("a.md", text)).toThrow(message);
  });
});

describe("docstrings", () => {
  const source = (info: string) =>
    [
      "/**",
      " * Text",
      ` * ${fence}ts`,
      " * notAnExample;",
      ` * ${fence}`,
      " * @example",
      ` * ${fence}${info}`,
      " * a;",
      ` * ${fence}`,
      " */",
      "const b = 1;",
    ].join("\n");

  test.each([
    ["ts", "run"],
    ["ts no-run", "check"],
    ["ts no-check", "no-check"],
  ])("%s: %s", (info, use) => {
    expect(docstringSnippets("a.ts", source(info))).toEqual([
      { path: "a.ts", line: 7, use, code: "\n\n\n\n\n\n\na;\n" },
    ]);
  });

  test("the next tag ends the example", () => {
    const text = ["/**", " * @example", " * text", " * @param a", ` * ${fence}ts`, " * a;", ` * ${fence}`, " */"].join(
      "\n",
    );
    expect(docstringSnippets("a.ts", text)).toEqual([]);
  });
});

test.each([
  ["serve(handler, { port: 8765 })", [8765]],
  ['connect("ws://localhost:8765/"); serve(h, { port: 9000 })', [8765, 9000]],
  ["serve(handler, { port: 0 })", []],
])("fixed ports of %s", (code, ports) => {
  expect([...fixedPorts(code)].sort()).toEqual(ports);
});
