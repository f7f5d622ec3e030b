import { expect, test } from "vitest";
import { exportedFrom, withoutComments } from "./check-api.mjs";

test("comments and blank lines go, what looks like one in a string stays", () => {
  const text =
    '/** Text */\nexport declare const a: "ws://b"; // more\n\n/*\n * b\n */\nexport type B = "/*";\n//# sourceMappingURL=a.d.ts.map\n';
  expect(withoutComments(text)).toBe('export declare const a: "ws://b";\nexport type B = "/*";');
});

test("files that are re-exported from are found, imported ones are not", () => {
  const text =
    'import type { X } from "./x.ts";\nexport { a } from "./a.ts";\nexport type { B } from "./b.ts";\nexport * from "./c.ts";\nexport { X };\nexport { d } from "d";\n';
  expect(exportedFrom(text)).toEqual(["./a.ts", "./b.ts", "./c.ts"]);
});
