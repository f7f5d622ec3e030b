import { expect, test } from "vitest";
import { parse } from "yaml";
import { why, yamlText } from "./annotated-yaml.ts";

test("comments stand above keys and items", () => {
  const tree = {
    a: why(1, "one"),
    b: ["x", why("z", "two")],
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
  - z
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

/** YAML 1.1, as Kubernetes and CloudFormation read it, has more words that are no texts. */
test.each([
  "no",
  "Yes",
  "on",
  "off",
  "y",
  "N",
  "null",
  "~",
  "1e3",
  "0777",
  "0b11",
  "1_000",
  "22:22",
  "2001-01-01",
  "<<",
])("the text %s is read as a text by either version, as a key too", (word) => {
  const text = yamlText("", { [word]: word });
  for (const version of ["1.1", "1.2"] as const) expect(parse(text, { version })).toEqual({ [word]: word });
});
