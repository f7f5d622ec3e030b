import { describe, expect, test } from "vitest";
import { exampleResult } from "../../../test/support/example-result.ts";
import { bitRate, byteSize, difference, figure, gib, kib, percent, roughly } from "../../report/format.ts";
import { escaped, html } from "../../report/markup.ts";
import { codeOf } from "./code.ts";
import { cellAt } from "./grids.ts";
import { heatOf } from "./heat-map.ts";
import { htmlReport } from "./html-report.ts";
import { corpusLine, textReport } from "./text-report.ts";

test.each([
  [percent(0.2934), "29.3 %"],
  [difference(0.054), "+5 %"],
  [difference(-0.4), "-40 %"],
  [difference(0), "="],
  [figure(9.414), "9.41"],
  [figure(28.44), "28.4"],
  [figure(1_234.5), "1,235"],
  [roughly(35_249), "35,200"],
  [roughly(7), "7"],
  [roughly(null), "-"],
  [kib(136_806), "133.6"],
  [gib(1_073_741_824), "1.00"],
  [bitRate(4_160_000), "4.2 Mbit/s"],
  [bitRate(2.5e9), "2.5 Gbit/s"],
  [byteSize(1_230), "1,230 bytes"],
  [byteSize(20_480), "20.0 KiB"],
  [byteSize(20_971_520), "20.0 MiB"],
])("a number is written as %s", (written, expected) => {
  expect(written).toBe(expected);
});

test("the recommendation is code to paste", () => {
  expect(codeOf({ compression: false, row: "none", reason: "" })).toBe("serve(handler, { compression: false });");
  const compression = { serverMaxWindowBits: 12, serverNoContextTakeover: true };
  expect(codeOf({ compression, row: "12/5", reason: "" })).toBe(
    "serve(handler, {\n  compression: {\n    serverMaxWindowBits: 12,\n    serverNoContextTakeover: true,\n  },\n});",
  );
});

describe("the text report", () => {
  const report = textReport(exampleResult());

  test("has a line for each setting, and the four tables", () => {
    expect(report).toMatch(/^none +100\.0 +\+213 % +- +- +-$/m);
    expect(report).toMatch(/^12\/5 +32\.0 += +18\.0 += +9\.00$/m);
    expect(report).toMatch(/^12\/5 no takeover +60\.0/m);
    expect(report.match(/^window bits/gm)).toHaveLength(4);
    expect(report).toMatch(/^12 +-28 += +\+17$/m);
  });

  test("ends with the recommendation", () => {
    expect(report).toContain("Recommended: 15/8\nMessages shrink to 20.0 %");
    expect(report.trimEnd().endsWith("});")).toBe(true);
  });

  test("what is measured is said before, with what speaks against it", () => {
    const { corpus } = exampleResult();
    expect(corpusLine({ ...corpus, warnings: ["Only 3 messages."] })).toBe(
      "feed.jsonl: 100 messages, 97.7 KiB (10 bytes to 5,000 bytes, median 900 bytes)\nNote: Only 3 messages.",
    );
  });

  test("a missing cell is an error, not a hole", () => {
    expect(() => cellAt(exampleResult().grid, 12, 5)).toThrow("12 bits at level 5 is missing");
  });
});

describe("markup", () => {
  test("escapes what is put in, and not what is markup", () => {
    expect(String(html`<p title="${`"'`}">${"<b>&"}${3}${html`<i>`}${[html`<u>`, html`<s>`]}</p>`)).toBe(
      '<p title="&quot;&#39;">&lt;b&gt;&amp;3<i><u><s></p>',
    );
    expect(escaped("a & b")).toBe("a &amp; b");
  });
});

describe("heat", () => {
  test.each([
    ["sizes go from the least to the most", [10, 20, 30], 20, { name: "level", share: 0.5 }],
    ["equal sizes are all cool", [10, 10], 10, { name: "level", share: 0 }],
    ["differences have a colour for less", [-0.25, 0, 1], -0.25, { name: "less", share: 0.5 }],
    ["and one for more", [-0.25, 0, 1], 1, { name: "more", share: 1 }],
  ])("%s", (_name, values, value, heat) => {
    expect(heatOf(values)(value)).toEqual(heat);
  });
});

describe("the HTML report", () => {
  const result = exampleResult();
  const hostile = `<img src=x onerror="alert(1)">&'feed'.jsonl`;
  const report = htmlReport({
    ...result,
    corpus: { ...result.corpus, source: hostile, warnings: [hostile] },
    machine: { ...result.machine, processor: hostile },
  });

  test("fetches nothing and runs nothing", () => {
    expect(report).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|https?:\/\//i);
    expect(report).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test("escapes names", () => {
    expect(report).not.toContain("<img");
    expect(report.split("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;feed&#39;.jsonl")).toHaveLength(5);
  });

  test("has the tables, four maps, and the recommendation framed in each", () => {
    expect(report.match(/<table class="map">/g)).toHaveLength(4);
    expect(report.match(/<td class="[a-z]+ chosen"/g)).toHaveLength(4);
    expect(report.match(/<td class="[a-z]+ base"/g)).toHaveLength(4);
    expect(report.match(/<table class="rows">/g)).toHaveLength(3);
    expect(report).toContain("serverMaxWindowBits: 15,");
  });

  test("is well formed: what is opened is closed", () => {
    for (const tag of ["table", "thead", "tbody", "tr", "td", "figure", "div", "section", "main", "p", "h2", "pre"]) {
      const count = (pattern: RegExp) => report.match(pattern)?.length ?? 0;
      expect([tag, count(new RegExp(`<${tag}[ >]`, "g"))]).toEqual([tag, count(new RegExp(`</${tag}>`, "g"))]);
    }
  });

  test("a quick run says that it was one; a setting without a window frames nothing", () => {
    expect(report).not.toContain("A quick run");
    const off = exampleResult({ bytes: () => 99_000, alone: 99_000 });
    const quick = htmlReport({ ...off, plan: { ...off.plan, isQuick: true, rounds: 1 } });
    expect(quick).toContain("A quick run");
    expect(quick).not.toMatch(/<td class="[a-z]+ chosen"/);
    expect(quick).toContain("serve(handler, { compression: false });");
  });
});
