import { expect, test } from "vitest";
import { parse } from "yaml";
import { why, yamlText } from "./annotated-yaml.ts";

test("comments stand above keys and items", () => {
  const tree = {
    a: why(1, "one"),
    b: ["x", why("y", "two")],
    c: [1, 2],
    d: undefined,
    e: why({ f: "1" }, "three\nfour"),
  };
  expect(yamlText("# head\n", tree)).toBe(
    `# head
# one
a: 1
b:
  - x
  # two
  - y
c: [1, 2]
# three
# four
e:
  f: "1"
`,
  );
});

test("documents are kept apart, and read back as they were", () => {
  const text = yamlText("", { a: {}, b: [] }, { c: "8080" });
  expect(text.split("---\n").map((one) => parse(one) as unknown)).toEqual([{ a: {}, b: [] }, { c: "8080" }]);
});
