/** The HTML report in a real browser. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../../hawser/test/support/programs.ts";
import { htmlReport } from "../src/tune/reporting/html-report.ts";
import { exampleResult } from "./support/example-result.ts";
import { temporaryFolder } from "./support/folder.ts";

describeWith("chromium", "the HTML report in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(() => browser.close());

  test.each([
    ["a phone, light", 390, "light"],
    ["a desk, dark", 1_280, "dark"],
  ] as const)("%s: fits, asks for nothing, and is coloured", async (_name, width, colorScheme) => {
    const path = join(temporaryFolder(), "report.html");
    writeFileSync(path, htmlReport(exampleResult()));
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const [requests, messages]: [string[], string[]] = [[], []];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => messages.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    expect([requests, messages]).toEqual([[pathToFileURL(path).href], []]);
    const seen = await page.evaluate(`({
      overflow: document.documentElement.scrollWidth - innerWidth,
      colours: new Set([...document.querySelectorAll(".map td")].map((cell) => getComputedStyle(cell).backgroundColor)).size,
      dark: getComputedStyle(document.body).backgroundColor,
    })`);
    expect(seen).toMatchObject({
      overflow: 0,
      dark: colorScheme === "dark" ? "rgb(18, 22, 28)" : "rgb(255, 255, 255)",
    });
    expect((seen as { colours: number }).colours).toBeGreaterThan(5);
    await page.close();
  });
});
