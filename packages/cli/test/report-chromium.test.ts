/** The HTML reports in a real browser. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { htmlReport as benchReport } from "../src/bench/html-report.ts";
import { htmlReport as planReport } from "../src/plan/html-report.ts";
import { htmlReport as tuneReport } from "../src/tune/reporting/html-report.ts";
import { exampleBench } from "./support/example-bench.ts";
import { examplePlan } from "./support/example-plan.ts";
import { exampleResult } from "./support/example-result.ts";
import { temporaryFolder } from "./support/folder.ts";

const SCREENS = [
  ["a phone, light", 390, "light"],
  ["a desk, dark", 1_280, "dark"],
] as const;

describeWith("chromium", "the HTML reports in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(() => browser.close());

  /** Opens a report, which must ask for nothing, say nothing, and fit. */
  async function opened(report: string, width: number, colorScheme: "light" | "dark"): Promise<Page> {
    const path = join(temporaryFolder(), "report.html");
    writeFileSync(path, report);
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const [requests, messages]: [string[], string[]] = [[], []];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => messages.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    expect([requests, messages]).toEqual([[pathToFileURL(path).href], []]);
    const seen = await page.evaluate(`({
      overflow: document.documentElement.scrollWidth - innerWidth,
      page: getComputedStyle(document.body).backgroundColor,
    })`);
    expect(seen).toEqual({ overflow: 0, page: colorScheme === "dark" ? "rgb(18, 22, 28)" : "rgb(255, 255, 255)" });
    return page;
  }

  test.each(SCREENS)("tune on %s: heat maps are coloured", async (_name, width, colorScheme) => {
    const page = await opened(tuneReport(exampleResult()), width, colorScheme);
    const colours = await page.evaluate(
      `new Set([...document.querySelectorAll(".map td")].map((cell) => getComputedStyle(cell).backgroundColor)).size`,
    );
    expect(colours).toBeGreaterThan(5);
    await page.close();
  });

  const CHARTS = SCREENS.flatMap(([screen, width, scheme]) => [
    { command: "bench", screen, width, scheme, report: benchReport(exampleBench()), lines: 9 },
    { command: "plan", screen, width, scheme, report: planReport(examplePlan()), lines: 4 },
  ]);

  test.each(CHARTS)("$command on $screen: lines are drawn within their plots, each in a colour", async (chart) => {
    const page = await opened(chart.report, chart.width, chart.scheme);
    const seen = await page.evaluate(`[...document.querySelectorAll(".chart path")].map((path) => {
      const [line, plot] = [path.getBoundingClientRect(), path.ownerSVGElement.getBoundingClientRect()];
      const isWithin = line.left >= plot.left && line.right <= plot.right && line.top >= plot.top && line.bottom <= plot.bottom;
      return { isWithin, isDrawn: path.getTotalLength() > 10, isColoured: getComputedStyle(path).stroke.startsWith("rgb") };
    })`);
    expect(seen).toEqual(Array(chart.lines).fill({ isWithin: true, isDrawn: true, isColoured: true }));
    await page.close();
  });
});
